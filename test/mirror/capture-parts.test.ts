import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCss, decodeHtml, decodeXml } from '../../mirror/capture/charset.ts'
import { cssResources } from '../../mirror/capture/css-resources.ts'
import { cutBytes } from '../../mirror/capture/cut.ts'
import { readFeed } from '../../mirror/capture/feed.ts'
import { htmlResources, parsePage, wantedCandidate } from '../../mirror/capture/html-resources.ts'
import { mediaType } from '../../mirror/capture/media-type.ts'
import { pageFacts } from '../../mirror/capture/page-facts.ts'
import { srcsetCandidates } from '../../mirror/capture/srcset.ts'
import { isForgotten, pathBelow, resolveUrl } from '../../mirror/capture/url.ts'
import { byteLength, utf8 } from '../../protocol/bytes.ts'
import { badField } from '../../protocol/kinds.ts'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const page = 'http://ana.example/2026/post/'
const urlsOf = (html: string, url = page) => htmlResources(parsePage(html), url).map((htmlResource) => htmlResource.url)

test('a charset is taken from the mark, the header, the meta element, the XML prolog, in this order', () => {
  const sjis = new Uint8Array([0x93, 0xfa, 0x96, 0x7b]) // 日本
  const inSjis = (head: string) => new Uint8Array([...latin1(head), ...sjis])
  assert.match(decodeHtml(inSjis('<meta charset=shift_jis>'), 'text/html'), /日本/)
  assert.match(decodeHtml(inSjis('<p>'), 'text/html; charset="Shift_JIS"'), /日本/)
  assert.match(decodeHtml(inSjis('<meta charset=utf-8>'), 'text/html; charset=shift_jis'), /日本/)
  const httpEquiv = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
  assert.match(decodeHtml(inSjis(httpEquiv), ''), /日本/)
  assert.match(decodeHtml(inSjis('<?xml version="1.0" encoding="Shift_JIS"?><p>'), ''), /日本/)
  assert.match(decodeHtml(new Uint8Array([0xef, 0xbb, 0xbf, ...utf8('é')]), 'text/html; charset=latin1'), /^é$/)
  const prolog = '<?xml version="1.0" encoding="ISO-8859-1"?>'
  assert.equal(decodeXml(latin1(`${prolog}<a>caf\xe9</a>`), 'text/xml'), `${prolog}<a>café</a>`)
  assert.match(decodeCss(latin1('@charset "iso-8859-1";a{content:"\xe9"}'), 'text/css'), /é/)
})

test('a page without any charset is read as UTF-8 where it is, else as windows-1252; an unknown label says nothing', () => {
  assert.equal(decodeHtml(utf8('<p>é'), 'text/html'), '<p>é')
  assert.equal(decodeHtml(latin1('<p>\xe9\x80'), 'text/html'), '<p>é€')
  assert.equal(decodeHtml(utf8('<p>é'), 'text/html; charset=klingon'), '<p>é')
  assert.equal(
    decodeHtml(utf8('<!-- <meta charset=shift_jis> --><p>é'), 'text/html'),
    '<!-- <meta charset=shift_jis> --><p>é',
  )
})

test('a reference becomes the name that the manifest can carry, or none', () => {
  assert.equal(resolveUrl('../a b.png#x', page), 'http://ana.example/2026/a%20b.png')
  assert.equal(resolveUrl('//CDN.Example/x?y=|^{}', page), 'http://cdn.example/x?y=%7C%5E%7B%7D')
  assert.equal(resolveUrl('http://user:secret@ana.example/x', page), 'http://ana.example/x')
  for (const bad of [
    'data:image/png;base64,AA',
    'javascript:alert(1)',
    '#top',
    '',
    'ftp://x/y',
    'http://a_b.example/',
    'http://[::1]/',
  ]) {
    assert.equal(resolveUrl(bad, page), null, bad)
  }
  assert.equal(resolveUrl(`/${'a'.repeat(2000)}`, page), null)
  const named = resolveUrl("/ä'`\\x", page)!
  assert.equal(badField('snapshot', snapshotOf(named) as never), null, named)
})

function snapshotOf(url: string) {
  const hash = '0'.repeat(64)
  const file = { url, blob: hash, type: 'text/html', bytes: 1 }
  const common = { network: hash, key: hash, time: 1, blog: hash, address: 'http://ana.example/', title: 'T' }
  return { ...common, pages: [{ ...file, path: '/' }], assets: [file], alike: hash }
}

