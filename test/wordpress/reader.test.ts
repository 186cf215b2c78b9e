/** Mirror pages of a real WordPress: asked over HTTP, and opened in Chromium by its logged-in admin. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { hostilePages } from '../mirror/hostile-pages.ts'
import { shoot } from './admin.ts'
import {
  assets,
  base,
  first,
  front,
  harmless,
  hashOf,
  items,
  picture,
  polyglot,
  run,
  unharmed,
  watched,
} from './hostile-blog.ts'
import { hasPhp } from './php.ts'
import { pageCache, ReaderWorld } from './reader-world.ts'

const chromiumPath = '/usr/bin/chromium'
const skip = hasPhp() && existsSync(chromiumPath) ? false : 'php or chromium is not installed'
if (process.env.CI === 'true') assert.equal(skip, false)
/** A snapshot holds at most 16 pages. */
const round = 16

async function arrange(t: TestContext): Promise<ReaderWorld> {
  const world = await ReaderWorld.open(t)
  await world.net.capture([{ path: '/', html: front }, first], assets, items)
  await world.tell()
  return world
}

const ask = (url: string, headers: Record<string, string> = {}) => fetch(url, { redirect: 'manual', headers })

test('a blog of strangers on a WordPress member, from well to down', { skip }, async (t) => {
  const world = await arrange(t)
  const { url } = world.press
  await t.test('while it is up, its copy leads home unless asked to stay', async () => {
    const document = { 'sec-fetch-dest': 'document' }
    const home = await ask(`${url}${base}copy/first/`, document)
    assert.deepEqual([home.status, home.headers.get('location')], [302, 'https://ana.example/first/'])
    const copy = await ask(`${url}${base}copy/first/?copy`, document)
    assert.deepEqual([copy.status, copy.headers.get('vary')], [200, 'Sec-Fetch-Dest'])
    const front = await ask(`${url}${base}`)
    assert.deepEqual([front.status, front.headers.get('location')], [302, 'https://ana.example/'])
    assert.match(await (await ask(`${url}${base}?copy`)).text(), /is up: read it there/)
  })
  await world.net.fall()
  const post = await world.net.post('<p>We are still here.</p>', { title: `<script>${run}</script>` })
  await world.net.receipts(post.id, 4)
  await world.net.checkpoints(6)
  await world.tell()
  await t.test('every place answers with its type, without cookies, and nothing else does', () =>
    places(url, post.id, world.net.blog),
  )
  await t.test('no page runs a script or sees a cookie, with the admin logged in, with and without headers', (t) =>
    opened(t, world),
  )
})

