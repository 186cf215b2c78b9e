/**
 * A tree that is brought into the normal form of post html before it is written: what may not stand somewhere is moved
 * into something that may, or loses its element and keeps its words. Nothing the author typed is dropped but markup.
 */

import { htmlDepthMax } from '../../protocol/limits.ts'
import { escapeMarkup, holds } from '../../protocol/post-html.ts'

export type Element = {
  readonly tag: string
  readonly attributes: readonly (readonly [string, string])[]
  readonly children: readonly Node[]
}
export type Node = string | Element

const voids = new Set(['br', 'hr', 'img'])
const structure = new Set(['ul', 'ol', 'li', 'blockquote', 'table', 'thead', 'tbody', 'tr', 'th', 'td'])

/** How deep an element may stand, so that what it must hold still fits under the limit of the normal form. */
const depthMax: Readonly<Record<string, number>> = { ul: 19, ol: 19, li: 20, blockquote: 20, table: 21 }

export function element(tag: string, children: readonly Node[] = [], attributes: Element['attributes'] = []): Element {
  return { tag, attributes, children }
}

/** The html of a document that `htmlProblem` accepts. Links and images must have been checked before. */
export function writeNormalForm(nodes: readonly Node[]): string {
  return fit(nodes, '', 0).map(write).join('')
}

/** `nodes` as they may stand inside `parent`, which is the `depth`-th open element. */
function fit(nodes: readonly Node[], parent: string, depth: number): Node[] {
  const out: Node[] = []
  let loose: Node[] = []
  const flush = () => {
    if (loose.some((node) => typeof node !== 'string' || node.trim() !== ''))
      out.push(element('p', fit(loose, 'p', depth + 1)))
    loose = []
  }
  for (const node of nodes) {
    const name = typeof node === 'string' ? '#' : node.tag
    if (holds[parent]!.includes(name) && depth < (depthMax[name] ?? htmlDepthMax)) {
      flush()
      out.push(typeof node === 'string' ? node : { ...node, children: fit(node.children, node.tag, depth + 1) })
    } else if (holds[parent]!.includes('p') && !holds[parent]!.includes('#') && isInline(node)) {
      loose.push(node)
    } else {
      flush()
      out.push(...fit(replacement(node, parent), parent, depth))
    }
  }
  flush()
  return out
}

function isInline(node: Node): boolean {
  return typeof node === 'string' || holds.p!.includes(node.tag)
}

/** What stands for a node where it may not stand itself. Always shallower than the node, so that `fit` ends. */
function replacement(node: Node, parent: string): readonly Node[] {
  if (typeof node === 'string' || node.tag === 'hr') return []
  if (node.tag === 'br') return [' ']
  if (node.tag === 'img') return [node.attributes.find(([name]) => name === 'alt')?.[1] ?? '']
  if (node.tag === 'table') return rowsOf(node).map((cells) => element('p', cells))
  if (/^h[2-4]$/.test(node.tag) && holds[parent]!.includes('p'))
    return [element('p', [element('strong', node.children)])]
  if (node.tag === 'pre') return [textOfNodes(node.children)]
  return structure.has(node.tag) ? [' ', ...node.children, ' '] : node.children
}

function rowsOf(table: Element): Node[][] {
  const rows = elements(table.children).flatMap((part) => elements(part.children))
  return rows.map((row) => elements(row.children).flatMap((cell, i) => [...(i > 0 ? [' | '] : []), ...cell.children]))
}

function elements(nodes: readonly Node[]): Element[] {
  return nodes.filter((node) => typeof node !== 'string')
}

export function textOfNodes(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOfNodes(node.children))).join('')
}

function write(node: Node): string {
  if (typeof node === 'string') return escapeMarkup(cleanText(node))
  const attributes = node.attributes.map(([name, value]) => ` ${name}="${escapeMarkup(cleanValue(value))}"`).join('')
  const open = `<${node.tag}${attributes}>`
  return voids.has(node.tag) ? open : `${open}${node.children.map(write).join('')}</${node.tag}>`
}

function cleanText(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
}

export function cleanValue(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f]+/g, ' ')
}