test('a path is below the address with and without www, over http and https, and nowhere else', () => {
  const address = 'https://ana.example/~ana/'
  assert.equal(pathBelow('http://www.ana.example/~ana/x?y=1', address), '/x?y=1')
  assert.equal(pathBelow('https://ana.example/~ana', address), '/')
  assert.equal(pathBelow('https://ana.example/~bob/', address), null)
  assert.equal(pathBelow('https://ana.example.evil/~ana/', address), null)
  assert.equal(isForgotten('https://ana.example/~ana/secret', address, ['/secret/']), true)
  assert.equal(isForgotten('https://ana.example/~ana/secrets/', address, ['/secret/']), false)
})

test('every spelling of an image is found: lazy, srcset, picture, background, poster, svg, noscript', () => {
  const html = `<base href="/base/"><img src="a.png" data-src="lazy.png" srcset="s.png 400w, m.png 1300w, l.png 2600w">
    <picture><source srcset="p.webp, p2.webp 2x" type="image/webp"><img src="//cdn.example/p.jpg"></picture>
    <div style="background: url('bg.png')" data-bg="url(lazybg.png)"></div><video poster="poster.jpg" src="film.mp4"></video>
    <svg><image href="in.png"/></svg><noscript><img src="plain.png"></noscript><table background="old.gif"></table>
    <style>b{background:url(sheet.png)}</style><script>"<img src=never.png>"</script><iframe src="never.html"></iframe>`
  const base = 'http://ana.example/base/'
  assert.deepEqual(
    new Set(urlsOf(html)),
    new Set([
      ...[
        'a.png',
        'lazy.png',
        'm.png',
        'p2.webp',
        'bg.png',
        'lazybg.png',
        'poster.jpg',
        'in.png',
        'plain.png',
        'old.gif',
        'sheet.png',
      ].map((name) => base + name),
      'http://cdn.example/p.jpg',
    ]),
  )
})

test('stylesheets come first; alternates, scripts and feeds do not come at all', () => {
  const html = `<link rel=icon href=i.png><link rel="stylesheet" href=s.css><link rel="alternate stylesheet" href=no.css>
    <link rel=preload as=style href=p.css><link rel=preload as=script href=no.js><link rel=alternate type=application/rss+xml href=feed>`
  assert.deepEqual(
    urlsOf(html).map((url) => url.slice(page.length)),
    ['s.css', 'p.css', 'i.png'],
  )
})

test('a srcset is split as the standard says, and one candidate is enough', () => {
  const references = (value: string) => srcsetCandidates(value).map((srcsetCandidate) => srcsetCandidate.reference)
  assert.deepEqual(references('a,b.png 1x, c.png 2x'), ['a,b.png', 'c.png'])
  assert.deepEqual(references('a.png, b.png 2x,'), ['a.png', 'b.png'])
  assert.deepEqual(references(''), [])
  assert.equal(wantedCandidate('a 300w, b 768w, c 1200w, d 2048w'), 'c')
  assert.equal(wantedCandidate('a 300w, b 768w'), 'b')
  assert.equal(wantedCandidate('a, b 2x, c 3x'), 'b')
})

test('a stylesheet names its imports, images and one format of each font, whatever its syntax errors', () => {
  const css = `@import "one.css"; @import url("two.css") print; a{background:url(x\\.png);--y:url('y.png')} }}} broken{:::url(z.png)
    @font-face{font-family:f;src:url(f.eot);src:url(f.eot?#iefix) format("embedded-opentype"),url(f.woff) format('woff'),url(f.woff2) format("woff2")}
    @font-face{font-family:g;src:local(G),url(g.ttf)} @font-face{src:url(data:font/woff2;base64,AA) format("woff2"),url(h.woff)}
    i{background:image-set("i1.png" 1x, url(i2.png) 2x, "i3.avif" type("image/avif"))} /* url(comment.png) */ b{content:"url(text.png)"}`
  const found = cssResources(css, 'http://ana.example/css/s.css').map(
    (cssResource) => `${cssResource.kind} ${cssResource.url.slice(23)}`,
  )
  assert.deepEqual(
    new Set(found),
    new Set([
      'style one.css',
      'style two.css',
      'image x.png',
      'image y.png',
      'image z.png',
      'font f.woff2',
      'font g.ttf',
      'font h.woff',
      'image i1.png',
      'image i2.png',
      'image i3.avif',
    ]),
  )
})

