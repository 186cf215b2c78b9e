/** A mirror page in a real browser: complete, quiet, and with nothing that runs. */

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Browser, chromium } from 'playwright-core'
import { servePage } from '../support/served-pages.ts'
import { PageWorld } from './pages-world.ts'

const chromiumPath = '/usr/bin/chromium'
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const front = `<!doctype html><html lang="en"><head><title>Garden</title><link rel="stylesheet" href="/style.css"></head><body>
<h1>Garden</h1><p class="sprite">x</p><img id="photo" src="/photo.png" width="40" height="40"><a href="/first/">First</a>
<svg id="logo" width="20" height="20"><rect width="20" height="20" fill="green"/></svg><img id="drawn" src="/drawn.svg" width="20">
<script>document.body.innerHTML = 'replaced'</script><img src="https://tracker.example/pixel.gif" onerror="document.title='ran'"></body></html>`
const assets = [
  { url: 'https://ana.example/photo.png', bytes: png, type: 'image/png' },
  { url: 'https://ana.example/sprite.png', bytes: Buffer.concat([png, Buffer.from('2')]), type: 'image/png' },
  {
    url: 'https://ana.example/drawn.svg',
    bytes: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1"/></svg>',
    type: 'image/svg+xml',
  },
  {
    url: 'https://ana.example/style.css',
    bytes: '@import "more.css"; .sprite{background-image:url(sprite.png)}',
    type: 'text/css',
  },
  { url: 'https://ana.example/more.css', bytes: 'h1{color:rgb(1, 2, 3)}', type: 'text/css' },
]

async function arrange(t: TestContext) {
  const world = await PageWorld.create()
  await world.capture(
    [
      { path: '/', html: front },
      { path: '/first/', html: '<h1>First post</h1>' },
    ],
    assets,
  )
  await world.fall()
  await world.post('<p>We are still here.</p>', { title: 'Day one' })
  const pages = world.server()
  const server = createServer((request, response) => {
    servePage(pages, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu'],
  })
  t.after(() => browser.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } })
  const page = await context.newPage()
  const elsewhere: string[] = []
  const refused: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(response.url())
  })
  return { world, page, context, origin, elsewhere, refused }
}

test('the page and its copy are complete in Chromium, ask for nothing elsewhere and run nothing', async (t) => {
  if (!existsSync(chromiumPath)) {
    assert.notEqual(process.env.CI, 'true', 'chromium is missing')
    return t.skip('chromium is not installed')
  }
  const { page, origin, elsewhere, refused } = await arrange(t)
  await page.goto(`${origin}/m/ana.example/`)
  await page.locator('iframe').scrollIntoViewIfNeeded()
  const frame = page.frameLocator('iframe')
  await frame.locator('h1').waitFor()
  assert.equal(await page.locator('h3').first().textContent(), 'Day one')
  assert.equal(await frame.locator('h1').textContent(), 'Garden')
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)

  await page.goto(`${origin}/m/ana.example/copy/`, { waitUntil: 'networkidle' })
  const seen = await page.evaluate(() => {
    const width = (id: string) => (document.getElementById(id) as HTMLImageElement).naturalWidth
    return {
      photo: width('photo'),
      drawn: width('drawn') > 0,
      heading: getComputedStyle(document.querySelector('h1')!).color,
      sprite: getComputedStyle(document.querySelector('.sprite')!).backgroundImage,
      title: document.title,
      origin: window.origin,
    }
  })
  assert.equal(seen.photo, 1)
  assert.equal(seen.drawn, true)
  assert.equal(seen.heading, 'rgb(1, 2, 3)')
  assert.ok(seen.sprite.startsWith(`url("${origin}/m/ana.example/blob/`))
  assert.equal(seen.title, 'Garden')
  assert.equal(seen.origin, 'null')
  assert.deepEqual(elsewhere, [])
  assert.deepEqual(refused, [])
  await page.getByText('First').click()
  await page.waitForURL(`${origin}/m/ana.example/copy/first/`)
})

test('a reader reaches the page, its posts and its mirrors without any script', async (t) => {
  if (!existsSync(chromiumPath)) {
    assert.notEqual(process.env.CI, 'true', 'chromium is missing')
    return t.skip('chromium is not installed')
  }
  const { origin, context } = await arrange(t)
  const browser = context.browser()!
  const plain = await browser.newContext({ javaScriptEnabled: false })
  const page = await plain.newPage()
  await page.goto(`${origin}/m/ana.example/`)
  await page.getByText('Day one').click()
  await page.waitForURL(/\/p\/[0-9a-f]{64}$/)
  assert.match(await page.locator('article').innerText(), /We are still here/)
  assert.equal(await page.locator('a', { hasText: 'Cedar' }).count(), 1)
})
