/**
 * Parts of a page that a reader opens by clicking something that a script answers: accordions, tabs, burger menus, boxes.
 * In a copy each becomes `<details>`, so that every word of it is reached, with the keyboard too. What opens without a
 * script (`:hover`, `:checked`, `popovertarget`, `<details>` itself) is left alone. Pure.
 */
import { attribute, type Element, elementsOf, type Node } from '../capture/html-resources.ts'
import type { Cascade, Styles } from './style-cascade.ts'

export type Disclosure = {
  readonly target: Element
  /** What the summary says: the words of what would be clicked. */
  readonly label: string
  /** The element before the target that holds what would be clicked: it becomes the summary. null: elsewhere on the page. */
  readonly heading: Element | null
}

const disclosuresMax = 200
const labelCharactersMax = 100

export function disclosures(elements: readonly Element[], cascade: Cascade): Disclosure[] {
  const byId = new Map<string, Element>()
  for (const element of elements) {
    const id = attribute(element, 'id')
    if (id !== null && id !== '' && !byId.has(id)) byId.set(id, element)
  }
  const found = new Map<Element, Disclosure>()
  for (const trigger of elements) {
    for (const id of targetsOf(trigger)) {
      const target = byId.get(id)
      if (target === undefined || found.has(target) || found.size >= disclosuresMax) continue
      if (isInside(trigger, target) || !isClosed(target, cascade)) continue
      const heading = headingOf(trigger, target)
      const taken = heading !== null && [...found.values()].some((disclosure) => disclosure.heading === heading)
      found.set(target, { target, label: labelOf(trigger, target), heading: taken ? null : heading })
    }
  }
  return [...found.values()]
}

/** Ids that an element says it shows, in the ways that scripts read. */
export function targetsOf(element: Element): readonly string[] {
  const ids: string[] = []
  for (const { name, value } of element.attrs) {
    if (name === 'aria-controls') ids.push(...value.split(/\s+/))
    else if (/^data-([a-z]{1,20}-)?(target|toggle|controls|tab|open|modal|collapse)$/.test(name))
      ids.push(value.replace(/^#/, ''))
    else if (name === 'commandfor') ids.push(value)
  }
  const href = element.tagName === 'a' ? (attribute(element, 'href') ?? '') : ''
  const acts = element.attrs.some(
    ({ name }) => name === 'role' || name === 'aria-expanded' || /^data-([a-z]{1,20}-)?toggle$/.test(name),
  )
  if (href.startsWith('#') && acts) ids.push(href.slice(1))
  return ids.filter((id) => id !== '').slice(0, 4)
}

const tableParts = new Set(
  'table thead tbody tfoot tr td th caption col colgroup li dt dd option html body head'.split(' '),
)

/** Not to be seen, with something to see, and nothing that a reader does would show it. */
export function isClosed(target: Element, cascade: Cascade): boolean {
  if (tableParts.has(target.tagName) || target.tagName === 'details' || target.namespaceURI.includes('svg'))
    return false
  if (attribute(target, 'role') === 'tooltip' || attribute(target, 'popover') !== null) return false
  const styles = cascade.at(target)
  const shut =
    (target.tagName === 'dialog' && attribute(target, 'open') === null) ||
    (attribute(target, 'hidden') !== null && !styles.has('display'))
  if (!(shut || isHidden(styles)) || !hasWords(target)) return false
  const moved = new Map(styles)
  for (const { name, value } of cascade.moved(target)) moved.set(name, value)
  return shut || isHidden(moved)
}

function isHidden(styles: Styles): boolean {
  const nil = (name: string) => /^0(px|%|em|rem|fr)?$/.test(styles.get(name) ?? '')
  const away = /^(absolute|fixed)$/.test(styles.get('position') ?? '')
  if (styles.get('display') === 'none' || styles.get('visibility') === 'hidden') return true
  if ((nil('height') || nil('max-height')) && /hidden|clip/.test(styles.get('overflow') ?? '')) return true
  return (
    away && (nil('opacity') || /translate[xy3d]{0,2}\([^)]{0,40}-?1\d\d(%|vw|vh)/.test(styles.get('transform') ?? ''))
  )
}

function hasWords(element: Element): boolean {
  return wordsOf(element) !== '' || [...elementsOf(element)].some((element) => element.tagName === 'img')
}

/** The trigger, or the element around it, where it stands right before what it opens. */
function headingOf(trigger: Element, target: Element): Element | null {
  const parent = target.parentNode
  if (parent === null || !('tagName' in parent)) return null
  if (parent.tagName !== 'body' && tableParts.has(parent.tagName)) return null
  const siblings = parent.childNodes.filter((node): node is Element => 'tagName' in node)
  const before = siblings[siblings.indexOf(target) - 1]
  if (before === undefined || tableParts.has(before.tagName) || !isInside(trigger, before)) return null
  return wordsOf(before) === wordsOf(trigger) ? before : null
}

function isInside(element: Element, outer: Element): boolean {
  for (
    let ancestor: Element['parentNode'] = element;
    ancestor !== null;
    ancestor = 'parentNode' in ancestor ? ancestor.parentNode : null
  )
    if (ancestor === outer) return true
  return false
}

export function labelOf(trigger: Element, target: Element): string {
  const told = [
    wordsOf(trigger),
    attribute(trigger, 'aria-label'),
    attribute(trigger, 'title'),
    attribute(target, 'aria-label'),
  ]
  const label = told.map((text) => text?.trim() ?? '').find((text) => text !== '') ?? '…'
  return label.slice(0, labelCharactersMax).toWellFormed()
}

function wordsOf(element: Element): string {
  let text = ''
  const stack: Node[] = [element]
  for (let node = stack.pop(); node !== undefined && text.length < 4_000; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += node.value
    if ('tagName' in node && /^(script|style|template|noscript|svg)$/.test(node.tagName)) continue
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse())
  }
  return text.replace(/\s+/g, ' ').trim()
}

/** What is open stands in the page where its summary does. */
export const openedStyle =
  'display:block!important;visibility:visible!important;opacity:1!important;position:static!important;' +
  'height:auto!important;max-height:none!important;width:auto!important;transform:none!important;overflow:visible!important'
