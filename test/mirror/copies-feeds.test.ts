/** Feeds as they are sent: what readers forgive is read, under ids that every capturer gives alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFeed } from '../../mirror/capture/feed.ts'
import { parsePage } from '../../mirror/capture/html-resources.ts'
import { postLinks, sitemapLinks } from '../../mirror/capture/post-links.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { arrangeCapture, arrangeCase, caseBytes, home, hourMs } from './copy-cases.ts'

const feedUrl = `${home}feed.xml`
const read = async (xml: string | Uint8Array, type = 'application/xml', url = feedUrl) =>
  readFeed(typeof xml === 'string' ? utf8(xml) : xml, type, url)
const short = (feed: Awaited<ReturnType<typeof readFeed>>) =>
  feed?.items.map(({ id, url, title }) => [id, url?.slice(home.length) ?? null, title])
const both = [
  [`${home}post2.html`, 'post2.html', 'Post 2'],
  [`${home}post1.html`, 'post1.html', 'Post 1'],
]
const rss = (items: string, root = 'version="2.0"') =>
  `<?xml version="1.0"?><rss ${root}><channel><title>Ana</title>${items}</channel></rss>`

test('each feed that once was lost is read with its ids, links and titles', async () => {
  const cases: Readonly<Record<string, unknown>> = {
    'feed-php-notice': both,
    'feed-as-text-html': both,
    'feed-raw-html-in-description': both,
    'feed-same-guid': both,
    'feed-prefixed-atom': [['u:2', 'post1.html', 'Post 1']],
    'feed-xml-base': [['u:2', 'deep/2026/post1.html', 'Post 1']],
    'feed-atom-html-title': [
      ['u:2', 'post1.html', 'AT&T news it’s'],
      ['u:3', 'post2.html', 'An xhtml title'],
    ],
  }
  for (const [name, expected] of Object.entries(cases)) {
    const type = name === 'feed-as-text-html' ? 'text/html; charset=utf-8' : 'application/xml'
    assert.deepEqual(short(await read(caseBytes(name, 'feed.xml'), type)), expected, name)
  }
})

test('the posts of such a feed are captured: sent as a page, or redirected elsewhere', async () => {
  const post = (name: string) =>
    `<title>${name}</title><article><h1>${name}</h1><p>${'word '.repeat(60)}${name}</p></article>`
  const sent = arrangeCase('feed-as-text-html')
  sent.web.put(feedUrl, caseBytes('feed-as-text-html', 'feed.xml'), 'text/html; charset=utf-8')
  for (const name of ['post1', 'post2']) sent.web.put(`${home}${name}.html`, post(name))
  const { fields } = await sent.good()
  assert.deepEqual(fields.pages.map((page) => page.path).sort(), ['/', '/post1.html', '/post2.html'])
  assert.match(fields.feed!.type, /^application\/xml/)

  const moved = arrangeCase('feed-redirected-relative')
  moved.web.put(`${home}sub/dir/real.xml`, caseBytes('feed-redirected-relative', 'feed.xml'), 'application/atom+xml')
  moved.web.pages.set(feedUrl, { body: '', to: `${home}sub/dir/real.xml` })
  moved.web.put(`${home}post1.html`, post('post1'))
  const second = (await moved.good()).fields
  assert.deepEqual(
    second.pages.map((page) => page.path),
    ['/', '/post1.html'],
  )
  assert.equal(second.feed!.url, feedUrl)
})

test('notices after the feed, a feed that breaks off, and unclosed elements lose nothing that was whole', async () => {
  const item = (n: number) => `<item><title>Post ${n}</title><link>/post${n}.html</link></item>`
  assert.equal((await read(`${rss(item(1))}<br /><b>Warning</b>: x in y on line 3`))!.items.length, 1)
  const broken = rss(item(1) + item(2)).slice(0, -60)
  assert.deepEqual(short(await read(broken))?.slice(0, 1), [[`${home}post1.html`, 'post1.html', 'Post 1']])
  const unclosed = rss(`<item><title>Post 1<link>/post1.html</link></item>${item(2)}`)
  assert.deepEqual(
    short(await read(unclosed))!.map(([id]) => id),
    [`${home}post1.html`, `${home}post2.html`],
  )
})

test('a guid that is a permalink is the link, one that says otherwise is not', async () => {
  const items = (attribute: string) => rss(`<item><title>A</title><guid${attribute}>${home}a/</guid></item>`)
  assert.equal((await read(items('')))!.items[0]!.url, `${home}a/`)
  assert.equal((await read(items(' isPermaLink="true"')))!.items[0]!.url, `${home}a/`)
  assert.equal((await read(items(' isPermaLink="false"')))!.items[0]!.url, undefined)
  const based = rss('<item><title>A</title><link>a/</link></item>', `version="2.0" xml:base="${home}blog/"`)
  assert.equal((await read(based))!.items[0]!.url, `${home}blog/a/`)
})

test('a JSON Feed is one whatever its type, and a page that shows a feed is none', async () => {
  const json = JSON.stringify({
    version: 'https://jsonfeed.org/version/1',
    title: 'A',
    items: [{ id: 1, url: 'x', title: 'X' }],
  })
  assert.equal((await read(json, 'text/plain'))!.items[0]!.url, `${home}x`)
  assert.equal(
    await read(
      `<!doctype html><html><body><p>How to write <rss version="2.0"><channel></p></body></html>`,
      'text/html',
    ),
    null,
  )
  assert.equal(await read('plain words'), null)
})

test('titles are texts: entities are read once more where RSS left them, tags of a text stay', async () => {
  const titled = async (title: string) =>
    (await read(rss(`<item><guid>1</guid><title>${title}</title></item>`)))!.items[0]!.title
  assert.equal(await titled('It&amp;#8217;s AT&amp;amp;T'), 'It’s AT&T')
  assert.equal(await titled('R &amp; D'), 'R & D')
  assert.equal(await titled('<![CDATA[The <b> element]]>'), 'The <b> element')
})

test('without any feed the posts are those that the front page marks or heads, or the newest of the sitemap', async () => {
  const post = (name: string) =>
    `<title>${name}</title><article><h1>${name}</h1><p>${'word '.repeat(60)}${name}</p></article>`
  const paths = async (front: string, sitemap = '') => {
    const { good, web, clock } = arrangeCapture()
    web.put(
      home,
      `<title>Ana</title><body><h1>Ana</h1><nav><h2><a href="/about/">About</a></h2></nav>${front}<p>Words about rivers.</p>`,
    )
    for (const name of ['one', 'two', 'about', 'tag']) web.put(`${home}${name}/`, post(name))
    if (sitemap !== '') web.put(`${home}sitemap.xml`, sitemap, 'application/xml')
    const first = await good()
    await clock.advance(hourMs)
    assert.equal((await good(first.fields)).changed, false)
    return first.fields.pages.map((page) => page.path)
  }
  assert.deepEqual(await paths('<article><h2><a href="/one/">One</a></h2></article><h3><a href="/two/">Two</a></h3>'), [
    '/',
    '/one/',
    '/two/',
  ])
  const entry =
    '<div class="h-feed"><div class="h-entry"><a class="u-url" href="/two/">2</a></div><h2><a href="/tag/">Tag</a></h2></div>'
  assert.deepEqual(await paths(entry), ['/', '/two/'])
  const map = `<urlset><url><loc>${home}one/</loc><lastmod>2026-01-01</lastmod></url><url><loc>${home}two/</loc><lastmod>2026-02-01</lastmod></url><url><loc>http://else.example/</loc></url></urlset>`
  assert.deepEqual(await paths('', map), ['/', '/two/', '/one/'])
  assert.deepEqual(await paths('<p><a href="/one/">one</a></p>'), ['/'])
})

test('a JSON Feed behind a byte order mark or blank lines is one, and what only begins alike is none', async () => {
  const feed = JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    items: [{ id: 'x', url: '/a/', title: 'A' }],
  })
  for (const before of ['\ufeff', '\n\r\n', '\ufeff\n '])
    for (const type of ['text/plain', 'application/feed+json'])
      assert.equal((await readFeed(Buffer.from(before + feed), type, home))?.items[0]?.url, `${home}a/`, type)
  assert.equal(await readFeed(Buffer.from('{"version":"1"}'), 'text/plain', home), null)
  assert.equal(await readFeed(Buffer.from(' {{ not json }}'), 'text/plain', home), null)
})

test('posts in a plain list are known by their dates, menus and undated lists are not; sitemaps may be prefixed or quoted', () => {
  const links = (page: string) => postLinks(parsePage(page), home, home).map((url) => url.slice(home.length))
  assert.deepEqual(
    links(
      '<ul><li><span>1 Jan 2026</span> <a href="/a/">A</a><li><time>yesterday</time><a href="/b/">B</a></ul><ul><li><a href="/tag/x/">x</a></ul>',
    ),
    ['a/', 'b/'],
  )
  assert.deepEqual(
    links('<table><tr><td><a href="/2025/12/c.html">C</a></table><nav><ul><li>2026 <a href="/d/">D</a></ul></nav>'),
    ['2025/12/c.html'],
  )
  assert.deepEqual(links('<h2><a href="/h/">H</a></h2><ul><li>2026 <a href="/a/">A</a></ul>'), ['h/'])
  assert.deepEqual(links('<ul><li><a href="/a/">A</a><li>12345678 <a href="/b/">B</a></ul>'), [])
  const xml = `<sm:urlset><sm:url><sm:loc> ${home}a?x=1&amp;y=2 </sm:loc><sm:lastmod>2026-01-02</sm:lastmod></sm:url><sm:url><sm:loc><![CDATA[${home}b]]></sm:loc></sm:url></sm:urlset>`
  assert.deepEqual(sitemapLinks(xml, home), [`${home}a?x=1&y=2`, `${home}b`])
})
