/** What a script would have shown at once is shown; what waits for the reader goes on waiting. Asked of Chromium. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inertPage } from '../../mirror/pages/inert.ts'
import { inertCss } from '../../mirror/pages/inert-css.ts'
import { html } from '../../mirror/pages/markup.ts'
import { openChromium, seenIn } from '../support/chromium.ts'
import { caseText } from './copy-cases.ts'
import { hiddenCases, page, waitingCases } from './waiting-cases.ts'

const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const options = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` }
const copyOf = (source: string, sheets: ReadonlyMap<string, string> = new Map()) =>
  inertPage(source, links, { ...options, texts: sheets })
test('the cases that once were invisible are seen', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copyOf(caseText('hidden-until-script', 'reveal.html')))
  assert.deepEqual(await seenIn(browser, 'p, h2'), [true, true, true, true])
  await browser.setContent(copyOf(caseText('hidden-until-script', 'body.html')))
  assert.deepEqual(await seenIn(browser, 'h1, p'), [true, true])
  await browser.setContent(copyOf(caseText('preloader-overlay')))
  assert.deepEqual(await seenIn(browser, 'h1, p'), [true, true, true])
  assert.equal(await browser.locator('#pre').count(), 0)
})

test('words and pictures that wait for a script in flow are seen', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  for (const [name, source] of waitingCases) {
    await browser.setContent(copyOf(source))
    assert.deepEqual(await seenIn(browser, '.x'), [true], name)
  }
})

test('what waits for the reader, or is for nobody, stays hidden', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  for (const [name, source] of hiddenCases) {
    await browser.setContent(copyOf(source))
    assert.deepEqual(await seenIn(browser, '.x'), [false], name)
  }
})

test('only what covers the page and says nothing is taken away', () => {
  const cover = 'position:fixed;top:0;left:0;width:100%;height:100vh;background:#fff'
  const gone = [`${cover};z-index:99`, cover, 'position:fixed;inset:0;z-index:5']
  for (const style of gone)
    assert.ok(
      !copyOf(page(`.o{${style}}`, '<div class=o><img src=spin.gif>Loading…</div>')).includes('class="o"'),
      style,
    )
  const stays: readonly (readonly [string, string])[] = [
    [`${cover};z-index:-1`, ''],
    [`${cover};z-index:9;pointer-events:none`, ''],
    ['position:fixed;bottom:0;left:0;width:100%;z-index:9', 'We use cookies'],
    [`${cover};z-index:9`, 'This shop is closed for the summer holidays'],
    [`${cover};z-index:9`, '本站夏季休息，我们九月再见，请常来看看'],
    [`${cover};z-index:9`, '<a href="/in/">Enter</a>'],
    ['position:absolute;inset:0;z-index:9', 'Loading'],
    [`${cover};z-index:9;display:none`, 'Loading'],
    [`${cover};z-index:9;opacity:0`, 'Loading'],
  ]
  for (const [style, inside] of stays)
    assert.ok(copyOf(page(`.o{${style}}`, `<div class=o>${inside}</div>`)).includes('class="o"'), style)
  const behind = page(`.o{${cover}}main{position:relative;z-index:1}`, '')
    .replace('<h1>', '<div class=o></div><main><h1>')
    .replace('</body>', '</main></body>')
  assert.ok(copyOf(behind).includes('class="o"'))
})

test('a page locked behind its preloader scrolls', async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  const tall = '<div style="height:3000px">Tall</div><p class=x>End</p>'
  await browser.setContent(
    copyOf(
      page(
        'body{overflow:hidden;height:100vh}.o{position:fixed;inset:0;z-index:9;background:#fff}',
        `<div class=o>Loading</div>${tall}`,
      ),
    ),
  )
  assert.equal(
    await browser.evaluate(() => {
      scrollTo(0, 5000)
      return scrollY > 1000
    }),
    true,
  )
})

test('styles in files and their imports count, and a theme that a script would choose is the light one', () => {
  const sheets = new Map([
    ['https://ana.example/a.css', '@import "b.css";'],
    [
      'https://ana.example/b.css',
      '.x{opacity:0}[data-theme=dark] .sun{display:none}[data-theme="light"] .moon{display:none}',
    ],
  ])
  const source = page('', '<p class=x>Words</p>').replace('<style>', '<link rel=stylesheet href=/a.css><style>')
  const copy = copyOf(source, sheets)
  assert.match(copy, /<p class="x" style=";?opacity:1!important">/)
  assert.match(copy, /<html data-theme="light">/)
  assert.doesNotMatch(copyOf(source.replace('<html>', '<html data-theme="dark">'), sheets), /data-theme="light"/)
  assert.doesNotMatch(
    copyOf(source, new Map([['https://ana.example/a.css', '[data-theme=dark] p{color:#fff}']])),
    /data-theme/,
  )
})

test('a face that a browser would fetch for a second visit only is shown on the first', () => {
  const css = inertCss('@font-face{font-family:R;src:url(r.woff2);font-display: optional}input:optional{color:red}', {
    file: () => '/m/ana/blob/1',
    sheet: () => null,
  })
  assert.match(css, /font-display: swap/)
  assert.match(css, /input:optional\{color:red\}/)
})

test('a page of many elements and many rules costs no more than its size', () => {
  const rules = Array.from({ length: 4_000 }, (_, i) => `.a${i} .b${i % 50} > p{opacity:0}`).join('')
  const boxes = Array.from({ length: 2_000 }, (_, i) => `<div class="a${i} b${i % 50}"><p>Words ${i}</p></div>`).join(
    '',
  )
  assert.match(copyOf(page(rules, boxes)), /Words 1999/)
  assert.match(copyOf(page('a:hover ~ p{opacity:0}'.repeat(100), '<p>x</p>'.repeat(20_000))), /<p>x<\/p>/)
})
