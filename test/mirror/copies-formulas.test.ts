/** A formula in a copy says what it said on the blog. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFeed } from '../../mirror/capture/feed.ts'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { openChromium } from '../support/chromium.ts'
import { caseText } from './copy-cases.ts'

const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const copyOf = (source: string) =>
  inertPage(source, links, { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` })
const body = (source: string) => /<body[^>]*>([\s\S]*)<\/body>/.exec(copyOf(source))![1]!

test('fractions, powers and indices stay what they are, and are drawn so', async (t) => {
  const copy = copyOf(caseText('mathml-flattened'))
  assert.match(copy, /<mfrac><mn>1<\/mn><mn>2<\/mn><\/mfrac><mi>b<\/mi><mi>h<\/mi>/)
  assert.match(copy, /<msup><mn>10<\/mn><mn>6<\/mn><\/msup>/)
  const browser = await openChromium(t)
  if (browser === null) return
  await browser.setContent(copy)
  const [entry, two] = await browser.$$eval('mfrac mn', (parts) =>
    parts.map((part) => part.getBoundingClientRect().top),
  )
  assert.ok(entry! < two!, 'the numerator stands above the denominator')
})

test('a formula with its source keeps the formula; a choice of faces its first; old fences their marks', () => {
  assert.equal(
    body(
      '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x_{secret}</annotation></semantics></math>',
    ),
    '<math><mi>x</mi></math>',
  )
  assert.equal(
    body('<math><maction actiontype="toggle"><mn>1</mn><mn>2</mn></maction></math>'),
    '<math><mn>1</mn></math>',
  )
  assert.equal(
    body('<math><mfenced><mi>a</mi><mi>b</mi></mfenced></math>'),
    '<math><mrow><mo>(</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>)</mo></mrow></math>',
  )
  assert.equal(
    body('<math display="block"><mo stretchy="false">(</mo></math>'),
    '<math display="block"><mo stretchy="false">(</mo></math>',
  )
})

test('nothing but formulas stands in a formula, and it is read back as it was written', async (t) => {
  const hostile = [
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">',
    '<math><annotation-xml encoding="text/html"><script>alert(1)</script><p>x</p></annotation-xml><mi>y</mi></math>',
    '<math href="javascript:alert(1)"><mi xlink:href="https://evil.example/" onclick="x" style="background:url(x)">z</mi></math>',
    '<math><mi><svg><style><img src=x onerror=alert(1)></style></svg></mi></math>',
    '<math><mtext><b>bold</b> words</mtext><p>after</p>',
    '<math><mi>a<!-- --><mglyph src=x></mi><malignmark></math>',
  ]
  const browser = await openChromium(t)
  for (const source of hostile) {
    const copy = copyOf(source)
    assert.doesNotMatch(
      copy,
      /<math[^>]*>(?:(?!<\/math>)[\s\S])*<(img|script|style|svg|table|p|b|annotation|mglyph)\b/,
      source,
    )
    assert.doesNotMatch(copy, /onerror=|onclick=|javascript:|xlink/, source)
    if (browser === null) continue
    await browser.setContent(copy)
    const again = await browser.evaluate(() => {
      const first = document.documentElement.outerHTML
      const inside = document.documentElement.innerHTML
      document.documentElement.innerHTML = inside
      return [first, document.documentElement.outerHTML]
    })
    assert.equal(again[0], again[1], source)
  }
  assert.match(body('<math><mtext><b>bold</b> words</mtext></math>'), /<mtext>bold words<\/mtext>/)
})

test('what is raised in the title of a post stays raised', async () => {
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="html">10&lt;sup&gt;6&lt;/sup&gt; drops of H&lt;sub&gt;2&lt;/sub&gt;O</title></entry></feed>`
  assert.equal(
    (await readFeed(utf8(feed), 'application/atom+xml', 'https://ana.example/'))!.items[0]!.title,
    '10⁶ drops of H₂O',
  )
})
