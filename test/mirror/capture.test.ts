import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { Capture, type CaptureOptions, captureDefaults, type SnapshotFields } from '../../mirror/capture/capture.ts'
import type { Snapshot } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { PageWeb } from '../support/page-web.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const home = 'http://ana.example/'
const blog = 'b'.repeat(64)
const hourMs = 3_600_000
const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i}`).join(' ')
const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'

const frontPage = (extra = '') =>
  `<html lang="en"><head><title>Ana</title><meta name="dgos" content="${blog}"><link rel=stylesheet href="/s.css">
   <link rel=alternate type="application/rss+xml" href="/feed.xml"></head><body><main><h1>Ana writes</h1><p>${words(200)}</p><img src="/a.svg">${extra}</main></body></html>`
const post = (name: string, image: string) =>
  `<html><head><title>${name}</title><link rel=stylesheet href="/s.css"></head><body><article><h1>${name}</h1><p>${words(100)} ${name}</p><img src="${image}"></article></body></html>`
const feed = (names: readonly string[], updated = '2026-01-05') =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><title>Ana</title>${names.map((name) => `<entry><id>${name}</id><title>${name}</title><link href="/${name}/"/><published>2026-01-05T00:00:00Z</published><updated>${updated}T00:00:00Z</updated></entry>`).join('')}</feed>`

function arrange(options: Partial<CaptureOptions> = {}) {
  const web = new PageWeb()
  const clock = new VirtualClock()
  const blobs = new MemoryBlobStore()
  const captures = new MemoryCaptureStore()
  const deps = { web, blobs, captures, clock, log: silentLog, sha256: nodePlatform.sha256 }
  const capture = new Capture(deps, { ...captureDefaults, ...limitDefaults, userAgent: 'DGOS test', ...options })
  web.put(home, frontPage())
  web.put(
    `${home}s.css`,
    '@import "more.css"; body{background:url(bg.svg)} @font-face{font-family:f;src:url(f.woff2)}',
    'text/css',
  )
  web.put(`${home}more.css`, 'h1{background:url(/deep.svg)}', 'text/css')
  for (const name of ['a', 'bg', 'deep', 'one', 'two']) web.put(`${home}${name}.svg`, svg + name, 'image/svg+xml')
  web.put(`${home}f.woff2`, 'wOF2....', 'font/woff2')
  web.put(`${home}feed.xml`, feed(['one', 'two']), 'application/atom+xml')
  web.put(`${home}one/`, post('one', '/one.svg'))
  web.put(`${home}two/`, post('two', '/two.svg'))
  const take = (previous: SnapshotFields | null = null, forgotten: string[] = []) =>
    capture.capture(blog, home, previous as Snapshot | null, forgotten)
  const good = async (previous: SnapshotFields | null = null, forgotten: string[] = []) => {
    const result = await take(previous, forgotten)
    if (!result.ok) throw new Error(result.reason)
    return result
  }
  return { web, clock, blobs, captures, take, good }
}

test('a capture holds the front page, the posts of the feed, and everything they need to look right', async () => {
  const { good, blobs } = arrange()
  const { fields, changed, complete } = await good()
  assert.deepEqual(
    fields.pages.map((page) => page.path),
    ['/', '/one/', '/two/'],
  )
  const names = fields.assets.map((asset) => asset.url.slice(home.length)).sort()
  assert.deepEqual(names, ['a.svg', 'bg.svg', 'deep.svg', 'f.woff2', 'more.css', 'one.svg', 's.css', 'two.svg'])
  assert.deepEqual(
    fields.feed!.items.map((item) => [item.id, item.path]),
    [
      ['one', '/one/'],
      ['two', '/two/'],
    ],
  )
  assert.deepEqual([fields.title, fields.language, changed, complete], ['Ana', 'en', true, true])
  for (const file of [...fields.pages, ...fields.assets]) assert.equal(await blobs.size(file.blob), file.bytes)
})

test('an unchanged blog costs its origin one 304 an hour, and makes nothing to send', async () => {
  const { good, web, clock } = arrange()
  const first = await good()
  web.taken()
  await clock.advance(hourMs)
  const second = await good(first.fields)
  assert.deepEqual(web.taken(), { [home]: 304 })
  assert.equal(second.changed, false)
  assert.deepEqual(second.fields, first.fields)
})

test('once a day every file is asked for again, conditionally, and still nothing is sent', async () => {
  const { good, web, clock } = arrange()
  const first = await good()
  web.taken()
  await clock.advance(25 * hourMs)
  assert.equal((await good(first.fields)).changed, false)
  const statuses = Object.values(web.taken())
  assert.equal(statuses.length, 12)
  assert.ok(statuses.every((status) => status === 304))
})

