/** The page server: what readers of a mirror get, in every state of the blog. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { PageAnswer } from '../../mirror/pages/answers.ts'
import type { PageRequest, PageServer } from '../../mirror/pages/page-server.ts'
import { bytesText, PageWorld } from './pages-world.ts'

const front =
  '<title>Ana</title><h1>Garden</h1><a href="/first/">first</a><img src="/a.png"><link rel=stylesheet href="/s.css">'
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const assets = [
  { url: 'https://ana.example/a.png', bytes: png, type: 'image/png' },
  { url: 'https://ana.example/s.css', bytes: 'h1{background:url(a.png)}', type: 'text/css' },
]
const base = '/m/ana.example/'

async function captured(): Promise<PageWorld> {
  const world = await PageWorld.create()
  await world.capture(
    [
      { path: '/', html: front },
      { path: '/first/', html: '<p>First post' },
    ],
    assets,
    [
      {
        id: 'https://ana.example/?p=1',
        url: 'https://ana.example/first/',
        title: 'First & foremost',
        path: '/first/',
        published: 1_790_000_000_000,
      },
    ],
  )
  return world
}

function ask(pages: PageServer, target: string, over: Partial<PageRequest> = {}): Promise<PageAnswer> {
  const plain = { method: 'GET', acceptEncoding: '', ifNoneMatch: '', secFetchDest: '', serviceWorker: '' }
  return pages.answer({ ...plain, target, ...over })
}

function header(answer: PageAnswer, name: string): string | undefined {
  const at = answer.headers.findIndex((header, i) => i % 2 === 0 && header.toLowerCase() === name)
  return at < 0 ? undefined : answer.headers[at + 1]
}

const textOf = async (pages: PageServer, target: string) => bytesText((await ask(pages, target)).body)

test('nobody is sent to an address that only a root claims', async () => {
  const world = await captured()
  world.objects.splice(0, world.objects.length, ...world.objects.filter((object) => object.kind !== 'attestation'))
  const pages = world.server()
  const byId = await ask(pages, `/m/${world.blog}/`)
  assert.deepEqual([byId.status, header(byId, 'location')], [200, undefined])
  const copy = await ask(pages, `/m/${world.blog}/copy/first/`, { secFetchDest: 'document' })
  assert.deepEqual([copy.status, header(copy, 'location')], [200, undefined])
})

test('while the blog is up readers are sent home, and the copy stands behind ?copy', async () => {
  const pages = (await captured()).server()
  const home = await ask(pages, base)
  assert.equal(home.status, 302)
  assert.equal(header(home, 'location'), 'https://ana.example/')
  assert.equal((await ask(pages, `${base}?copy`)).status, 200)
  const copy = `${base}copy/first/`
  assert.equal(header(await ask(pages, copy, { secFetchDest: 'document' }), 'location'), 'https://ana.example/first/')
  const framed = await ask(pages, copy, { secFetchDest: 'iframe' })
  assert.equal(framed.status, 200)
  assert.match(header(framed, 'vary') ?? '', /Sec-Fetch-Dest$/, 'a shared cache keeps the two apart')
  assert.equal((await ask(pages, `${copy}?copy`, { secFetchDest: 'document' })).status, 200)
})

test('a fallen blog shows its posts, newest first, each with a permalink, then its copy', async () => {
  const world = await captured()
  await world.fall()
  const older = await world.post('<p>older words</p>', { title: 'One <b>' })
  await world.clock.advance(60_000)
  const newer = await world.post('<p>newer words</p>', { prevs: [older.id] })
  await world.receipts(newer.id, 7)
  const text = await textOf(world.server(), base)
  assert.ok(text.indexOf('newer words') < text.indexOf('older words'))
  assert.ok(text.indexOf('older words') < text.indexOf('<iframe'))
  assert.ok(text.includes(`href="${base}p/${newer.id}"`) && text.includes('One &lt;b&gt;'))
  assert.match(text, /as 7 of its 10 mirrors found/)
  assert.match(text, /kept by 7 of 10 mirrors/)
  assert.match(text, /sandbox="allow-popups/)
  assert.doesNotMatch(text, /<script(?! type="application\/ld\+json">)/)
  const alone = await ask(world.server(), `${base}p/${older.id}`)
  assert.match(bytesText(alone.body), /older words/)
})

test('the sentence tells the author’s word, an exercise and a distrusted host apart', async () => {
  const says = async (over: object) => {
    const world = await captured()
    await world.declare(over)
    return textOf(world.server(), base)
  }
  assert.match(await says({}), /as its author says/)
  assert.match(await says({ exercise: true }), /This is an exercise/)
  const world = await captured()
  const since = world.clock.nowMs() - 1000
  assert.match(await says({ distrustSince: since }), /is not to be trusted/)
})

test('a doubted blog is not declared down: readers go home, and the copy says that it does not answer', async () => {
  const world = await captured()
  await world.observe('down')
  const pages = world.server()
  assert.equal((await ask(pages, base)).status, 302)
  assert.match(await textOf(pages, `${base}?copy`), /does not answer some of its mirrors right now/)
})

test('withdrawn words are gone, and a missing forerunner is told', async () => {
  const world = await captured()
  await world.declare()
  const post = await world.post('<p>regretted</p>', { prevs: ['f'.repeat(64)] })
  await world.clock.advance(1000)
  await world.post('', { replaces: post.id, withdrawn: true, prevs: [post.id] })
  const pages = world.server()
  const text = await textOf(pages, base)
  assert.doesNotMatch(text, /regretted/)
  assert.match(text, /was withdrawn by its author/)
  assert.match(text, /has not reached this mirror/)
  assert.equal((await ask(pages, `${base}p/${post.id}`)).status, 404)
})

test('links to a post under an id that it had before lead to it', async () => {
  const world = await captured()
  await world.declare()
  const draft = 'dd'.repeat(32)
  const posts = [await world.post('<p>twin</p>', { draft }), await world.post('<p>twin again</p>', { draft })]
  const [first, later] = posts.map((post) => post.id).sort()
  const pages = world.server()
  const moved = await ask(pages, `${base}p/${later}`)
  assert.deepEqual([moved.status, header(moved, 'location')], [302, `${base}p/${first}`])
  assert.equal((await ask(pages, `${base}p/${first}`)).status, 200)
})

test('trust, freshness and the other mirrors stand on the page', async () => {
  const world = await captured()
  await world.declare()
  assert.match(await textOf(world.server(), base), /may be old/)
  await world.checkpoints(5)
  const text = await textOf(world.server(), base)
  assert.match(text, /confirmed fresh/)
  assert.match(text, /signed by the blog/)
  assert.match(text, /href="https:\/\/cedar\.example\/m\/ana\.example\/"/)
})

test('every answer below /m/ binds the browser: no index, no sniffing, no referrer, a policy without scripts', async () => {
  const world = await captured()
  await world.declare()
  const pages = world.server()
  const css = /href="(\/m\/ana\.example\/blob\/[0-9a-f]{64})"/.exec(await textOf(pages, `${base}copy/`))![1]!
  for (const target of [base, `${base}copy/`, `${base}feed.xml`, css, `${base}nothing`]) {
    const answer = await ask(pages, target)
    assert.equal(header(answer, 'x-robots-tag'), 'noindex', target)
    assert.equal(header(answer, 'x-content-type-options'), 'nosniff', target)
    assert.equal(header(answer, 'referrer-policy'), 'no-referrer', target)
    const policy = header(answer, 'content-security-policy')!
    assert.match(policy, /default-src 'none'/, target)
    assert.doesNotMatch(policy, /script-src|allow-scripts|allow-same-origin|allow-forms/, target)
    assert.equal(header(answer, 'set-cookie'), undefined)
  }
  assert.match(header(await ask(pages, `${base}copy/`), 'content-security-policy')!, /^sandbox allow-popups/)
  const refused = await ask(pages, `${base}copy/`, { serviceWorker: 'script' })
  assert.equal(refused.status, 403)
  assert.equal((await ask(pages, base, { method: 'POST' })).status, 405)
})

test('a copy asks for kept files only, and its sheet is the rebuilt one', async () => {
  const world = await captured()
  await world.declare()
  const pages = world.server()
  const text = await textOf(pages, `${base}copy/`)
  const image = /<img src="(\/m\/ana\.example\/blob\/[0-9a-f]{64})">/.exec(text)![1]!
  const answer = await ask(pages, image)
  assert.equal(header(answer, 'content-type'), 'image/png')
  assert.deepEqual(Buffer.from(answer.body), png)
  const sheet = /rel="stylesheet" href="([^"]+)"/.exec(text)![1]!
  assert.equal(await textOf(pages, sheet), `h1{background:url("${image}")}`)
  assert.match(text, /href="\/m\/ana\.example\/copy\/first\/"/)
})

test('bytes that are no picture are not handed out as one, nor blobs that the copy does not name', async () => {
  const world = await PageWorld.create()
  const asset = { url: 'https://ana.example/x.png', bytes: '<script>alert(1)</script>', type: 'image/png' }
  const snapshot = await world.capture([{ path: '/', html: '<img src=/x.png>' }], [asset])
  const other = await world.blobs.put(png)
  const pages = world.server()
  assert.equal((await ask(pages, `${base}blob/${snapshot.payload.assets[0]!.blob}`)).status, 404)
  assert.equal((await ask(pages, `${base}blob/${other}`)).status, 404)
  assert.equal((await ask(pages, `${base}blob/${snapshot.payload.pages[0]!.blob}`)).status, 404)
})

test('pictures of a post are served while it is shown', async () => {
  const world = await captured()
  await world.declare()
  const blob = await world.blobs.put(Buffer.concat([png, Buffer.from('post')]))
  const attachments = [{ blob, bytes: 20, type: 'image/png', name: 'a.png', alt: 'A' }]
  await world.post(`<p><img src="blob:${blob}" alt="A"></p>`, { attachments })
  const pages = world.server()
  assert.ok((await textOf(pages, base)).includes(`src="${base}blob/${blob}"`))
  assert.equal((await ask(pages, `${base}blob/${blob}`)).status, 200)
})

test('what the author asked to forget is gone with the next head', async () => {
  const world = await captured()
  await world.declare()
  const pages = world.server()
  assert.equal((await ask(pages, `${base}copy/first/`)).status, 200)
  await world.head({ forgotten: ['/first/', '/a.png'] })
  pages.refresh(world.blog)
  await world.clock.advance(1000)
  await pages.idle()
  assert.equal((await ask(pages, `${base}copy/first/`)).status, 404)
  assert.doesNotMatch(await textOf(pages, `${base}copy/`), /<img src/)
})

test('a closed blog says so and shows nothing', async () => {
  const world = await captured()
  await world.close()
  const answer = await ask(world.server(), `/m/${world.blog}/`)
  assert.equal(answer.status, 410)
  assert.match(bytesText(answer.body), /has left the network/)
  assert.equal((await ask(world.server(), `/m/${world.blog}/copy/`)).status, 404)
})

test('an imported post leads to its place on the blog once the blog is up', async () => {
  const world = await captured()
  await world.declare()
  const post = await world.post('<p>words</p>')
  await world.clock.advance(1000)
  const url = 'https://ana.example/2026/words/'
  await world.imported(post.id, url)
  await world.declare({ state: 'over' })
  const answer = await ask(world.server(), `${base}p/${post.id}`)
  assert.equal(answer.status, 302)
  assert.equal(header(answer, 'location'), url)
})

test('the blog’s id and a missing slash lead to the one address', async () => {
  const world = await captured()
  const pages = world.server()
  assert.equal(header(await ask(pages, `/m/${world.blog}/feed.xml`), 'location'), `${base}feed.xml`)
  assert.equal(header(await ask(pages, '/m/ana.example'), 'location'), base)
  assert.equal(header(await ask(pages, `${base}copy`), 'location'), `${base}copy/`)
  assert.equal((await ask(pages, '/m/stranger.example/')).status, 404)
  assert.equal((await ask(pages, '/m/%0d%0aset-cookie:a=b/')).status, 404)
})

test('a path blog stands below the tilde', async () => {
  const world = await PageWorld.create({ addresses: ['https://pages.example/ana/'] })
  await world.capture([
    { path: '/', html: '<a href="/ana/first/">x</a>' },
    { path: '/first/', html: 'first' },
  ])
  await world.declare()
  const pages = world.server()
  assert.equal((await ask(pages, '/m/pages.example/~ana/')).status, 200)
  for (const [typed, place] of [
    ['ana', ''],
    ['ana/', ''],
    ['ana/first/', 'first/'],
  ] as const) {
    const led = await ask(pages, `/m/pages.example/${typed}`)
    assert.equal(led.status, 302, 'as people type it')
    assert.ok(led.headers.includes(`/m/pages.example/~ana/${place}`), String(led.headers))
  }
  assert.equal((await ask(pages, '/m/pages.example/ben/')).status, 404)
  assert.match(await textOf(pages, '/m/pages.example/~ana/copy/'), /href="\/m\/pages\.example\/~ana\/copy\/first\/"/)
})

test('answers are packed, tagged and revalidated in each form', async () => {
  const world = await captured()
  await world.declare()
  const pages = world.server()
  const plain = await ask(pages, base)
  const zipped = await ask(pages, base, { acceptEncoding: 'gzip, deflate' })
  const smaller = await ask(pages, base, { acceptEncoding: 'gzip, deflate, br' })
  assert.equal(header(zipped, 'content-encoding'), 'gzip')
  assert.equal(header(smaller, 'content-encoding'), 'br')
  assert.deepEqual(gunzipSync(zipped.body), Buffer.from(plain.body))
  assert.deepEqual(brotliDecompressSync(smaller.body), Buffer.from(plain.body))
  assert.equal(new Set([plain, zipped, smaller].map((pageAnswer) => header(pageAnswer, 'etag'))).size, 3)
  assert.equal(header(plain, 'vary'), 'Accept-Encoding')
  const again = await ask(pages, base, { acceptEncoding: 'gzip', ifNoneMatch: `"x", W/${header(zipped, 'etag')}` })
  assert.equal(again.status, 304)
  assert.equal(again.body.length, 0)
  assert.equal((await ask(pages, base, { acceptEncoding: 'gzip;q=0' })).headers.includes('gzip'), false)
})

test('a rendered page is answered without waiting, and rendered again when something changes', async () => {
  const world = await captured()
  await world.declare()
  const pages = world.server()
  assert.equal(pages.lookup(base, '', ''), null)
  await pages.render(world.blog)
  assert.notEqual(pages.lookup(base, '', ''), null)
  await world.post('<p>fresh words</p>')
  pages.refresh(world.blog)
  pages.refresh(world.blog)
  await world.clock.advance(1000)
  await pages.idle()
  assert.match(bytesText(pages.lookup(base, '', '')!.body), /fresh words/)
})

test('blogs that nobody asks for leave memory first and come back when asked', async () => {
  const world = await captured()
  await world.declare()
  const pages = world.server({ pageBytesMax: 1 })
  assert.equal((await ask(pages, base)).status, 200)
  assert.equal(pages.figures.blogs, 1)
  pages.drop(world.blog)
  assert.deepEqual([pages.figures.blogs, pages.figures.pageBytes, pages.lookup(base, '', '')], [0, 0, null])
  assert.equal((await ask(pages, base)).status, 200)
})

test('more askers than may wait are told when to come back', async () => {
  const world = await captured()
  const pages = world.server({ waitingMax: 1 })
  const [first, second] = await Promise.all([ask(pages, `${base}copy/`), ask(pages, `${base}copy/`)])
  assert.equal(first.status, 200)
  assert.equal(second.status, 503)
  assert.equal(header(second, 'retry-after'), '5')
  assert.equal((await ask(pages, `${base}copy/`)).status, 200)
})

test('a page whose bytes have not arrived yet is left out, and comes with the next rendering', async () => {
  const world = await captured()
  await world.declare()
  const snapshot = world.objects.find((object) => object.kind === 'snapshot')!
  const page = snapshot.kind === 'snapshot' ? snapshot.payload.pages[1]! : null
  const bytes = await world.blobs.get(page!.blob)
  await world.blobs.remove(page!.blob)
  const pages = world.server()
  assert.equal((await ask(pages, `${base}copy/first/`)).status, 404)
  await world.blobs.put(bytes!)
  await pages.render(world.blog)
  assert.equal((await ask(pages, `${base}copy/first/`)).status, 200)
})

test('one sentence says since when, who says so, how old the copy is and how often the author has posted', async () => {
  const world = await captured()
  await world.fall()
  assert.match(await textOf(world.server(), base), /; the author has not posted since\./)
  const first = await world.post('<p>one</p>')
  await world.post('<p>two</p>', { prevs: [first.id] })
  assert.match(
    await textOf(world.server(), base),
    /has been unreachable since .{20,200} as 7 of its 10 mirrors found\. This is a copy kept by friends, as it was on .{20,200}; the author has posted twice since\./,
  )
})

test('the first page is one request of at most 20 kB, and names the blog’s recent posts', async () => {
  const world = await captured()
  await world.fall()
  for (let i = 0; i < 5; i++) await world.post(`<p>${'Words about the garden. '.repeat(20)}</p>`, { title: `Day ${i}` })
  const pages = world.server()
  const page = await ask(pages, base, { acceptEncoding: 'gzip' })
  assert.ok(page.body.length <= 20_000, `${page.body.length} bytes`)
  const text = await textOf(pages, base)
  assert.doesNotMatch(text, /<(link[^>]*rel="(stylesheet|preload|preconnect)"|script[^>]*src|img)/)
  assert.match(text, /href="\/m\/ana\.example\/copy\/first\/\?copy">First &amp; foremost</)
})

test('shared links look right: Open Graph and JSON-LD, which no text of a post can end', async () => {
  const world = await captured()
  await world.declare()
  const post = await world.post('<p>We are well</p>', { title: '</script><b>Hello' })
  const text = await textOf(world.server(), `${base}p/${post.id}`)
  assert.match(text, /<meta property="og:type" content="article">/)
  assert.match(text, /<meta property="og:title" content="&lt;\/script&gt;&lt;b&gt;Hello">/)
  const data = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)![1]!
  const said = JSON.parse(data)
  assert.equal(said['@type'], 'BlogPosting')
  assert.equal(said.headline, '</script><b>Hello')
  assert.equal(said.isPartOf.name, 'Ana’s kitchen garden')
})
