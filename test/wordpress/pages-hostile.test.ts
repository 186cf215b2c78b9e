/** Pages that are made to keep PHP busy: it cannot interrupt a parser, so it takes them apart before one reads them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOf } from '../../protocol/bytes.ts'
import { blankLine } from '../hostile/inputs/blank-line.ts'
import { deepPage } from '../hostile/inputs/deep-page.ts'
import { flatPage } from '../hostile/inputs/flat-page.ts'
import { manyAttributes } from '../hostile/inputs/many-attributes.ts'
import { importingSheet, manySheets } from '../hostile/inputs/many-sheets.ts'
import { unclosedDoctype } from '../hostile/inputs/unclosed-doctype.ts'
import { unclosedFormatting } from '../hostile/inputs/unclosed-formatting.ts'
import { wrappedBackground } from '../hostile/inputs/wrapped-background.ts'
import { callPages, rebuild } from './pages-php.ts'
import { hasPhp } from './php.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'

async function rebuilt(pages: readonly Uint8Array[], assets: readonly object[] = []): Promise<(string | null)[]> {
  return (await callPages(rebuild, { pages: pages.map((page) => textOf(page)), assets })) as (string | null)[]
}

test('a page of more elements than pages have is not shown, one of a quarter is', { skip }, async () => {
  const many = await rebuilt([deepPage(900_000), flatPage(900_000), unclosedFormatting(1_000, 100_000)])
  assert.deepEqual(many, [null, null, null])
  const [few] = await rebuilt([flatPage(60_000)])
  assert.equal(few!.split('<br>').length, 15_001)
})

test('a tag of a hundred thousand attributes costs no more than its bytes, and what stands behind it is shown', {
  skip,
}, async () => {
  const [page, sheets, doctype, blanks, wrapped] = await rebuilt([
    ...[manyAttributes(), manySheets(399_000), unclosedDoctype(), blankLine(), wrappedBackground()],
  ])
  assert.match(page!, /<p>after<\/p>/)
  assert.equal(sheets!.split('<style>').length, 19_001)
  assert.match(doctype!, /<p>before<\/p>/)
  assert.match(blanks!, /x {200}/)
  assert.match(wrapped!, /<p>before<\/p>/)
})

test('sheets that import each other thousands of times are read no more than a page’s css may weigh', {
  skip,
}, async () => {
  const names = ['a.css', 'b.css', 'c.css', 'd.css']
  const assets = names.map((name, i) => {
    const text = i === names.length - 1 ? 'p{color:red}' : importingSheet(names[i + 1]!)
    return { url: `https://ana.example/${name}`, type: 'text/css', text }
  })
  const [page] = await rebuilt([Buffer.from('<link rel=stylesheet href=a.css><p>text</p>')], assets)
  assert.match(page!, /<p>text<\/p>/)
  const [plain] = await rebuilt(
    [Buffer.from('<link rel=stylesheet href=a.css><p>text</p>')],
    [
      { url: 'https://ana.example/a.css', type: 'text/css', text: '@import "b.css";' },
      { ...assets[3], url: 'https://ana.example/b.css' },
    ],
  )
  assert.match(plain!, /p\{color:red\}/)
})

test('tags are read as browsers read them, whatever their spelling', { skip }, async () => {
  const spellings = [
    '<p title=a>x</p>',
    "<P\ntitle = 'a'/>x</p >",
    '<p title="a" title="b" x=>x</p>',
    '<!-- > <p title=b> --><p title="a">x</p><!-->',
    '<!doctype html [<!ENTITY x "y">]><p title=a =b c"d>x</p> y</p',
    '<script>"<p title=b>"</script><p title=a>x</p></notag',
  ]
  for (const page of await rebuilt(spellings.map((html) => Buffer.from(html)))) {
    assert.match(page!, /<p title="a">x<\/p>/)
    assert.doesNotMatch(page!, /title="b"/)
  }
  const [odd] = await rebuilt([Buffer.from('<p>1 < 2 <3 & </p><textarea><b>x</b></textarea><p title="1 > 2">y</p>')])
  assert.match(odd!, /<p>1 &lt; 2 &lt;3 &amp; <\/p>/)
  assert.match(odd!, /<p title="1 &gt; 2">y<\/p>/)
})
