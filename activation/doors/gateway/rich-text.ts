/**
 * Html that other programs made → the normal form of post html. It is parsed as a browser would, and only words, links and
 * a few elements are taken out of the tree: nothing of the original is copied. Hidden text, scripts, forms and foreign
 * images stay behind.
 */
import type { DefaultTreeAdapterTypes } from 'parse5'
import { boundedFragment } from '../../../mirror/capture/bounded-tree.ts'
import { escapeMarkup, linkGrammar } from '../../../protocol/post-html.ts'
import { cleanValue, type Element, element, type Node, writeNormalForm } from '../html-tree.ts'

export type RichTextContext = {
  /** The blog's address, for links like `/about`. */
  readonly base?: string
  /** The attachment that an image names, or null for one that the post does not carry. */
  image(src: string, alt: string): Element | null
  /** True for elements that are left out with all that they hold: quotes and signatures of mail programs. */
  leaveOut?(tag: string, attributes: ReadonlyMap<string, string>): boolean
}

type Tree = DefaultTreeAdapterTypes.ChildNode

/** Beyond this depth only words are kept. The normal form has 32. */
const depthMax = 60
/** Parsing is quadratic for some hostile documents: larger ones are not parsed at all. */
export const richTextBytesMax = 512 * 1024

const same: Readonly<Record<string, string>> = {
  p: 'p',
  h2: 'h2',
  h3: 'h3',
  h4: 'h4',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  blockquote: 'blockquote',
  em: 'em',
  i: 'em',
  cite: 'em',
  strong: 'strong',
  b: 'strong',
  del: 'del',
  s: 'del',
  strike: 'del',
  code: 'code',
  tt: 'code',
  h1: 'h2',
  h5: 'h4',
  h6: 'h4',
  dt: 'p',
  dd: 'p',
  figcaption: 'p',
  address: 'p',
}
const blocks = new Set([
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'figure',
  'center',
  'aside',
  'details',
])
const gone = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'iframe', 'object', 'embed', 'form'])
for (const tag of ['svg', 'math', 'select', 'textarea', 'button', 'input', 'audio', 'video', 'canvas', 'link', 'meta'])
  gone.add(tag)
/** Asked about a style without its white space. */
const hidden = /(?:^|;)(?:display:none|visibility:hidden|font-size:0|opacity:0(?:\.0+)?(?:;|$)|mso-hide:all)/i

/** Always in the normal form. Bare blank lines between words part paragraphs, as in blog editors. */
export function richText(html: string, context: RichTextContext): string {
  const tree = boundedFragment(html.slice(0, richTextBytesMax))
  return writeNormalForm(trimmed(paragraphs(nodesOf(tree.childNodes, context, 0, false))))
}

function nodesOf(children: readonly Tree[], context: RichTextContext, depth: number, isCode: boolean): Node[] {
  return children.flatMap((child): Node[] => {
    if (child.nodeName === '#text' && 'value' in child)
      return [isCode ? child.value : child.value.replace(/[ \t\f\u00a0]+/g, ' ')]
    return 'tagName' in child ? nodesOfElement(child, context, depth, isCode) : []
  })
}

function nodesOfElement(
  tree: DefaultTreeAdapterTypes.Element,
  context: RichTextContext,
  depth: number,
  isCode: boolean,
): Node[] {
  const tag = tree.tagName
  const attributes = new Map(tree.attrs.map((attr) => [attr.name, attr.value]))
  const value = (name: string) => attributes.get(name) ?? ''
  if (gone.has(tag) || attributes.has('hidden') || hidden.test(value('style').replace(/\s+/g, ''))) return []
  if (context.leaveOut?.(tag, attributes) === true) return []
  if (tag === 'br') return [element('br')]
  if (tag === 'hr') return [element('hr')]
  if (tag === 'img') {
    const image = context.image(value('src'), cleanValue(value('alt')).slice(0, 300))
    return image === null ? [] : [image]
  }
  const inside = () => nodesOf(tree.childNodes, context, depth + 1, isCode || tag === 'pre' || tag === 'code')
  if (depth >= depthMax) return [wordsOf(tree)]
  if (tag === 'a') return link(value('href'), inside(), context)
  if (tag === 'pre') return [element('pre', [element('code', [wordsOf(tree)])])]
  if (tag === 'table') return table(tree, context, depth)
  if (blocks.has(tag)) return block(inside())
  const known = same[tag]
  return known === undefined ? inside() : [element(known, inside())]
}

/** The words of everything below. Not recursive: hostile trees are deep. */
function wordsOf(tree: DefaultTreeAdapterTypes.Element): string {
  const inline: string[] = []
  const waiting: Tree[] = [...tree.childNodes].reverse()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.nodeName === '#text' && 'value' in next) inline.push(next.value)
    else if ('tagName' in next && next.tagName === 'br') inline.push('\n')
    else if ('tagName' in next && !gone.has(next.tagName))
      for (let i = next.childNodes.length - 1; i >= 0; i--) waiting.push(next.childNodes[i]!)
  }
  return inline.join('')
}

const blockTags = new Set(['p', 'h2', 'h3', 'h4', 'ul', 'ol', 'blockquote', 'pre', 'hr', 'table'])