test('an origin without validators whose page differs by nonces only makes no new snapshot', async () => {
  const { good, web, clock } = arrange()
  const nonce = (n: number) => frontPage(`<script>var nonce="${n}"</script><!-- ${n} queries -->`)
  web.put(home, nonce(1), 'text/html', { plain: true })
  const first = await good()
  await clock.advance(hourMs)
  web.put(home, nonce(2), 'text/html', { plain: true })
  assert.equal((await good(first.fields)).changed, false)
  await clock.advance(hourMs)
  web.put(home, nonce(3).replace('Ana writes', 'Ana wrote'), 'text/html', { plain: true })
  assert.equal((await good(first.fields)).changed, true)
})

test('a new post costs the changed front page, the feed, the post and its image', async () => {
  const { good, web, clock } = arrange()
  const first = await good()
  web.taken()
  await clock.advance(hourMs)
  web.put(home, frontPage('<a href="/three/">three</a>'))
  web.put(`${home}feed.xml`, feed(['three', 'one', 'two']), 'application/atom+xml')
  web.put(`${home}three/`, post('three', '/three.svg'))
  web.put(`${home}three.svg`, `${svg}3`, 'image/svg+xml')
  const second = await good(first.fields)
  assert.deepEqual(web.taken(), {
    [home]: 200,
    [`${home}feed.xml`]: 200,
    [`${home}three/`]: 200,
    [`${home}three.svg`]: 200,
  })
  assert.equal(second.fields.pages.length, 4)
  const before = new Set(first.fields.assets.map((asset) => asset.blob))
  assert.equal(second.fields.assets.filter((asset) => !before.has(asset.blob)).length, 1)
})

test('an error, blank, suspended, challenge, login, foreign or shrunken page never replaces a good copy', async () => {
  const { good, take, web, clock, captures } = arrange()
  const first = await good()
  const bad: [string, () => void][] = [
    ['error', () => web.put(home, 'Internal error', 'text/html', { status: 500 })],
    ['error', () => web.put(home, 'gone', 'text/html', { status: 404 })],
    ['blank', () => web.put(home, '<html><body></body></html>')],
    ['suspended', () => web.put(home, '<title>Account Suspended</title><h1>This Account has been suspended.</h1>')],
    ['suspended', () => web.put(home, '<h1>Error establishing a database connection</h1>')],
    [
      'wall-cloudflare',
      () => web.put(home, '<title>Just a moment...</title><p>Checking your browser before accessing</p>'),
    ],
    [
      'wall-anubis',
      () => web.put(home, `<p>One moment: your page is coming.</p><script id="anubis_version">"v1.20.0"</script>`),
    ],
    [
      'login',
      () => web.put(home, `<meta name=dgos content=${blog}><form>Log in to continue<input type=password></form>`),
    ],
    ['marker-gone', () => web.put(home, `<h1>Hacked</h1><p>${words(300)}</p>`)],
    ['shrunk', () => web.put(home, `<meta name=dgos content=${blog}><p>${words(10)} and no more than that</p>`)],
    ['not-a-page', () => web.put(home, '%PDF-1.4', 'application/pdf')],
    [
      'elsewhere',
      () =>
        web.pages.set(home, { body: '', to: 'http://parking.example/' }) &&
        web.put('http://parking.example/', frontPage()),
    ],
  ]
  for (const [reason, spoil] of bad) {
    await clock.advance(hourMs)
    spoil()
    const result = await take(first.fields)
    assert.equal(result.ok, false, reason)
    assert.equal(!result.ok && result.reason, reason)
    assert.equal((await captures.aside(blog))?.reason, reason)
  }
  web.put(home, frontPage())
  assert.equal((await good(first.fields)).ok, true)
  assert.equal(await captures.aside(blog), null)
})

test('a page that shrank, keeps its marker and stays so for a day is believed', async () => {
  const { good, take, web, clock } = arrange()
  const first = await good()
  web.put(home, `<meta name=dgos content=${blog}><h1>A new beginning</h1>`)
  assert.equal((await take(first.fields)).ok, false)
  await clock.advance(12 * hourMs)
  assert.equal((await take(first.fields)).ok, false)
  await clock.advance(13 * hourMs)
  assert.equal((await good(first.fields)).changed, true)
})

test('an article that speaks of suspended accounts is an article', async () => {
  const { good, web } = arrange()
  web.put(home, frontPage('<p>My old host wrote "this account has been suspended".</p>'))
  assert.equal((await good()).ok, true)
})

test('a post that fails keeps its last good copy, a post that is gone leaves', async () => {
  const { good, web, clock } = arrange()
  const first = await good()
  web.put(`${home}one/`, 'oops', 'text/html', { status: 500 })
  web.pages.delete(`${home}two/`)
  await clock.advance(25 * hourMs)
  const second = await good(first.fields)
  assert.deepEqual(
    second.fields.pages.map((page) => page.path),
    ['/', '/one/'],
  )
  assert.equal(second.fields.pages[1]!.blob, first.fields.pages[1]!.blob)
  assert.equal(second.complete, false)
})

