/**
 * Pages that are only the shell of a program: an empty element that a script would fill, and nothing else to read. What
 * stands around every page of a site (its head, menu and foot) is nothing to read. Pure.
 */
import { attribute, type Document, type Element, type Node } from './html-resources.ts'
import { wordCount } from './word-count.ts'

/** A page with more words than this around its empty element has something to read. */
const wordsMax = 25
/** So has one that says more than this as its own text: in paragraphs or headings of the page, not of a box laid over it. */
const spokenMax = 5
const mountTags = /^(div|main|section|article)$|-/
/** Nodes that are looked at in search of an empty element: boxes in boxes would be looked through again and again. */
const looksMax = 100_000
const dataTypes = /json|template|text\/plain|speculationrules|importmap/
const unseen = new Set(['script', 'style', 'template', 'head', 'svg', 'iframe', 'object', 'noscript', 'noframes'])
const around = new Set(['nav', 'footer'])
const content = new Set(['body', 'main', 'article', 'section'])
const speaking = /^(p|h[1-6]|blockquote|ul|ol|dl|pre|table)$/

type Counted = {
  looks: number
  words: number
  spoken: number
  scripted: boolean
  empty: boolean
  pictured: boolean
  links: number
}

/** Whether a script would have to run before there is anything to read. `links`: those of the page to others of its site. */
export function isShell(document: Document, links: ReadonlyMap<Element, string>): boolean {
  const counted: Counted = { looks: 0, words: 0, spoken: 0, scripted: false, empty: false, pictured: false, links: 0 }
  const places = new Set<string>()
  const stack: Place[] = [{ node: document, furniture: false, header: false, spoken: false, own: true }]
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const { node, furniture, header, spoken } = place
    if (node.nodeName === '#text' && 'value' in node && !furniture) {
      const words = wordCount(node.value)
      counted.words += words
      if (spoken) counted.spoken += words
    }
    if ('tagName' in node) {
      noteElement(node, counted)
      if (unseen.has(node.tagName)) continue
      const url = links.get(node)
      if (url !== undefined && !furniture && !header) places.add(url)
      if (isSeenPicture(node) && !furniture && !header) counted.pictured = true
    }
    if ('childNodes' in node) stack.push(...node.childNodes.map((child) => placeOf(child, place)).reverse())
  }
  if (counted.pictured || places.size > 1 || counted.words > wordsMax || counted.spoken > spokenMax) return false
  return counted.scripted && counted.empty
}

type Place = {
  readonly node: Node
  /** In a menu, or at the foot. */
  readonly furniture: boolean
  readonly header: boolean
  /** In a paragraph or heading of the page itself. */
  readonly spoken: boolean
  /** With nothing around it but what holds a page's content. */
  readonly own: boolean
}

function placeOf(node: Node, { furniture, header, spoken, own }: Place): Place {
  const name = 'tagName' in node ? node.tagName : ''
  return {
    node,
    furniture: furniture || around.has(name),
    header: header || name === 'header',
    spoken: spoken || (own && speaking.test(name)),
    own: own && (name === 'html' || content.has(name)),
  }
}

function noteElement(element: Element, counted: Counted): void {
  if (element.tagName === 'script') counted.scripted ||= !dataTypes.test(attribute(element, 'type') ?? '')
  else if (mountTags.test(element.tagName) && (attribute(element, 'id') !== null || element.tagName.includes('-')))
    counted.empty ||= isEmpty(element, counted)
}

/** Nothing to read in it but at most a word that asks to wait. */
function isEmpty(element: Element, counted: Counted): boolean {
  const stack: Node[] = [...element.childNodes]
  let text = ''
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (++counted.looks > looksMax) return false
    if (node.nodeName === '#text' && 'value' in node) text += node.value
    if (!('tagName' in node)) continue
    if (/^(img|picture|video|iframe|a|form)$/.test(node.tagName)) return false
    if (!/^(script|style|noscript|template)$/.test(node.tagName)) stack.push(...node.childNodes)
    if (text.length > 40) return false
  }
  return text.trim().length <= 40
}

/** Something to look at: no counter of readers. */
export function isSeenPicture(element: Element): boolean {
  if (element.tagName === 'img') return !isTrackingPixel(element)
  if (element.tagName === 'video') return attribute(element, 'poster') !== null
  return element.tagName === 'object' && /^image\//i.test(attribute(element, 'type') ?? '')
}

/** A picture that nobody sees: it counts readers. */
function isTrackingPixel(element: Element): boolean {
  const size = (name: string) => attribute(element, name)?.trim()
  const tiny = (value: string | undefined) => value !== undefined && /^[01](px)?$/.test(value)
  const style = (attribute(element, 'style') ?? '').toLowerCase()
  return (tiny(size('width')) && tiny(size('height'))) || /display\s*:\s*none|visibility\s*:\s*hidden/.test(style)
}
