/**
 * The normal form of post html: a tiny language that every door writes and every mirror accepts or refuses, never repairs.
 * One document has one spelling: lower-case tags, attributes in a fixed order in double quotes, `&amp; &lt; &gt; &quot;` and
 * no other entity, void elements without a slash. Images name attachments by hash; links are absolute http(s) or mailto,
 * or point at a footnote. See docs/protocol.md for the grammar in words.
 */
import { htmlDepthMax } from './limits.ts'
import type { Attachment } from './objects.ts'

const inline = ['em', 'strong', 'del', 'code', 'a', 'img', 'br', 'sup']
const block = ['p', 'h2', 'h3', 'h4', 'ul', 'ol', 'blockquote', 'pre', 'hr', 'table']

/** What each element may hold. '#' stands for text. */
export const holds: Readonly<Record<string, readonly string[]>> = {
  '': block,
  p: ['#', ...inline],
  h2: ['#', ...inline],
  h3: ['#', ...inline],
  h4: ['#', ...inline],
  ul: ['li'],
  ol: ['li'],
  li: ['#', ...inline, 'p', 'ul', 'ol', 'blockquote', 'pre'],
  blockquote: block,
  pre: ['code'],
  table: ['thead', 'tbody'],
  thead: ['tr'],
  tbody: ['tr'],
  tr: ['th', 'td'],
  th: ['#', ...inline],
  td: ['#', ...inline],
  em: ['#', ...inline],
  strong: ['#', ...inline],
  del: ['#', ...inline],
  sup: ['#', 'a'],
  a: ['#', 'em', 'strong', 'del', 'code', 'img'],
  code: ['#'],
}
const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as it stands in an element or a quoted attribute, in the spelling of the normal form; HTML and XML read it alike. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => references[sign]!)
}

const voids = new Set(['br', 'hr', 'img'])
const tagToken = /<(\/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>/y
const textToken = /(?:[^<>&"\u0000-\u0008\u000b-\u001f\u007f]|&(?:amp|lt|gt|quot);)+/y
const attributeToken = / ([a-z]+)="([^"]*)"/g
const valueGrammar = /^(?:[^&\u0000-\u001f\u007f]|&(?:amp|lt|gt|quot);)*$/
export const linkGrammar = /^(?:https?:\/\/[!-~\u00a1-\u{10ffff}]{1,2000}|mailto:[!-~]{1,300}|#f[nr]-[1-9][0-9]{0,2})$/u
const numberGrammar = /^[1-9][0-9]{0,4}$/

/** null where the html is in the normal form and shows only the given attachments, else a word for what is wrong. */
export function htmlProblem(html: string, attachments: readonly Pick<Attachment, 'blob'>[]): string | null {
  const blobs = new Set(attachments.map((attachment) => attachment.blob))
  const open: string[] = []
  for (let at = 0; at < html.length; ) {
    const parent = open.at(-1) ?? ''
    textToken.lastIndex = at
    if (textToken.test(html)) {
      if (!holds[parent]!.includes('#')) return `text in <${parent || 'document'}>`
      at = textToken.lastIndex
      continue
    }
    tagToken.lastIndex = at
    const tag = tagToken.exec(html)
    if (tag === null) return `malformed at ${at}`
    at = tagToken.lastIndex
    const [, closing, name, attributes] = tag as unknown as [string, string, string, string]
    if (closing === '/') {
      if (attributes !== '' || open.pop() !== name) return `</${name}> closes nothing`
      continue
    }
    if (!holds[parent]!.includes(name)) return `<${name}> in <${parent || 'document'}>`
    // HTML parsers close an open link at the next one, so a nested link would have two readings.
    if (name === 'a' && open.includes('a')) return '<a> in <a>'
    const wrong = attributesProblem(name, attributes, blobs)
    if (wrong !== null) return wrong
    if (!voids.has(name)) open.push(name)
    if (open.length > htmlDepthMax) return 'too deep'
  }
  return open.length === 0 ? null : `<${open.at(-1)}> is not closed`
}

function attributesProblem(name: string, text: string, blobs: ReadonlySet<string>): string | null {
  const pairs = [...text.matchAll(attributeToken)].map((match) => [match[1]!, match[2]!] as const)
  if (pairs.some(([, value]) => !valueGrammar.test(value))) return `bad value in <${name}>`
  const names = pairs.map(([text]) => text).join(' ')
  const value = (text: string) => pairs.find(([other]) => other === text)?.[1] ?? ''
  if (name === 'a') return names === 'href' && linkGrammar.test(value('href')) ? null : 'bad link'
  if (name === 'li')
    return names === '' || (names === 'id' && /^fn-[1-9][0-9]{0,2}$/.test(value('id'))) ? null : 'bad <li>'
  if (name === 'sup')
    return names === '' || (names === 'id' && /^fr-[1-9][0-9]{0,2}$/.test(value('id'))) ? null : 'bad <sup>'
  if (name !== 'img') return names === '' ? null : `attributes in <${name}>`
  if (names !== 'src alt' && names !== 'src alt width height') return 'bad <img>'
  if (names !== 'src alt' && !(numberGrammar.test(value('width')) && numberGrammar.test(value('height'))))
    return 'bad <img>'
  return value('src').startsWith('blob:') && blobs.has(value('src').slice(5)) ? null : 'image without attachment'
}
