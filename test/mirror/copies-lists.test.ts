/** What once was a list that was too short is a pattern now: lazy pictures, media, selectors, shadow trees, policies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf } from '../../mirror/capture/content-policy.ts'
import { htmlResources, parsePage } from '../../mirror/capture/html-resources.ts'
import { pageFacts } from '../../mirror/capture/page-facts.ts'
import { inertPage } from '../../mirror/pages/inert.ts'
import { inertCss } from '../../mirror/pages/inert-css.ts'
import { html } from '../../mirror/pages/markup.ts'
import { openChromium, seenIn } from '../support/chromium.ts'
import { openWebServer } from '../support/open-servers.ts'
import { arrangeCapture, caseText, home, hourMs } from './copy-cases.ts'

const named = (url: string) => (url.startsWith(home) ? `/m/ana/blob/${url.slice(home.length)}` : null)
const links = { file: named, sheet: named, page: () => null, drawing: () => null }
const copyOf = (source: string, texts: ReadonlyMap<string, string> = new Map()) =>
  inertPage(source, links, { url: home, canonical: home, bar: html``, texts })
const wanted = (source: string) =>
  htmlResources(parsePage(source), home).map((htmlResource) => htmlResource.url.slice(home.length))

test('every lazy picture is captured and shown, whatever its attribute is called', () => {
  const source = caseText('lazy-attributes')
  const pictures = Array.from({ length: 14 }, (_, i) => `p${i + 1}.jpg`)
  assert.deepEqual(new Set(wanted(source)), new Set(pictures))
  const copy = copyOf(source)
  for (const name of pictures) assert.ok(copy.includes(`/m/ana/blob/${name}`), name)
})

test('pictures that a page keeps for zooming, sharing or waiting are not shown in the place of the one that is seen', () => {
  const left = [
    '<img src=/a.jpg data-zoom-image=/big.jpg>',
    '<img src=/a.jpg data-large_image=/big.jpg data-full-url=/big.jpg data-orig-file=/big.jpg>',
    '<img src=/a.jpg data-pin-media=/big.jpg data-image-title="a.b" data-caption=x.jpg>',
    '<img src=/a.jpg data-thumb=/small.jpg>',
    '<div data-share-image=/big.jpg></div><img src=/a.jpg>',
    '<div data-thumb=/big.jpg>Words</div><img src=/a.jpg>',
    '<a data-href=/big.jpg href=/x/>x</a><img src=/a.jpg data-placeholder-src=/big.jpg>',
    '<img src=/a.jpg data-src="javascript:alert(1)" data-lazy="some words">',
  ]
  for (const source of left) {
    assert.deepEqual(wanted(source), ['a.jpg'], source)
    assert.match(copyOf(source), /src="\/m\/ana\/blob\/a\.jpg"/, source)
  }
  assert.deepEqual(wanted('<img src="data:image/gif;base64,R0" data-thumb="/t.jpg">'), ['t.jpg'])
})

test('media queries keep their signs, sheets that are off or in another language stay off', () => {
  const media = '(min-width: calc(1px + 2px)) and (aspect-ratio: 16/9)'
  assert.ok(copyOf(`<link rel=stylesheet href=a.css media="${media}">`).includes(`media="${media}"`))
  const off =
    '<link rel=stylesheet href=a.css disabled><link rel="stylesheet/less" type="text/less" href=b.less><link rel=stylesheet type="text/less" href=c.less><style type="text/less">@x:1;p{display:none}</style>'
  assert.deepEqual(wanted(off), [])
  assert.doesNotMatch(copyOf(off), /stylesheet|display:none/)
  assert.match(copyOf('<link rel=stylesheet type="text/css; charset=utf-8" href=a.css>'), /stylesheet/)
})

test('selectors on attributes that a copy spells anew go on matching', async (t) => {
  const css =
    '.ext a[href^="http"]{color:rgb(1, 2, 3)}a[target="_blank"]{font-weight:900}input[type=checkbox]{width:31px}[data-x]{color:red}'
  const source = `<style>${css}</style><p class=ext><a id=a href="http://else.example/" target=_blank>x</a></p><a id=b href="/here/">y</a><input type=checkbox id=c>`
  const copy = copyOf(source)
  assert.match(copy, /a\[data-dgos-href\^="http"\]/)
  assert.match(copy, /\[data-x\]/)
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copy)
  const style = (id: string, name: 'color' | 'fontWeight' | 'width') =>
    browser.$eval(id, (element, key) => getComputedStyle(element)[key as 'color'], name)
  assert.equal(await style('#a', 'color'), 'rgb(1, 2, 3)')
  assert.equal(await style('#a', 'fontWeight'), '900')
  assert.notEqual(await style('#b', 'fontWeight'), '900')
  assert.equal(await style('#c', 'width'), '31px')
})

test('attributes that no style asks about are not carried along; values of controls never are', () => {
  assert.doesNotMatch(copyOf('<a href="/x/" target=_blank>x</a>'), /data-dgos/)
  assert.doesNotMatch(copyOf('<style>input[value="x"]{color:red}</style><input type=radio value=secret>'), /secret/)
  assert.doesNotMatch(copyOf(`<style>a[href]{color:red}</style><a href="/${'x'.repeat(400)}">x</a>`), /x{301}" href/)
  assert.equal(inertCss('.a{grid-area:href}', { file: () => null, sheet: () => null }), '.a{grid-area:href}')
})

test('a declared shadow tree is read, captured and shown, with its styles to itself', async (t) => {
  const source = caseText('declarative-shadow-dom')
  assert.match(pageFacts(parsePage(source), home).text, /shadow text of the post/)
  assert.deepEqual(wanted('<my-card><template shadowrootmode=open><img src=/s.jpg></template></my-card>'), ['s.jpg'])
  const copy = copyOf(source)
  const browser = await openChromium(t)
  if (browser === null) return
  const origin = await openWebServer(t, (_, response) => response.setHeader('content-type', 'text/html').end(copy))
  await browser.goto(origin)
  assert.deepEqual(await seenIn(browser, 'my-card, my-card b'), [true, true])
  const shadow = await browser.$eval('my-card', (card) => {
    const p = card.shadowRoot!.querySelector('p')!
    return [p.textContent, getComputedStyle(p).color, getComputedStyle(document.querySelector('body > p')!).color]
  })
  assert.deepEqual(shadow, ['Shadow text of the post', 'rgb(0, 128, 128)', 'rgb(0, 0, 0)'])
})

test('other templates stay unread, and a shadow tree runs and fetches as little as the page', () => {
  assert.doesNotMatch(
    copyOf('<template><p>later</p></template><table><template shadowrootmode=open><p>no host</p></template></table>'),
    /later|no host/,
  )
  const copy = copyOf(
    '<div><template shadowrootmode=open onclick=x><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)><slot name=a onslotchange=x>y</slot></template></div><slot>z</slot>',
  )
  assert.match(
    copy,
    /<template shadowrootmode="open"><img><slot>y<\/slot><\/template>|<template shadowrootmode="open"><img><slot name="a">y<\/slot><\/template>/,
  )
  assert.doesNotMatch(copy, /script|evil|onerror|onslot|onclick|<slot>z/)
})

test('a face that the page asks for ahead is captured and asked for ahead', () => {
  const source = caseText('font-optional')
  assert.ok(wanted(source).includes('rec.woff2'))
  assert.match(copyOf(source), /<link rel="preload" as="font" href="\/m\/ana\/blob\/rec\.woff2" crossorigin>/)
  assert.doesNotMatch(copyOf('<link rel=preload as=font href="https://else.example/f.woff2">'), /preload/)
})

test('what the page’s own policy forbids does not apply in the copy', async (t) => {
  const copy = copyOf(caseText('csp-inline-styles'))
  assert.match(copy, /h1\{color:teal\}/)
  assert.doesNotMatch(copy, /h1\{color:red\}|display:none|pink/)
  for (const policy of [
    "style-src 'self' 'unsafe-inline'",
    "default-src 'self'; style-src 'unsafe-inline' *",
    "img-src 'self'",
  ]) {
    const open = copyOf(
      `<meta http-equiv="Content-Security-Policy" content="${policy}"><style>h1{color:red}</style><p style="color:pink">x`,
    )
    assert.match(open, /color:red[\s\S]*color:pink/, policy)
  }
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copy)
  assert.deepEqual(await seenIn(browser, 'h1, p'), [true, true])
})

test('what a page’s headers say of its styles goes with it in the manifest, whatever the origin answers later', async () => {
  const { good, web, clock } = arrangeCapture()
  const header = "default-src 'self'; script-src 'none'; style-src  'self'; report-uri /x, img-src *"
  web.put(home, '<title>Ana</title><h1>Ana</h1><p>Words enough for a page.</p><img src=/a.png>', 'text/html', {
    headers: { 'content-security-policy': header },
  })
  const first = await good()
  assert.equal(first.fields.pages[0]!.policy, "default-src 'self'; style-src 'self'")
  await clock.advance(hourMs)
  assert.equal((await good(first.fields)).changed, false) // a 304 is about the same bytes
  await clock.advance(25 * hourMs)
  assert.equal((await good(first.fields)).fields.pages[0]!.policy, "default-src 'self'; style-src 'self'")
})

test('a header that says nothing of styles, too much, or no ASCII is none', () => {
  assert.equal(policyOf(undefined), null)
  assert.equal(policyOf("script-src 'self'; img-src *"), null)
  assert.equal(policyOf(`style-src ${'https://a.example '.repeat(40)}`), null)
  assert.equal(policyOf("style-src 'self'\u00e9"), null)
  assert.equal(policyOf('STYLE-SRC *;;'), 'STYLE-SRC *')
})
