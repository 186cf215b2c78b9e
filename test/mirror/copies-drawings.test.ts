/** Drawings and embedded things keep what a reader saw of them: styles, pictures, labels, icons from sprites, fallbacks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { htmlResources, parsePage } from '../../mirror/capture/html-resources.ts'
import { inertPage } from '../../mirror/pages/inert.ts'
import { inertSvgFile } from '../../mirror/pages/inert-svg.ts'
import { html } from '../../mirror/pages/markup.ts'
import { openChromium } from '../support/chromium.ts'
import { caseText, home } from './copy-cases.ts'

const gif = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC'
const named = (url: string) => (url.startsWith(home) ? `/m/ana/blob/${url.slice(home.length)}` : null)
const links = { file: named, sheet: () => null, page: () => null, drawing: () => '/m/ana/blob/drawing' }
const copyOf = (source: string, texts: ReadonlyMap<string, string> = new Map()) =>
  inertPage(source, links, { url: home, canonical: home, bar: html``, texts })
const body = (source: string, texts?: ReadonlyMap<string, string>) =>
  /<body[^>]*>([\s\S]*)<\/body>/.exec(copyOf(source, texts))![1]!

test('an icon of a sprite in another file is captured and drawn where it is used', async (t) => {
  const source = caseText('svg-use-external').replace('/html/icon.svg', '/icon.svg')
  assert.deepEqual(
    htmlResources(parsePage(source), home).map((htmlResource) => htmlResource.url),
    [`${home}icon.svg`],
  )
  const copy = copyOf(source, new Map([[`${home}icon.svg`, caseText('svg-use-external', 'icon.svg')]]))
  assert.equal(copy.match(/<circle cx="5" cy="5" r="5"><\/circle>/g)?.length, 2)
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copy)
  const widths = await browser.$$eval('circle', (circles) =>
    circles.map((circle) => circle.getBoundingClientRect().width),
  )
  assert.deepEqual(widths, [24, 24])
})

test('a sprite that is not kept, or that uses itself, draws nothing and costs nothing', () => {
  assert.equal(body('<svg><use href="/none.svg#a"/></svg>'), '<svg><use></use></svg>')
  const self = `<svg xmlns="http://www.w3.org/2000/svg"><symbol id="a">${'<use href="/s.svg#a"/>'.repeat(10)}</symbol></svg>`
  assert.ok(body('<svg><use href="/s.svg#a"/></svg>', new Map([[`${home}s.svg`, self]])).length < 3_000_000)
})

test('an object shows its picture, else what the page says in its place', () => {
  const copy = body(caseText('object-fallback'))
  assert.match(copy, /<img src="\/m\/ana\/blob\/icon\.svg" alt="" width="50">/)
  assert.match(copy, /<p>The PDF as text: chapter one\.<\/p>/)
  assert.doesNotMatch(copy, /Fallback text/)
  assert.deepEqual(
    htmlResources(parsePage(caseText('object-fallback')), home).map((htmlResource) => htmlResource.url),
    [`${home}icon.svg`],
  )
  assert.match(
    body('<object data="https://video.example/7"></object>'),
    /^<a href="https:\/\/video\.example\/7"[^>]*>video\.example ↗<\/a>$/,
  )
})

test('a frame keeps its title and its place, a video its still picture and size', () => {
  const frame = body(
    '<iframe src="https://video.example/7" title="A walk by the river" width="560" height="315"></iframe>',
  )
  assert.match(
    frame,
    /width:560px;max-width:100%;height:315px;border:1px solid">A walk by the river \(video\.example\) ↗<\/a>$/,
  )
  assert.match(
    body('<video poster="/p.jpg" src="/v.mp4" width=320 height=180></video>'),
    /^<img src="\/m\/ana\/blob\/p\.jpg" alt="" width="320" height="180"><a /,
  )
  assert.match(body('<video data-poster="/p.jpg"></video>'), /^<img src="\/m\/ana\/blob\/p\.jpg"/)
})

test('styles, pictures and foreign words inside a drawing are seen, and read back as they were written', async (t) => {
  const source = `<svg width="200" height="100"><style>.r{fill:rgb(1, 2, 3);background:url(https://evil.example/x)}</style><rect class="r" width="10" height="10"/><image href="/a.png" width="5" height="5"/><image xlink:href="${gif}" width="5"/><image href="https://evil.example/x.png"/><foreignObject x="10" y="20" width="100" height="40"><div xmlns="http://www.w3.org/1999/xhtml"><p>First <b>line</b></p><p>Second</p><script>alert(1)</script></div></foreignObject></svg>`
  const copy = copyOf(source)
  assert.doesNotMatch(copy, /evil|foreignObject|alert/)
  assert.match(
    copy,
    /<text x="60" y="40"[^>]*><tspan x="60" dy="-0\.6em">First line<\/tspan><tspan x="60" dy="1\.2em">Second<\/tspan><\/text>/,
  )
  assert.match(
    copy,
    /<image href="\/m\/ana\/blob\/a\.png" width="5" height="5"><\/image><image href="data:image\/gif;base64,/,
  )
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copy)
  assert.equal(await browser.$eval('rect', (rect) => getComputedStyle(rect).fill), 'rgb(1, 2, 3)')
  const again = await browser.evaluate(() => {
    const inside = document.documentElement.innerHTML
    document.documentElement.innerHTML = inside
    return [inside, document.documentElement.innerHTML]
  })
  assert.equal(again[0], again[1])
})

test('hostile drawings are read back by a browser as the tree that was written', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  const hostile = [
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<svg><style>a{content:"</style><img src=x onerror=alert(1)>"}</style></svg>',
    '<svg><foreignObject><style><!--</style><p id="--><img src=x onerror=alert(1)>">x</p></foreignObject></svg>',
    '<svg></p><style><g title="</style><img src onerror=alert(1)>">',
    '<svg><foreignObject><math><mi><style></math><img src onerror=alert(1)></style></foreignObject></svg>',
    '<svg><image href="javascript:alert(1)"/><image href="data:image/svg+xml,<svg onload=alert(1)>"/><use href="data:image/svg+xml,x#y"/></svg>',
    '<form><svg></form><svg><style><form></svg><button>x',
  ]
  for (const source of hostile) {
    const copy = copyOf(source)
    assert.doesNotMatch(copy, /<img[^>]*onerror|javascript:|<svg onload/, source)
    await browser.setContent(copy)
    const again: readonly string[] = await browser.evaluate(() => {
      const inside = document.documentElement.innerHTML
      document.documentElement.innerHTML = inside
      return [inside, document.documentElement.innerHTML]
    })
    assert.equal(again[0], again[1], source)
    assert.equal(await browser.locator('[onerror]').count(), 0, source)
  }
})

test('a drawing in a file keeps pictures of its own and fetches none', () => {
  const file = inertSvgFile(
    `<svg xmlns="http://www.w3.org/2000/svg"><image href="${gif}"/><image href="/a.png"/><use href="b.svg#c"/></svg>`,
  )!
  assert.match(file, /<image href="data:image\/gif;base64,[^"]*"><\/image>/)
  assert.doesNotMatch(file, /a\.png|b\.svg/)
})
