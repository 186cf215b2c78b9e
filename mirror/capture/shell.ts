/**
 * Pages that are only the shell of a program: an empty element that a script would fill, and nothing else to read. Pure.
 */
import { attribute, type Document, type Element, elementsOf, type Node } from './html-resources.ts'

/** A page with more words than this around its empty element has something to read. */
const wordsMax = 25
const mountTags = /^(div|main|section|article)$|-/
const dataTypes = /json|template|text\/plain|speculationrules|importmap/

/** Whether a script would have to run before there is anything to read. `text` is what a reader sees without one. */
export function isShell(document: Document, text: string, images: number, links: number): boolean {
  if (images > 0 || links > 1 || text.split(' ').length > wordsMax) return false
  let scripted = false
  let empty = false
  for (const element of elementsOf(document)) {
    if (element.tagName === 'script') scripted ||= !dataTypes.test(attribute(element, 'type') ?? '')
    else if (mountTags.test(element.tagName) && attribute(element, 'id') !== null) empty ||= isEmpty(element)
    else if (element.tagName.includes('-')) empty ||= isEmpty(element)
  }
  return scripted && empty
}

/** Nothing to read in it but at most a word that asks to wait. */
function isEmpty(element: Element): boolean {
  const stack: Node[] = [...element.childNodes]
  let text = ''
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += node.value
    if (!('tagName' in node)) continue
    if (/^(img|picture|video|iframe|a|p|h[1-6]|form)$/.test(node.tagName)) return false
    if (!/^(script|style|noscript|template)$/.test(node.tagName)) stack.push(...node.childNodes)
    if (text.length > 40) return false
  }
  return text.trim().length <= 40
}

/** A picture that nobody sees: it counts readers. */
export function isTrackingPixel(element: Element): boolean {
  const size = (name: string) => attribute(element, name)?.trim()
  const tiny = (value: string | undefined) => value !== undefined && /^[01](px)?$/.test(value)
  const style = (attribute(element, 'style') ?? '').toLowerCase()
  return (tiny(size('width')) && tiny(size('height'))) || /display\s*:\s*none|visibility\s*:\s*hidden/.test(style)
}