async function places(url: string, post: string, blog: string): Promise<void> {
  const wanted: readonly (readonly [string, number, string])[] = [
    [base, 200, 'text/html; charset=utf-8'],
    [`${base}p/${post}`, 200, 'text/html; charset=utf-8'],
    [`${base}copy/first/`, 200, 'text/html; charset=utf-8'],
    [`${base}feed.xml`, 200, 'application/atom+xml; charset=utf-8'],
    [`${base}feed.json`, 200, 'application/feed+json; charset=utf-8'],
    [`${base}blob/${hashOf(picture)}`, 200, 'image/png'],
    [`${base}blob/${hashOf(polyglot)}`, 404, 'text/html; charset=utf-8'],
    [`${base}p/${'0'.repeat(64)}`, 404, 'text/html; charset=utf-8'],
    [`${base}copy/other/`, 404, 'text/html; charset=utf-8'],
    ['/dgos/m/unknown.example/', 404, 'text/html; charset=utf-8'],
    ['/dgos/m/..%2f..%2fwp-config.php', 404, 'text/html; charset=utf-8'],
    ['/dgos/post/?blog=%22%3E%3Cscript%3E', 200, 'text/html; charset=utf-8'],
    ['/dgos/v1/blogs/ana.example/vault', 200, 'application/json; charset=utf-8'],
  ]
  for (const [path, status, type] of wanted) {
    const answer = await ask(url + path)
    assert.deepEqual([path, answer.status, answer.headers.get('content-type')], [path, status, type])
    assert.equal(answer.headers.get('set-cookie'), null, path)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
    assert.doesNotMatch(await answer.text(), /<script>/, path)
  }
  for (const path of ['/m/ana.example/', '/dgos/m/ana.example', `/m/${blog}/`, `/dgos/m/${blog}/`]) {
    const answer = await ask(url + path)
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${url}${base}`])
  }
  assert.equal((await ask(`${url}/m/unknown.example/`)).headers.get('content-security-policy'), null)
  assert.equal((await ask(`${url}${base}`, { 'service-worker': 'script' })).status, 403)
}

async function opened(t: TestContext, world: ReaderWorld): Promise<void> {
  const { url } = world.press
  const bare = await pageCache(t, url, (type) => type)
  const wrong = await pageCache(t, url, () => 'text/html')
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  t.after(() => browser.close())
  await control(browser, url)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${url}/wp-login.php`)
  await page.fill('#user_login', 'admin')
  await page.fill('#user_pass', 'admin')
  await page.click('#wp-submit')
  await page.waitForURL(/wp-admin/)
  assert.ok((await context.cookies()).some((cooky) => cooky.name.startsWith('wordpress_logged_in_')))
  await context.addCookies([url, bare, wrong].map((place) => ({ name: 'seen', value: 'secret', url: place })))
  const elsewhere = await watched(context)
  for (const path of [url, bare].map((origin) => `${origin}${base}`)) await harmless(page, path)
  for (const path of ['', 'copy/?copy', 'feed.xml', 'feed.json', `blob/${hashOf(picture)}`, `blob/${hashOf(polyglot)}`])
    await harmless(page, `${wrong}${base}${path}`)
  await honest(page, `${url}${base}`)
  for (let at = 0; at < hostilePages.length; at += round) {
    const some = hostilePages.slice(at, at + round).map(({ html }, i) => ({ path: `/h/${at + i}/`, html }))
    await world.net.capture(some, assets)
    await world.tell()
    for (const { path } of some) await harmless(page, `${bare}${base}copy${path}?copy`)
  }
  assert.deepEqual(elsewhere, [])
}

/** The same eyes see what happens where the page is not rebuilt. */
async function control(browser: Browser, url: string): Promise<void> {
  const context = await browser.newContext()
  const elsewhere = await watched(context)
  const page = await context.newPage()
  await page.goto(`${url}/wp-includes/css/dashicons.css`)
  await page.setContent(front)
  await assert.rejects(unharmed(page, 'as it was'), assert.AssertionError)
  await context.close()
  assert.ok(elsewhere.length > 0)
}

/** What should work does: looks, pictures and links of the copy in its frame. */
async function honest(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' })
  await page.locator('iframe').scrollIntoViewIfNeeded()
  const copy = page.frameLocator('iframe')
  await copy.locator('#photo').waitFor()
  await looked(page)
  assert.equal(await copy.locator('h1').evaluate((element) => getComputedStyle(element).color), 'rgb(1, 2, 3)')
  assert.ok(
    (await copy
      .locator('#photo')
      .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))) > 1,
  )
  await copy.locator('#first').click()
  await page.waitForURL(/copy\/first\/$/)
  assert.equal(await page.frameLocator('iframe').locator('h1').textContent(), 'First')
}

/** For people: narrow and wide, light and dark, where DGOS_SHOTS names a folder. */
async function looked(page: Page): Promise<void> {
  const url = page.url()
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [name, path] of [
      ['reader', ''],
      ['copy', 'copy/?copy'],
      ['form', '../../post/?blog=ana.example'],
    ] as const) {
      if (process.env.DGOS_SHOTS !== undefined) await page.goto(url + path, { waitUntil: 'load' })
      await shoot(page, `${name}-${colorScheme}`)
    }
  }
  if (page.url() !== url) await page.goto(url, { waitUntil: 'load' })
  await page.frameLocator('iframe').locator('#photo').waitFor()
}
