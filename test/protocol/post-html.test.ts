import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseFragment, serialize } from 'parse5'
import { htmlProblem } from '../../protocol/post-html.ts'

const inline = ['em', 'strong', 'del', 'code', 'a', 'br', 'sup']
const block = ['p', 'h2', 'h3', 'h4', 'ul', 'ol', 'blockquote', 'pre', 'hr', 'table']
const flow = ['#', ...inline]
/** The table of the contract, a second time. */
const holds: Record<string, readonly string[]> = {
  '': block,
  blockquote: block,
  p: flow,
  h2: flow,
  h3: flow,
  h4: flow,
  th: flow,
  td: flow,
  em: flow,
  strong: flow,
  del: flow,
  ul: ['li'],
  ol: ['li'],
  li: [...flow, 'p', 'ul', 'ol', 'blockquote', 'pre'],
  pre: ['code'],
  code: ['#'],
  sup: ['#', 'a'],
  a: ['#', 'em', 'strong', 'del', 'code'],
  table: ['thead', 'tbody'],
  thead: ['tr'],
  tbody: ['tr'],
  tr: ['th', 'td'],
}
const texts = ['x', '&amp;', '&lt;b&gt;', '\n', ' ', 'caf\u00e9', "it's"]

/** A document of the normal form, drawn from a list of numbers. */
function written(draws: readonly number[]): string {
  let at = 0
  const draw = (below: number) => (draws[at++] ?? 0) % below
  const inside = (parent: string, depth: number, inLink: boolean): string => {
    let html = ''
    for (let count = draw(4); count > 0 && at < draws.length; count--) {
      const may = holds[parent]!
      const name = may[draw(may.length)]!
      if (name === '#') html += texts[draw(texts.length)]
      else if (name === 'br' || name === 'hr') html += `<${name}>`
      else if (depth < 8 && !(name === 'a' && inLink)) {
        const attributes = name === 'a' ? ' href="https://example.org/?a=1&amp;b=2"' : ''
        html += `<${name}${attributes}>${inside(name, depth + 1, inLink || name === 'a')}</${name}>`
      }
    }
    return html
  }
  return inside('', 0, false)
}

test('an HTML parser reads every document of the normal form as it is written', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 120 }), (draws) => {
      const html = written(draws)
      assert.equal(htmlProblem(html, []), null)
      assert.equal(serialize(parseFragment(html)), html)
    }),
    { numRuns: 500 },
  )
})

test('a document of the normal form stays or becomes foreign with any one sign changed, and never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { maxLength: 60 }),
      fc.nat(),
      fc.constantFrom('<', '>', '"', '&', '/', ' ', 'a', '=', ''),
      (draws, place, sign) => {
        const html = written(draws)
        const at = html.length === 0 ? 0 : place % html.length
        const changed = html.slice(0, at) + sign + html.slice(at + 1)
        if (htmlProblem(changed, []) === null)
          assert.equal(serialize(parseFragment(changed)).replaceAll('"', '&quot;'), changed.replaceAll('"', '&quot;'))
      },
    ),
    { numRuns: 1000 },
  )
})

test('half a megabyte of text is judged in one go', () => {
  assert.equal(htmlProblem(`<p>${'x'.repeat(524_000)}</p>`, []), null)
  assert.equal(htmlProblem(`<p>${'<br>'.repeat(130_000)}</p>`, []), null)
})