test('an image that its origin refuses today stays from the last good copy; an error page is no image', async () => {
  const { good, web, clock } = arrange()
  const first = await good()
  await clock.advance(25 * hourMs)
  web.put(`${home}a.svg`, '<h1>Not found</h1>', 'text/html')
  web.put(`${home}s.css`, 'oops', 'text/css', { status: 503, headers: { 'retry-after': '60' } })
  const { fields } = await good(first.fields)
  assert.deepEqual(fields.assets, first.fields.assets)
})

test('no more than the budget is asked of an origin in an hour; the rest comes later', async () => {
  const { good, web, clock } = arrange({ originBudgetPerHour: 6 })
  const first = await good()
  assert.equal(web.asked.length, 6)
  assert.equal(first.complete, false)
  let { fields } = first
  for (let i = 0; i < 4; i++) {
    await clock.advance(hourMs)
    web.taken()
    const next = await good(fields)
    assert.ok(web.asked.length <= 6)
    fields = next.fields
  }
  assert.equal(fields.pages.length, 3)
})

test('an origin that asks for quiet gets it', async () => {
  const { take, web, clock } = arrange()
  web.put(home, 'busy', 'text/html', { status: 503, headers: { 'retry-after': '600' } })
  await take()
  web.taken()
  await clock.advance(500_000)
  await take()
  assert.deepEqual(web.taken(), {})
  await clock.advance(100_001)
  await take()
  assert.deepEqual(web.taken(), { [home]: 503 })
})

test('a snapshot stays within its files and bytes, and a page one byte too long is refused', async () => {
  const many = arrange({ snapshotFilesMax: 5 })
  assert.equal((await many.good()).fields.assets.length, 5)
  const small = arrange({ snapshotBytesMax: 6000 })
  const { fields } = await small.good()
  assert.ok([...fields.pages, ...fields.assets].reduce((sum, file) => sum + file.bytes, 0) <= 6000)
  const exact = arrange({ pageBytesMax: new TextEncoder().encode(frontPage()).length })
  assert.equal((await exact.take()).ok, true)
  const over = arrange({ pageBytesMax: new TextEncoder().encode(frontPage()).length - 1 })
  assert.deepEqual(await over.take(), { ok: false, reason: 'too-large', detail: home })
})

test('a redirected stylesheet is named as the page names it, and its images where the page builder looks', async () => {
  const { good, web } = arrange()
  web.pages.set(`${home}s.css`, { body: '', to: 'http://cdn.example/v2/s.css' })
  web.put('http://cdn.example/v2/s.css', 'b{background:url(x.svg)}', 'text/css')
  web.put('http://cdn.example/v2/x.svg', svg, 'image/svg+xml')
  const names = (await good()).fields.assets.map((asset) => asset.url)
  assert.ok(names.includes(`${home}s.css`) && names.includes(`${home}x.svg`), names.join())
})

test('two captures of one state agree, and those of different articles do not', async () => {
  const world = arrange()
  const two = arrange()
  two.web.put(home, frontPage('<script>7</script>'))
  two.web.put(`${home}one/`, post('one', '/one.svg').replace('<article>', '<article class="x"> '))
  assert.equal((await world.good()).fields.alike, (await two.good()).fields.alike)
  const other = arrange()
  other.web.put(`${home}one/`, post('one', '/one.svg').replace('word7 ', 'word8 '))
  assert.notEqual((await world.good()).fields.alike, (await other.good()).fields.alike)
})

test('a post that the feed links with campaign parameters lies under its canonical path', async () => {
  const { good, web } = arrange()
  web.put(`${home}feed.xml`, feed(['one']).replace('/one/', '/one/?utm_source=feed'), 'application/atom+xml')
  web.put(
    `${home}one/?utm_source=feed`,
    post('one', '/one.svg').replace('<link', '<link rel=canonical href="/one/"><link'),
  )
  const { fields } = await good()
  assert.equal(fields.pages[1]!.path, '/one/')
  assert.equal(fields.feed!.items[0]!.path, '/one/')
})

test('forgotten paths are not captured again', async () => {
  const { good, web } = arrange()
  const first = await good()
  web.taken()
  const { fields, changed } = await good(first.fields, ['/two/', '/two.svg'])
  assert.equal(changed, true)
  assert.ok(![...fields.pages, ...fields.assets].some((file) => file.url.includes('two')))
  assert.ok(!Object.keys(web.taken()).some((url) => url.includes('two')))
})

test('the origin can see who asks and whom to tell to stop', async () => {
  const { good, web } = arrange({ userAgent: 'DGOS/0.1 (+https://m0.example/bot)' })
  await good()
  assert.ok(web.asked.every((asked) => asked.headers['user-agent'] === 'DGOS/0.1 (+https://m0.example/bot)'))
})
