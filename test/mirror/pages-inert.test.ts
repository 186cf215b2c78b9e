/** What stays of an honest page: everything that can be read, and the files that the mirror keeps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inertPage } from '../../mirror/pages/inert.ts'
import { cssProblem, inertCss } from '../../mirror/pages/inert-css.ts'
import { inertDataUrl, sniffedType } from '../../mirror/pages/inert-data.ts'
import { inertSvgFile } from '../../mirror/pages/inert-svg.ts'
import { html } from '../../mirror/pages/markup.ts'

const kept = new Set(
  ['a.png', 'b.png', 'wide.png', 's.css', 'f.woff2', 'lazy.jpg'].map((name) => `https://ana.example/${name}`),
)
const named = (url: string) => (kept.has(url) ? `/m/ana/blob/${url.split('/').at(-1)}` : null)
const links = {
  file: named,
  sheet: named,
  page: (url: string) => (url === 'https://ana.example/first/' ? '/m/ana/copy/first/' : null),
  drawing: () => '/m/ana/blob/drawing',
}
const options = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` }
const page = (source: string) => inertPage(source, links, options)
const body = (source: string) => /<body[^>]*>([\s\S]*)<\/body>/.exec(page(source))![1]!
const inSheet = {
  file: (reference: string) => named(new URL(reference, 'https://ana.example/').href),
  sheet: () => null,
}
const css = (source: string) => inertCss(source, inSheet)

test('links between captured pages lead to the copies, other links out of the frame', () => {
  assert.equal(body('<a href="/first/#x">x</a>'), '<a href="/m/ana/copy/first/#x">x</a>')
  assert.equal(
    body('<a href="/other/" target=frame rel=me>x</a>'),
    '<a href="https://ana.example/other/" target="_top" rel="noopener noreferrer nofollow">x</a>',
  )
  assert.equal(
    body('<a href="#top">x</a><a href="mailto:a@b.example">y</a>'),
    '<a href="#top">x</a><a href="mailto:a@b.example">y</a>',
  )
})

test('lazy images are shown at once, and their noscript twin not again', () => {
  const lazy = '<img class=l src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="lazy.jpg" loading=lazy alt=x>'
  assert.match(
    body(`${lazy}<noscript><img src="lazy.jpg"></noscript>`),
    /^<img src="\/m\/ana\/blob\/lazy\.jpg"[^>]*alt="x">$/,
  )
  assert.match(
    body('<noscript><p>no script</p><img src=a.png></noscript>'),
    /<p>no script<\/p><img src="\/m\/ana\/blob\/a\.png">/,
  )
})

test('srcset and picture keep what was captured and nothing else', () => {
  assert.equal(body('<img srcset="a.png 1x, gone.png 2x, b.png 3x">').includes('gone'), false)
  assert.match(
    body('<img src=gone.png srcset="gone.png 1x, b.png 2x">'),
    /src="\/m\/ana\/blob\/b\.png" srcset="\/m\/ana\/blob\/b\.png 2x"/,
  )
  assert.match(
    body(
      '<picture><source srcset="wide.png" media="(min-width:40em)"><source srcset="gone.webp"><img src=a.png></picture>',
    ),
    /^<picture><source srcset="\/m\/ana\/blob\/wide\.png" media="\(min-width:40em\)"><img src="\/m\/ana\/blob\/a\.png"><\/picture>$/,
  )
})

test('an image that was not captured leaves its words', () => {
  assert.equal(body('<img src=gone.png alt="A heron">'), '<img alt="A heron">')
})

test('a page keeps its language, direction, title, viewport and the mode of its doctype', () => {
  const text = page(
    '<!doctype html><html lang=ar dir=rtl><title>a &amp; b</title><meta name=viewport content="width=device-width"><body class=x>',
  )
  assert.match(text, /^<!DOCTYPE html><html lang="ar" dir="rtl">/)
  assert.match(text, /<title>a &amp; b<\/title>/)
  assert.match(text, /<meta name="viewport" content="width=device-width">/)
  assert.match(text, /<body class="x">/)
  assert.match(page('<p>old'), /^<html>/)
})

test('embedded videos and frames become a link to where they are', () => {
  assert.match(
    body('<iframe src="https://video.example/v/1"></iframe>'),
    /^<a href="https:\/\/video\.example\/v\/1"[^>]*>video\.example ↗<\/a>$/,
  )
})

test('a form leaves its words, and nothing to type or to send', () => {
  assert.equal(
    body('<form class=f><p>Search</p><input name=q><button>Go</button></form>'),
    '<div class="f"><p>Search</p><button type="button">Go</button></div>',
  )
})

test('drawings inside pages keep shapes and colours', () => {
  assert.equal(
    body('<svg viewBox="0 0 2 2" class="icon"><path d="M0 0h2" fill="red" onclick="x"/></svg>'),
    '<svg viewBox="0 0 2 2" class="icon"><path d="M0 0h2" fill="red"></path></svg>',
  )
})

test('a drawing in a file is rebuilt with its own styles', () => {
  const file = inertSvgFile(
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><style>.a{fill:red;background:url(https://evil.example/x)}</style><script>1</script><rect class="a"/></svg>',
  )
  assert.match(
    file!,
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 1 1"><style>\.a\{fill:red;background:url\(&quot;data:,&quot;\)\}<\/style><rect class="a"><\/rect><\/svg>$/,
  )
  assert.equal(inertSvgFile('<p>no drawing</p>'), null)
})

test('a sheet keeps its rules and names kept files only', () => {
  assert.equal(
    css('a{background:#fff url( a.png ) no-repeat}'),
    'a{background:#fff url("/m/ana/blob/a.png") no-repeat}',
  )
  assert.equal(css('a{background:url("gone.png")}'), 'a{background:url("data:,")}')
  assert.equal(
    css('@media (width < 600px){a > b{color:rgb(1 2 3 / 4%)}}'),
    '@media (width <  600px){a > b{color:rgb(1 2 3 / 4%)}}',
  )
  assert.equal(
    css('a{width:calc(1px + var(--x,2px));content:"\\201C"}'),
    'a{width:calc(1px + var(--x,2px));content:"“"}',
  )
  assert.equal(css('.a\\:b:is(.c,.d)::before{color:red!important}'), '.a\\:b:is(.c,.d)::before{color:red!important}')
  assert.match(
    css('@font-face{src:url(f.woff2) format("woff2"),url(gone.ttf)}'),
    /url\("\/m\/ana\/blob\/f\.woff2"\) format\("woff2"\),url\("data:,"\)/,
  )
})

test('imports of kept sheets stay, with their conditions; others go', () => {
  const sheets = { ...inSheet, sheet: (reference: string) => (reference === 'b.css' ? '/m/ana/blob/b' : null) }
  assert.equal(
    inertCss('@import "b.css" screen;@import url(x.css);a{color:red}', sheets),
    '@import url("/m/ana/blob/b") screen;a{color:red}',
  )
})

test('the check of rebuilt sheets refuses each thing that could load or end its element', () => {
  for (const bad of [
    'a{b:url(https://evil.example/)}',
    'a{b:url("https://evil.example/")}',
    'a{b:u\\72l("https://evil.example/")}',
    '@import "https://evil.example/";',
    'a{b:image-set("https://evil.example/" 1x)}',
    'a{b:src("https://evil.example/")}',
    'a{b:"</style>"}',
  ])
    assert.notEqual(cssProblem(bad), null, bad)
  assert.equal(cssProblem('a{b:url("/m/ana/blob/x")}'), null)
})

test('data URLs stay for small pictures and fonts, whatever they call themselves', () => {
  const gif = 'R0lGODlhAQABAAAAACw='
  assert.equal(inertDataUrl(`data:image/png;base64,${gif}`), `data:image/gif;base64,${gif}`)
  assert.equal(inertDataUrl('data:text/html;base64,PHNjcmlwdD4='), null)
  assert.equal(inertDataUrl('data:image/png;base64,PHNjcmlwdD4='), null)
  assert.equal(
    inertDataUrl(
      `data:image/gif;base64,${Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(60_000)]).toString('base64')}`,
    ),
    null,
  )
})

test('types are read from bytes', () => {
  assert.equal(sniffedType(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), 'image/png')
  assert.equal(sniffedType(Buffer.from('<svg onload=x>')), null)
  assert.equal(sniffedType(Buffer.from('<!doctype html>')), null)
  assert.equal(sniffedType(Buffer.alloc(0)), null)
})
