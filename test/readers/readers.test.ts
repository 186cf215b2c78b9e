import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Ending } from '../support/ending.ts'
import { realComponent } from '../support/real-component.ts'
import { signerOf } from '../support/small-network.ts'
import { outcome, ReaderBrowser, type Sort, sorts, withoutEd25519 } from './reader-browser.ts'
import { blogHost, friendHosts, memberHosts, ReaderWorld, urlOf } from './reader-world.ts'
import { send } from './tls-front.ts'

const title = 'Written in the dark'
const friend = `https://${friendHosts[0]}/`
const home = `https://${blogHost}/`
const onMirror = /^https:\/\/m\d\.mirrors\.test\/m\/ana\.test\//
const evil = 'evil.test'
const ending = new Ending()
let world: ReaderWorld | null = null
let browser: ReaderBrowser | null = null

before(async () => {
  const found: { chromium: string | null; openssl: string | null } = { chromium: null, openssl: null }
  const skip = { skip: () => undefined } as unknown as TestContext
  for (const name of ['chromium', 'openssl'] as const) found[name] = realComponent(skip, name)
  if (found.chromium === null || found.openssl === null) return
  world = await ReaderWorld.create(ending, found.openssl)
  browser = new ReaderBrowser(found.chromium, world.front)
})
after(async () => {
  await browser?.close()
  await ending.end()
})

type Visit = { readonly world: ReaderWorld; readonly page: Page }

/** The same promise for every sort of reader, one after the other, with honest members at the beginning of each. */
function forEveryReader(promise: string, act: (visit: Visit, sort: Sort, t: TestContext) => Promise<void>): void {
  for (const sort of sorts) {
    test(`${promise} (${sort})`, async (t) => {
      if (world === null || browser === null) {
        t.skip('Chromium or openssl is missing')
        return
      }
      world.front.honest()
      world.tag = world.tagText()
      world.workerPrelude = sort === 'old' ? withoutEd25519 : ''
      await act({ world, page: await browser.newReader(t, sort) }, sort, t)
    })
  }
}

/** Visits the living blog, so that its worker is there. */
async function wasHereBefore({ world, page }: Visit): Promise<void> {
  world.mood = 'well'
  await page.goto(home)
  await page.waitForSelector('script[data-state="registered"]', { state: 'attached' })
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
}

async function follows(page: Page): Promise<void> {
  await page.locator('dgos-beacon a').first().click()
  await page.waitForURL(onMirror)
}

test('while nobody has declared anything, the worker passes the blog’s failure on, until the third', async (t) => {
  if (world === null || browser === null) return t.skip('Chromium or openssl is missing')
  const page = await browser.newReader(t, 'private')
  await wasHereBefore({ world, page })
  world.mood = 'ill'
  await page.goto(home)
  assert.equal(await page.locator('h1').innerText(), 'The database is away')
  for (let failure = 2; failure <= 3; failure++) await page.goto(home)
  await page.getByText('ana.test cannot be reached from here.').waitFor()
  await world.fall(title)
})

forEveryReader('a first-time reader on a friend’s blog reaches the new post', async ({ world, page }) => {
  await page.goto(friend)
  assert.equal(await outcome(page), 'notice')
  await follows(page)
  assert.match(page.url(), /\/copy\/2026\/first\/$/, 'the page that the friend linked to is in the copy')
  await page.goto(page.url().replace('copy/2026/first/', ''))
  await page.getByText(title).first().waitFor()
  assert.equal(world.front.asked.filter((asked) => asked.host === evil).length, 0)
})

forEveryReader('a marked link leads to the copy of its page, the original in reach', async ({ world, page }) => {
  world.tag = world.tagText('links')
  await page.goto(`https://${friendHosts[1]}/`)
  assert.equal(await outcome(page), 'notice')
  assert.equal(await page.locator('dgos-mark a').getAttribute('href'), `${home}2026/first/`)
  await page.locator('#old').click()
  await page.waitForURL(/\/m\/ana\.test\/copy\/2026\/first\/$/)
})

