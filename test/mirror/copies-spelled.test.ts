/** Pages that are not plain HTML at their own address: sent on, in XML, in an undeclared charset, with a late base. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeProbe, Probe } from '../../activation/watch/probe.ts'
import { decodeHtml, isUndeclared } from '../../mirror/capture/charset.ts'
import { htmlResources, parsePage } from '../../mirror/capture/html-resources.ts'
import { refreshTarget } from '../../mirror/capture/meta-refresh.ts'
import { pageSource } from '../../mirror/capture/page-source.ts'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { arrangeCapture, arrangeCase, blog, caseBytes, home, hourMs } from './copy-cases.ts'

const real = `<title>Ana</title><meta name=dgos content="${blog}"><h1>Ana</h1><p>Words about rivers and hills.</p>`

test('a front page that only sends on is followed, with words or without, and unchanged costs two 304s', async () => {
  for (const [front, place] of [
    ['index.html', 'en/'],
    ['with-words.html', 'home.html'],
  ] as const) {
    const { good, web, clock } = arrangeCase('meta-refresh-front', front)
    web.put(home + place, real)
    const first = await good()
    assert.deepEqual(
      [first.fields.pages[0]!.path, first.fields.pages[0]!.url, first.fields.title],
      ['/', home + place, 'Ana'],
    )
    web.taken()
    await clock.advance(hourMs)
    assert.equal((await good(first.fields)).changed, false)
    assert.deepEqual(web.taken(), { [home]: 304, [home + place]: 304 })
  }
})

test('one that sends elsewhere, downwards, or round in circles is put aside; one that waits is a page', async () => {
  const sends = (to: string, seconds = 0) =>
    `<meta http-equiv=refresh content="${seconds}; url=${to}"><p>You are being sent to the blog.</p>`
  for (const to of ['http://else.example/', 'http://b.else.example/ana/']) {
    const { take, web } = arrangeCapture()
    web.put(home, sends(to))
    web.put(to, real)
    const result = await take()
    assert.equal(!result.ok && result.reason, 'elsewhere', to)
  }
  const round = arrangeCapture()
  round.web.put(home, sends('/a/'))
  round.web.put(`${home}a/`, sends('/'))
  const result = await round.take()
  assert.equal(!result.ok && result.reason, 'elsewhere')
  const waits = arrangeCapture()
  waits.web.put(home, sends('/a/', 300))
  assert.equal((await waits.good()).fields.pages[0]!.url, home)
})

test('the spellings of a refresh that browsers follow are followed, those for browsers without scripts are not', () => {
  const to = (tag: string) => refreshTarget(tag, home)
  for (const content of ['0;url=/a/', '0; URL="/a/"', '5,/a/', '0;/a/', '.5;url=/a/', "0.5; url='/a/'"])
    assert.equal(to(`<META HTTP-EQUIV='Refresh' CONTENT="${content.replaceAll('"', "'")}">`), `${home}a/`, content)
  assert.equal(to('<meta content="0;url=/?a=1&amp;b=2" http-equiv=refresh>'), `${home}?a=1&b=2`)
  for (const tag of [
    '<noscript><meta http-equiv=refresh content="0;url=/a/"></noscript>',
    '<!-- <meta http-equiv=refresh content="0;url=/a/"> -->',
    '<meta http-equiv=refresh content="11;url=/a/">',
    '<meta http-equiv=refresh content="5">',
    '<meta http-equiv=refresh content="url=/a/">',
    '<meta http-equiv=refresh content="5;url=/">',
    '<meta http-equiv=refresh content="0;url=javascript:x">',
    '<meta name=refresh content="0;url=/a/">',
  ])
    assert.equal(to(tag), null, tag)
})

test('a watcher follows the same hop, and only below the blog', async () => {
  const { web } = arrangeCase('meta-refresh-front')
  web.put(`${home}en/`, real)
  const probe = new Probe({ web }, { userAgent: 'test' })
  assert.equal((await probe.look(home, { blog, front: null })).reason, 'tag')
  web.put(home, '<meta http-equiv=refresh content="0;url=http://else.example/"><p>Moved to another place</p>')
  web.put('http://else.example/', real)
  assert.equal((await probe.look(home, { blog, front: null })).state, 'changed')
  assert.equal(judgeProbe({ ok: false, reason: 'dns', detail: '' }, { blog, front: null }).state, 'down')
})

test('XHTML is read as XML: empty elements swallow nothing', async () => {
  const { good, web } = arrangeCase('xhtml', 'index.xhtml')
  web.put(home, caseBytes('xhtml', 'index.xhtml'), 'application/xhtml+xml')
  const { fields } = await good()
  assert.deepEqual([fields.title, fields.pages[0]!.type], ['X', 'application/xhtml+xml'])
  const source = pageSource(caseBytes('xhtml', 'index.xhtml'), 'application/xhtml+xml')
  const options = { url: home, canonical: home, bar: html`` }
  const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
  assert.match(
    inertPage(source, links, options),
    /<h1>XHTML page<\/h1>.*<div class="a"><\/div><p>After a self-closed div<\/p>/,
  )
  const cdata = pageSource(
    new TextEncoder().encode('<html xmlns="x"><body><p><![CDATA[1 < 2 & 3]]></p><br/><img src="a"/></body></html>'),
    'application/xhtml+xml',
  )
  assert.match(cdata, /<p>1 &lt; 2 &amp; 3<\/p><br><img src="a">/)
})

test('an undeclared charset is told by the words of the page, and the feed’s own word counts before them', async () => {
  const bytes = caseBytes('no-charset-cyrillic', 'index.html')
  assert.match(decodeHtml(bytes, 'text/html'), /<h1>Дневник Ольги<\/h1>/)
  const { fields } = await arrangeCase('no-charset-cyrillic').good()
  assert.equal(fields.title, 'Дневник Ольги')
  assert.equal(fields.pages[0]!.type, 'text/html; charset=windows-1251') // so that mirrors without a detector read it too
  const short = new Uint8Array(
    Buffer.from(
      '<title>\xc4\xed\xe5\xe2</title><link rel=alternate type="application/rss+xml" href="/rss.xml"><p>some words in latin letters',
      'latin1',
    ),
  )
  assert.equal(isUndeclared(short, 'text/html'), true)
  const { good, web, clock } = arrangeCapture()
  web.put(home, short, 'text/html')
  web.put(
    `${home}rss.xml`,
    new Uint8Array(
      Buffer.from(
        '<?xml version="1.0" encoding="windows-1251"?><rss version="2.0"><channel><title>x</title></channel></rss>',
        'latin1',
      ),
    ),
    'text/xml',
  )
  const first = await good()
  assert.deepEqual([first.fields.title, first.fields.pages[0]!.type], ['Днев', 'text/html; charset=windows-1251'])
  await clock.advance(25 * hourMs)
  assert.equal((await good(first.fields)).changed, false)
})

test('western pages stay what they were, few letters tell nothing, and UTF-8 is UTF-8', () => {
  const latin1 = (text: string) => decodeHtml(new Uint8Array(Buffer.from(text, 'latin1')), 'text/html')
  assert.equal(latin1('<p>caf\xe9 \x80'), '<p>café €')
  assert.match(
    latin1(
      '<p>Heute gingen wir in den Wald. Es war sehr sch\xf6n, gr\xf6\xdfer als fr\xfcher, und wir a\xdfen \xc4pfel und N\xfcsse.',
    ),
    /schön, größer als früher/,
  )
  assert.equal(decodeHtml(new TextEncoder().encode('<p>Дневник'), 'text/html'), '<p>Дневник')
  const koi = Buffer.from('c4cec5d7cec9cb20efccd8c7c9202ef3c5c7cfc4ced120cdd920c8cfc4c9ccc920d720ccc5d32e', 'hex')
  assert.match(decodeHtml(new Uint8Array(koi), 'text/html'), /дневник|Дневник/i)
})

test('files named before the base come from where the page does, links follow it', () => {
  const source =
    '<head><link rel=stylesheet href="a.css"><base href="/deep/"><link rel=stylesheet href="b.css"></head><img src="c.png"><a href="d/">d</a>'
  assert.deepEqual(
    htmlResources(parsePage(source), home).map((htmlResource) => htmlResource.url.slice(home.length)),
    ['a.css', 'deep/b.css', 'deep/c.png'],
  )
  const named = (url: string) => `/m/${url.slice(home.length)}`
  const links = { file: named, sheet: named, page: named, drawing: () => null }
  const copy = inertPage(source, links, { url: home, canonical: home, bar: html`` })
  for (const path of ['"/m/a.css"', '"/m/deep/b.css"', '"/m/deep/c.png"', '"/m/deep/d/"'])
    assert.ok(copy.includes(path), path)
})
