import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, before, type TestContext, test } from 'node:test'
import { builtBeacon } from '../support/built-files.ts'
import { Ending } from '../support/ending.ts'
import { realComponent } from '../support/real-component.ts'
import { outcome, ReaderBrowser } from './reader-browser.ts'
import { blogHost, friendHosts, memberHosts, ReaderWorld, urlOf } from './reader-world.ts'
import { send } from './tls-front.ts'

const friend = `https://${friendHosts[0]}/`
const home = `https://${blogHost}/`
const ending = new Ending()
let world: ReaderWorld | null = null
let browser: ReaderBrowser | null = null

before(async () => {
  const skip = { skip: () => undefined } as unknown as TestContext
  const [chromium, openssl] = [realComponent(skip, 'chromium'), realComponent(skip, 'openssl')]
  if (chromium === null || openssl === null) return
  world = await ReaderWorld.create(ending, openssl)
  await world.fall('Written in the dark')
  browser = new ReaderBrowser(chromium, world.front)
})
after(async () => {
  await browser?.close()
  await ending.end()
})

/** A page of a new reader, every member honest; null where there is no browser. */
async function reader(t: TestContext, tag: (world: ReaderWorld) => string) {
  if (world === null || browser === null) {
    t.skip('Chromium or openssl is missing')
    return null
  }
  world.front.honest()
  world.tag = tag(world)
  return { world, page: await browser.newReader(t, 'private') }
}

