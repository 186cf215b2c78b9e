import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { markdownToHtml } from '../../activation/doors/markdown.ts'
import type { Attachment } from '../../protocol/objects.ts'
import { htmlProblem } from '../../protocol/post-html.ts'

const blob = 'ab'.repeat(32)
const photo: Attachment = { blob, bytes: 10, type: 'image/jpeg', name: 'my cat.jpg', alt: 'a cat', width: 4, height: 3 }
const context = { attachments: [photo], base: 'https://ana.example/blog/' }

function html(source: string): string {
  const text = markdownToHtml(source, context)
  assert.equal(htmlProblem(text, context.attachments), null, text)
  return text
}

const cases: readonly (readonly [string, string, string])[] = [
  [
    'a paragraph',
    'Hi *there*, **you** ~~old~~ `x<y`',
    '<p>Hi <em>there</em>, <strong>you</strong> <del>old</del> <code>x&lt;y</code></p>',
  ],
  ['headings under the title', '# One\n\n###### Six', '<h2>One</h2><h4>Six</h4>'],
  ['a tight list', '- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
  ['a list in a list', '1. a\n   - b', '<ol><li>a<ul><li>b</li></ul></li></ol>'],
  ['a heading in a list becomes a strong paragraph', '- # a', '<ul><li><p><strong>a</strong></p></li></ul>'],
  ['code', '```js\na && b\n```', '<pre><code>a &amp;&amp; b\n</code></pre>'],
  ['a quotation', '> a', '<blockquote><p>a</p></blockquote>'],
  [
    'a table',
    '|a|b|\n|-|-|\n|c|d|',
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td>d</td></tr></tbody></table>',
  ],
  ['a link', '[x](https://a.example/?a=1&b=2)', '<p><a href="https://a.example/?a=1&amp;b=2">x</a></p>'],
  ['a bare address', 'see https://a.example/', '<p>see <a href="https://a.example/">https://a.example/</a></p>'],
  ['a link within the blog', '[x](/about)', '<p><a href="https://ana.example/about">x</a></p>'],
  ['a script link keeps its words only', '[x](javascript:alert(1))', '<p>x</p>'],
  ['raw html is text', '<b onclick=x>a</b>', '<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>'],
  [
    'an image by hash',
    `![the cat](blob:${blob})`,
    `<p><img src="blob:${blob}" alt="the cat" width="4" height="3"></p>`,
  ],
  ['an image by name', '![](<my cat.jpg>)', `<p><img src="blob:${blob}" alt="a cat" width="4" height="3"></p>`],
  [
    'an image from elsewhere becomes a link',
    '![x](https://a.example/i.png)',
    '<p><a href="https://a.example/i.png">x</a></p>',
  ],
  ['an unknown image keeps its words', `![x](blob:${'00'.repeat(32)})`, '<p>x</p>'],
  [
    'a note',
    'a[^1]\n\n[^1]: b',
    '<p>a<sup id="fr-1"><a href="#fn-1">1</a></sup></p><hr><ol><li id="fn-1"><p>b <a href="#fr-1">↩</a></p></li></ol>',
  ],
  ['a note without text is text', 'a[^1]', '<p>a[^1]</p>'],
]

for (const [name, source, expected] of cases) {
  test(`Markdown becomes normal form: ${name}`, () => assert.equal(html(source), expected))
}

test('a note mentioned twice has one mark to come back to', () => {
  assert.equal(html('a[^n] b[^n]\n\n[^n]: c').match(/id="fr-1"/g)?.length, 1)
})

test('deep nesting is flattened, and no word is lost', () => {
  const deep = `${'> '.repeat(60)}words ${'*a **b '.repeat(20)}`
  assert.match(html(deep), /words/)
  assert.match(html(`${Array.from({ length: 30 }, (_, i) => `${'  '.repeat(i)}- x${i}`).join('\n')}`), /x29/)
})

const pieces = fc.constantFrom(
  '# ',
  '> ',
  '- ',
  '1. ',
  '  ',
  '\n',
  '\n\n',
  '*',
  '**',
  '_',
  '~~',
  '`',
  '```',
  '|',
  '|-|',
  '[',
  ']',
  '(',
  ')',
  '![',
  '](',
  '[^1]',
  '[^1]: ',
  '[^2]: ',
  'https://a.example',
  'javascript:',
  '<b>',
  '&amp;',
  '&#0;',
  '"',
  "'",
  '<',
  '>',
  '\\',
  '\t',
  '---',
  `![x](blob:${blob})`,
  '[x](/y)',
  '<https://b.example>',
  '\u0000',
  '\u000b',
  '\ud800',
  'é',
  '漢字',
  '\u202e',
  'word ',
  '\r\n',
  '    ',
  '|a|b|\n|-|-|\n|c|d|\n',
  '- # h\n',
  '[a][r]\n\n[r]: https://c.example\n',
)

test('every Markdown text gives html in the normal form', () => {
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  )
  fc.assert(
    fc.property(text, (source) => htmlProblem(markdownToHtml(source, context), context.attachments) === null),
    { numRuns: 3000 },
  )
})