/** A division of its own: a paragraph, or nothing around what already has paragraphs. */
function block(children: Node[]): Node[] {
  const out: Node[] = []
  let line: Node[] = []
  const flush = () => {
    if (line.some((node) => typeof node !== 'string' || node.trim() !== '')) out.push(element('p', trimmedLine(line)))
    line = []
  }
  for (const child of children) {
    if (typeof child !== 'string' && blockTags.has(child.tag)) {
      flush()
      out.push(child)
    } else line.push(child)
  }
  flush()
  return out
}

/** Loose words at the top: a blank line, in bare text or as two breaks, begins a new paragraph. */
function paragraphs(nodes: readonly Node[]): Node[] {
  const apart: Node[] = []
  let line: Node[] = []
  const flush = () => {
    apart.push(...block(line))
    line = []
  }
  for (const node of nodes) {
    if (typeof node !== 'string') {
      const before = line.at(-1)
      if (node.tag === 'br' && typeof before === 'object' && before.tag === 'br') flush()
      else line.push(node)
      continue
    }
    const parts = node.split(/\n[ \t]*\n\s*/)
    for (const [i, part] of parts.entries()) {
      if (i > 0) flush()
      if (
        part.trim() !== '' ||
        (part !== '' && line.length > 0 && typeof line.at(-1) === 'object' && !isBreak(line.at(-1)))
      )
        line.push(part)
    }
  }
  flush()
  return apart
}

function isBreak(node: Node | undefined): boolean {
  return typeof node === 'object' && node.tag === 'br'
}

function trimmedLine(line: readonly Node[]): Node[] {
  const out = [...line]
  const isEmpty = (node: Node | undefined) => isBreak(node) || (typeof node === 'string' && node.trim() === '')
  while (out.length > 0 && isEmpty(out[0])) out.shift()
  while (out.length > 0 && isEmpty(out.at(-1))) out.pop()
  if (typeof out[0] === 'string') out[0] = out[0].trimStart()
  const last = out.at(-1)
  if (typeof last === 'string') out[out.length - 1] = last.trimEnd()
  return out
}

/** Without paragraphs that hold nothing: mail programs write an empty one for each blank line. */
function trimmed(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node): Node[] => {
    if (typeof node === 'string' || node.tag !== 'p') return [node]
    const children = trimmedLine(node.children)
    return children.length === 0 ? [] : [{ ...node, children }]
  })
}

function link(href: string, children: readonly Node[], { base }: RichTextContext): Node[] {
  const url = absolute(href.trim(), base)
  const inline = children.filter((node) => typeof node === 'string' || !blockTags.has(node.tag))
  if (url === null || inline.length < children.length || inline.length === 0) return [...children]
  return [element('a', inline, [['href', url]])]
}

function absolute(href: string, base: string | undefined): string | null {
  const fits = (text: string) =>
    linkGrammar.test(escapeMarkup(text)) && cleanValue(text) === text && !text.startsWith('#')
  if (/^(?:https?|mailto):/i.test(href)) {
    const lower = href.replace(/^[a-z]+/i, (scheme) => scheme.toLowerCase())
    return fits(lower) ? lower : null
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href === '' || href.startsWith('#')) return null
  if (base === undefined || !URL.canParse(href, base)) return null
  const whole = new URL(href, base).href
  return fits(whole) ? whole : null
}

/** Tables with a heading row are tables; all others are how mail programs lay out pages. */
function table(tree: DefaultTreeAdapterTypes.Element, context: RichTextContext, depth: number): Node[] {
  const rows = elementsNamed(tree, 'tr')
  const cellsOf = (row: DefaultTreeAdapterTypes.Element) =>
    row.childNodes.filter(
      (childNode) => 'tagName' in childNode && (childNode.tagName === 'td' || childNode.tagName === 'th'),
    ) as DefaultTreeAdapterTypes.Element[]
  const head = rows[0] === undefined ? [] : cellsOf(rows[0])
  const isData = head.length > 0 && head.every((cell) => cell.tagName === 'th')
  const read = (cell: DefaultTreeAdapterTypes.Element) => nodesOf(cell.childNodes, context, depth + 3, false)
  if (!isData) return rows.flatMap((row) => cellsOf(row).flatMap((cell) => block(read(cell))))
  const rowOf = (row: DefaultTreeAdapterTypes.Element, tag: string) =>
    element(
      'tr',
      cellsOf(row).map((cell) => element(tag, read(cell))),
    )
  const body = rows.slice(1).map((row) => rowOf(row, 'td'))
  const parts = [element('thead', [rowOf(rows[0]!, 'th')]), ...(body.length > 0 ? [element('tbody', body)] : [])]
  return [element('table', parts)]
}

/** Rows of this table, not of tables within it. */
function elementsNamed(tree: DefaultTreeAdapterTypes.Element, tag: string): DefaultTreeAdapterTypes.Element[] {
  return tree.childNodes.flatMap((child) => {
    if (!('tagName' in child)) return []
    if (child.tagName === tag) return [child]
    return ['thead', 'tbody', 'tfoot'].includes(child.tagName) ? elementsNamed(child, tag) : []
  })
}