forEveryReader(
  'a returning reader of the dead blog reads the post at the same address',
  async ({ world, page }, sort) => {
    await wasHereBefore({ world, page })
    world.mood = sort === 'ordinary' ? 'silent' : sort === 'private' ? 'gone' : 'ill'
    await page.goto(`${home}2026/any/`)
    await page.getByText(`${title}, in full.`).waitFor()
    assert.equal(page.url(), `${home}2026/any/`)
    assert.equal(await page.evaluate('self.origin'), 'null', 'sandboxed')
    world.mood = 'well'
    await page.goto(home)
    assert.equal(await page.locator('h1').innerText(), 'Ana is well')
    world.mood = 'gone'
    await assert.rejects(page.goto(`${home}wp-admin/`), /ERR_/, 'never where people log in')
  },
)

forEveryReader('a forged list achieves nothing', async ({ world, page }) => {
  for (const i of memberHosts.keys()) await world.lieInLists(i, [world.entry()], 'mallory')
  await page.goto(friend)
  assert.equal(await outcome(page), 'failed')
})

forEveryReader('an old list achieves nothing', async ({ world, page }) => {
  const before = Date.now() - 16 * 60_000
  for (const i of memberHosts.keys()) await world.lieInLists(i, [world.entry()], `m${i}`, before)
  await page.goto(friend)
  assert.equal(await outcome(page), 'failed')
})

forEveryReader('a forged post achieves nothing, at mirrors and at the blog’s address', async ({ world, page }) => {
  const forged = await world.post('Send money', 'mallory')
  await wasHereBefore({ world, page })
  world.mood = 'gone'
  for (const host of memberHosts.slice(0, 4)) {
    world.front.corrupt(host, (request, response) => {
      if (request.url?.endsWith('/evidence') !== true) return false
      send(response, 'application/json', JSON.stringify({ objects: [forged.envelope, world.root.envelope] }))
      return true
    })
  }
  await page.goto(home)
  await page.getByText(`${title}, in full.`).waitFor()
  assert.equal(await page.getByText('Send money').count(), 0)
  world.front.honest()
  await page.goto(`${urlOf(0)}m/${blogHost}/`)
  await page.getByText(title).first().waitFor()
  assert.equal(await page.getByText('Send money').count(), 0)
})

forEveryReader('nothing in an address or a list sends a reader elsewhere', async ({ world, page }) => {
  const mirrors = [{ key: signerOf('m0').key, url: `https://${evil}/` }]
  for (const i of memberHosts.keys()) await world.lieInLists(i, [world.entry({ mirrors })], `m${i}`)
  await page.goto(`${friend}?mirror=https://${evil}/&dgos=https://${evil}/#https://${evil}/`)
  assert.equal(await outcome(page), 'notice')
  await follows(page)
  const documents = world.front.asked.filter((asked) => asked.destination === 'document')
  assert.ok(documents.every((asked) => asked.host !== evil))
})

forEveryReader(
  'a mirror that injects script runs none on the friend’s or the blog’s pages',
  async ({ world, page }) => {
    const bad = 'document.documentElement.dataset.owned = "1"'
    for (const host of memberHosts.slice(1)) {
      world.front.corrupt(host, (request, response) => {
        const isScript = /beacon.*\.js/.test(request.url ?? '') && host !== memberHosts[4]
        const isNotice = request.url === '/beacon-notice.js'
        if (isScript || isNotice) send(response, 'text/javascript', bad)
        else if (request.url?.endsWith('/evidence')) send(response, 'text/html', `<script>${bad}</script>`)
        else return false
        return true
      })
    }
    await page.goto(friend)
    assert.equal(await outcome(page), 'notice', 'the part of the one honest member has the right hash')
    await follows(page)
    await wasHereBefore({ world, page })
    world.mood = 'gone'
    await page.goto(home)
    await page.getByText(`${title}, in full.`).waitFor()
    assert.equal(await page.getAttribute('html', 'data-owned'), null)
  },
)