test('a roll lists the fallen blog by the name that its hash proves, behind the tag', async (t) => {
  const visit = await reader(t, (readerWorld) => readerWorld.tagText('roll'))
  if (visit === null) return
  const { page } = visit
  await page.goto(friend)
  assert.equal(await outcome(page), 'notice')
  assert.equal(await page.locator('dgos-beacon').count(), 0)
  assert.match(await page.locator('dgos-roll p').first().innerText(), /^ana\.test cannot be reached/)
  await page.locator('dgos-roll a').first().click()
  await page.waitForURL(/\/m\/ana\.test\//)
})

test('a page of the fallen blog itself leads to the mirror once, and "back" comes back', async (t) => {
  const visit = await reader(t, (readerWorld) => readerWorld.tagText('redirect'))
  if (visit === null) return
  const { page } = visit
  visit.world.front.corrupt(blogHost, (_, response) => {
    send(response, 'text/html', `<!doctype html><title>A cached page</title>${visit.world.tag}`)
    return true
  })
  await page.goto(`${home}2026/first/`)
  await page.waitForURL(/\/m\/ana\.test\/copy\/2026\/first\/$/)
  await page.goto(home)
  assert.equal(await outcome(page), 'notice')
  assert.equal(page.url(), home)
})

test('where two members say "disputed" nothing is moved: both links stand in a notice', async (t) => {
  const visit = await reader(t, (readerWorld) => readerWorld.tagText('notice links redirect'))
  if (visit === null) return
  const { page } = visit
  for (const i of memberHosts.keys())
    await visit.world.lieInLists(i, [visit.world.entry({ state: 'disputed' })], `m${i}`)
  await page.goto(friend)
  assert.equal(await outcome(page), 'notice')
  assert.equal(await page.locator('dgos-mark').count(), 0)
  assert.equal(await page.locator('dgos-beacon a').count(), 2)
})

test('the notice speaks the language of the page, from the right where it is read so', async (t) => {
  const visit = await reader(t, (readerWorld) => readerWorld.tagText())
  if (visit === null) return
  const { page, world } = visit
  for (const [language, word, direction] of [
    ['de-AT', /nicht erreichbar/, 'ltr'],
    ['ar', /تعذّر/, 'rtl'],
    ['xx', /cannot be reached/, 'ltr'],
  ] as const) {
    world.front.corrupt(friendHosts[0]!, (_, response) => {
      send(response, 'text/html; charset=utf-8', world.friendPage().replace('lang="en"', `lang="${language}"`))
      return true
    })
    await page.goto(friend)
    assert.equal(await outcome(page), 'notice')
    assert.match(await page.locator('dgos-beacon p').first().innerText(), word)
    assert.equal(await page.locator('dgos-beacon').getAttribute('dir'), direction)
  }
})

test('the tag that members hand out survives the death of the member it names', async (t) => {
  const visit = await reader(t, () => '')
  if (visit === null) return
  const { page, world } = visit
  const shown = await page.goto(`${urlOf(4)}beacon?mode=notice&host=html`)
  assert.equal(shown?.status(), 200)
  world.tag = await page.locator('#tag').inputValue()
  assert.match(await page.frameLocator('iframe').locator('dgos-beacon p').first().innerText(), /^ana\.example/)
  await page.locator('input[value="links"]').check()
  await page.waitForURL(/mode=links/)
  await page.frameLocator('iframe').locator('dgos-mark').waitFor({ state: 'attached' })
  world.front.corrupt(memberHosts[4]!, (_, response) => {
    response.destroy()
    return true
  })
  await page.goto(friend)
  await page.locator('dgos-beacon a').first().click()
  await page.waitForURL(/\/m\/ana\.test\//)
})

test('the paste version does all of it without loading a script; the badge without any', async (t) => {
  const visit = await reader(t, () => '')
  if (visit === null) return
  const { page, world } = visit
  await page.goto(`${urlOf(0)}beacon/paste?mode=links`)
  world.tag = (await page.locator('pre').textContent()) ?? ''
  world.front.asked.length = 0
  await page.goto(friend)
  assert.equal(await outcome(page), 'notice')
  await page.locator('#old').click()
  await page.waitForURL(/copy\/2026\/first\/$/)
  assert.equal(world.front.asked.filter((asked) => asked.destination === 'script').length, 0)
  await page.goto(`${urlOf(1)}beacon/badge.svg`)
  assert.match((await page.locator('svg').getAttribute('aria-label')) ?? '', /one blog is down/)
})

test('a mirror that hangs costs a moment, not the time limit of a question', async (t) => {
  const visit = await reader(t, (readerWorld) => readerWorld.tagText())
  if (visit === null) return
  const { page, world } = visit
  await page.goto(friend)
  assert.equal(await outcome(page), 'notice')
  const hanging: ServerResponse[] = []
  for (const host of memberHosts.slice(0, 2)) world.front.corrupt(host, (_, response) => hanging.push(response) > 0)
  let waitedFor = 0
  for (const host of memberHosts.slice(2))
    world.front.corrupt(host, ({ url }) => {
      if (url?.startsWith('/m/') === true) waitedFor ||= hanging.filter((response) => !response.destroyed).length
      return false
    })
  await page.locator('dgos-beacon a').first().click()
  await page.waitForURL(/\/m\/ana\.test\//)
  assert.ok(waitedFor > 0, 'the reader is led on while the question to the mirror that hangs is still open')
})

test('the tombstone removes the worker', async (t) => {
  const visit = await reader(t, () => '')
  if (visit === null) return
  const { page, world } = visit
  world.mood = 'well'
  await page.goto(home)
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  const files = await builtBeacon()
  const tombstone = files.find((file) => file.name === 'dgos-sw-tombstone.js')!.bytes
  world.front.corrupt(blogHost, (request, response) => {
    if (request.url?.startsWith('/dgos-sw.js') !== true) return false
    send(response, 'text/javascript', tombstone)
    return true
  })
  await page.evaluate('navigator.serviceWorker.getRegistration().then((one) => one.update())')
  await page.waitForFunction('navigator.serviceWorker.getRegistration().then((one) => one === undefined)')
})

test('a clock wrong by hours leads nobody anywhere, and breaks nothing', async (t) => {
  const visit = await reader(t, (readerWorld) => readerWorld.tagText('notice links redirect roll'))
  if (visit === null) return
  const { page } = visit
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.clock.install({ time: Date.now() + 5 * 3_600_000 })
  await page.goto(friend)
  assert.equal(await outcome(page), 'failed')
  assert.deepEqual(problems, [])
})

test('what the worker has verified once, mirrors cannot withhold from it again', async (t) => {
  const visit = await reader(t, () => '')
  if (visit === null) return
  const { page, world } = visit
  world.mood = 'well'
  await page.goto(home)
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  world.mood = 'gone'
  await page.goto(home)
  await page.getByText('Written in the dark, in full.').waitFor()
  const poorer = { objects: [world.net.network, world.root].map((object) => object.envelope) }
  for (const host of memberHosts) {
    world.front.corrupt(host, (request, response) => {
      if (request.url?.endsWith('/evidence') !== true) return false
      send(response, 'application/json', JSON.stringify(poorer))
      return true
    })
  }
  await page.goto(home)
  await page.getByText('Written in the dark, in full.').waitFor()
})

test('the worker of a blog that its author has closed removes itself', async (t) => {
  const visit = await reader(t, () => '')
  if (visit === null) return
  const { page, world } = visit
  world.mood = 'well'
  await page.goto(home)
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  const { network: _, key: __, time: ___, ...fields } = world.root.payload
  const next = { ...fields, version: 2, previous: world.root.id, closed: true }
  await world.say('root', 'ana recovery', next as never)
  world.mood = 'ill'
  await page.goto(home)
  assert.equal(await page.locator('h1').innerText(), 'The database is away')
  world.mood = 'well'
  await page.goto(friend)
  await page.goto(`${home}dgos-sw-register.js`)
  assert.equal(await page.evaluate('navigator.serviceWorker.getRegistration().then((one) => one === undefined)'), true)
})