test('the type of a file is what its bytes are, then what the header says, then what its name says', () => {
  assert.equal(mediaType('text/html', 'http://x/a.jpg', latin1('\xff\xd8\xff\xe0')), 'image/jpeg')
  assert.equal(mediaType('text/html; charset=ISO-8859-1', 'http://x/', utf8('<p>')), 'text/html; charset=iso-8859-1')
  assert.equal(mediaType('application/octet-stream', 'http://x/a.woff?v=1', utf8('')), 'font/woff')
  assert.equal(mediaType('nonsense', 'http://x/a', utf8('')), 'application/octet-stream')
})

test('the article of a page is its text without menus, comments and dates', () => {
  const html = `<html lang="de"><title>  A  B </title><meta name=dgos content=x><link rel=canonical href="../canonical/">
    <link rel=alternate type="application/rss+xml" href="/comments/feed/" title="Comments"><link rel=alternate type="application/atom+xml" href="/feed.xml">
    <body><nav>menu</nav><article><h1>Title</h1><time>5 minutes ago</time><p>The  TEXT\n here.</p><div class="sharedaddy">share</div></article><div id=comments>hi</div>`
  const facts = pageFacts(parsePage(html), page)
  assert.equal(facts.article, 'title the text here.')
  assert.equal(facts.canonical, 'http://ana.example/2026/canonical/')
  assert.deepEqual(facts.feeds, ['http://ana.example/feed.xml'])
  assert.deepEqual([facts.title, facts.language, facts.marker], ['A B', 'de', 'x'])
})

const feedUrl = 'https://ana.example/blog/feed.xml'
const rss = (items: string) =>
  utf8(`<?xml version="1.0"?><rss version="2.0"><channel><title>Ana</title>${items}</channel></rss>`)

test('RSS, Atom and JSON feeds give ids, absolute links and times, newest first', async () => {
  const rssFeed = await readFeed(
    rss(`<item><title>Old</title><link>/old/</link><guid>1</guid><pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate></item>
    <item><title>New</title><link>/new/</link><guid isPermaLink="false">2</guid><pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate></item>`),
    'application/rss+xml',
    feedUrl,
  )
  assert.deepEqual(
    rssFeed!.items.map((feedItem) => [feedItem.id, feedItem.url]),
    [
      ['2', 'https://ana.example/new/'],
      ['1', 'https://ana.example/old/'],
    ],
  )
  const atom =
    utf8(`<feed xmlns="http://www.w3.org/2005/Atom"><title>Ana</title><entry><id>tag:1</id><title type="html">T</title>
    <link rel="alternate" href="post"/><published>2026-01-05T00:00:00Z</published><updated>2026-01-07T00:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a<b>b</b> c</div></content></entry></feed>`)
  const [entry] = (await readFeed(atom, 'application/atom+xml', feedUrl))!.items
  assert.deepEqual(
    [entry!.id, entry!.url, entry!.updated! - entry!.published!],
    ['tag:1', 'https://ana.example/blog/post', 2 * 86_400_000],
  )
  const json = utf8(
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Ana',
      items: [{ id: 7, url: 'p', title: 'J' }],
    }),
  )
  assert.equal((await readFeed(json, 'application/feed+json', feedUrl))!.items[0]!.id, '7')
})

test('a bare ampersand does not lose the feed, a page in place of the feed is none, entities stay unexpanded', async () => {
  const bare = rss('<item><title>A & B</title><link>https://ana.example/?a=1&b=2</link></item>')
  assert.equal((await readFeed(bare, 'text/xml', feedUrl))!.items[0]!.url, 'https://ana.example/?a=1&b=2')
  assert.equal(await readFeed(utf8('<html><body>Not found</body></html>'), 'text/html', feedUrl), null)
  assert.equal(await readFeed(utf8('{"items":'), 'application/json', feedUrl), null)
  const bomb = utf8(
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
  )
  const read = await readFeed(bomb, 'text/xml', feedUrl)
  assert.ok(read === null || read.title.length < 20)
})

test('at most twenty feed entries, their fields cut to what the wire takes', async () => {
  const many = rss(
    Array.from(
      { length: 50 },
      (_, i) => `<item><guid>${i}${'x'.repeat(3000)}</guid><title>${'ü'.repeat(400)}</title></item>`,
    ).join(''),
  )
  const feed = await readFeed(many, 'text/xml', feedUrl)
  assert.equal(feed!.items.length, 20)
  for (const item of feed!.items) assert.ok(byteLength(item.id) <= 1024 && byteLength(item.title) <= 300)
  assert.equal(cutBytes('a\u0000b\ud800', 10), 'a b\ufffd')
})
