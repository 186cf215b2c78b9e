/**
 * State that only a script would end: preloaders over the whole window, words and pictures that wait for a class to be
 * seen, themes that wait for an attribute. A copy runs no script, so what such a page shows its readers is decided here,
 * by what its styles do and never by whose product it is:
 *
 *   revealed   in flow, with something to see, hidden by opacity, visibility or transform; no reader's pointing, focusing
 *              or ticking would show it, no animation runs on it, and it is not one of several of which one is shown
 *   dropped    fixed over the whole window, above the page, without links and with fewer than five words
 *
 * Everything else stays as the styles have it. Pure.
 */
import { cssResources } from '../capture/css-resources.ts'
import {
  attribute,
  type Document,
  type Element,
  elementsOf,
  isCss,
  type Node,
  styleText,
} from '../capture/html-resources.ts'
import { resolveUrl } from '../capture/url.ts'
import { wordCount } from '../capture/word-count.ts'
import { type Disclosure, disclosures } from './disclosures.ts'
import { type NarrowMenu, narrowMenus } from './narrow-menus.ts'
import { Cascade, type Styles } from './style-cascade.ts'
import { appliesToScreen, styleSheet } from './style-rules.ts'

export type Unscripted = {
  /** Declarations that end the waiting of an element. */
  readonly revealed: ReadonlyMap<Element, string>
  readonly dropped: ReadonlySet<Element>
  /** Parts that only a click which a script answers would open. */
  readonly opened: readonly Disclosure[]
  /** Menus that are closed in a narrow window alone. */
  readonly narrow: ReadonlyMap<Element, NarrowMenu>
  /** Attributes that a script would have set on the root. */
  readonly root: readonly (readonly [string, string])[]
}

/** Where the page lies, and the base of what stands after its `<base>`. */
export type Bases = { readonly url: string; readonly base: string }

export const nothingWaits: Unscripted = {
  revealed: new Map(),
  dropped: new Set(),
  opened: [],
  narrow: new Map(),
  root: [],
}
const elementsMax = 20_000
/** Sibling selectors look at each child of a parent: more than these, and the page is shown as its styles have it. */
const childrenMax = 3_000
const importDepthMax = 5

/** `sheets`: texts of the captured stylesheets by their address. */
export function unscripted(document: Document, bases: Bases, sheets: ReadonlyMap<string, string>): Unscripted {
  const elements = [...elementsOf(document)]
  if (!elements.some(isScript) || elements.length > elementsMax) return nothingWaits
  if (elements.some((element) => element.childNodes.length > childrenMax)) return nothingWaits
  const texts = [...styleTexts(elements, bases, sheets)]
  const cascade = new Cascade(texts.map((text) => styleSheet(text)))
  const opened = disclosures(elements, cascade)
  const { revealed, dropped } = ended(
    document,
    elements,
    cascade,
    new Set(opened.map((disclosure) => disclosure.target)),
  )
  if (cascade.isTooCostly) return nothingWaits
  if (dropped.size > 0) for (const element of elements) unlock(element, cascade, revealed)
  const narrow = narrowMenus(elements, texts, cascade, new Set(opened.map((disclosure) => disclosure.target)))
  return { revealed, dropped, opened, narrow, root: rootAttributes(elements, texts) }
}

/** A page as a whole is never meant to stay without a box. */
const pageShown = 'display:block!important;opacity:1!important;visibility:visible!important'

function isWholePage({ tagName }: Element): boolean {
  return tagName === 'html' || tagName === 'body'
}

function ended(
  document: Document,
  elements: readonly Element[],
  cascade: Cascade,
  opened: ReadonlySet<Element>,
): { readonly revealed: Map<Element, string>; readonly dropped: Set<Element> } {
  const revealed = new Map<Element, string>()
  const dropped = new Set<Element>()
  const staying = new Set<Element>()
  const counted: Counted = new Map()
  for (const element of elements) {
    if (cascade.isTooCostly) break
    const parent = element.parentNode
    if (parent !== null && 'tagName' in parent && (staying.has(parent) || dropped.has(parent))) staying.add(element)
    else if (unseen.has(element.tagName) || opened.has(element)) continue
    else if (!isWholePage(element) && !cascade.isTold(element)) continue
    else if (isOverlay(element, cascade, document)) dropped.add(element)
    else {
      const styles = cascade.at(element)
      if (styles.get('display') === 'none') {
        if (isWholePage(element)) revealed.set(element, pageShown)
        else staying.add(element)
      } else if (hides(styles)) {
        if (waits(element, styles, cascade, counted)) revealed.set(element, ending(styles))
        else staying.add(element)
      }
    }
  }
  return { revealed, dropped }
}

const unseen = new Set([
  'head',
  'script',
  'style',
  'template',
  'noscript',
  'meta',
  'link',
  'title',
  'base',
  'br',
  'svg',
])

function isScript(element: Element): boolean {
  return element.tagName === 'script' && !/json|template|text\/plain/.test(attribute(element, 'type') ?? '')
}

function* styleTexts(
  elements: readonly Element[],
  { url, base: laterBase }: Bases,
  sheets: ReadonlyMap<string, string>,
): Generator<string> {
  let base = url
  for (const element of elements) {
    if (element.tagName === 'base' && attribute(element, 'href') !== null) base = laterBase
    if (!appliesToScreen(attribute(element, 'media') ?? '') && attribute(element, 'onload') === null) continue
    if (/^(style|link)$/.test(element.tagName) && !isCss(element)) continue
    if (element.tagName === 'style') yield* withImports(styleText(element), base, sheets, 0)
    const rel = element.tagName === 'link' ? (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/) : []
    if (!rel.includes('stylesheet') || rel.includes('alternate') || attribute(element, 'disabled') !== null) continue
    const place = resolveUrl(attribute(element, 'href') ?? '', base)
    const text = place === null ? undefined : sheets.get(place)
    if (text !== undefined) yield* withImports(text, place!, sheets, 0)
  }
}

function* withImports(css: string, url: string, sheets: ReadonlyMap<string, string>, depth: number): Generator<string> {
  const imports =
    /@import/i.test(css) && depth < importDepthMax
      ? cssResources(css, url).filter((cssResource) => cssResource.kind === 'style')
      : []
  for (const cssResource of imports) {
    const text = sheets.get(cssResource.url)
    if (text !== undefined && cssResource.url !== url) yield* withImports(text, cssResource.url, sheets, depth + 1)
  }
  yield css
}

/** Hidden though it has a box: by opacity, visibility, or a transform that leaves nothing of it or moves it away. */
function hides(styles: Styles): boolean {
  return isTransparent(styles) || /^(hidden|collapse)$/.test(styles.get('visibility') ?? '') || isMovedAway(styles)
}

function isTransparent(styles: Styles): boolean {
  const value = styles.get('opacity') ?? '1'
  const number = Number.parseFloat(value) / (value.endsWith('%') ? 100 : 1)
  return number <= 0.05
}

function isMovedAway(styles: Styles): boolean {
  const transform = styles.get('transform') ?? 'none'
  if (/scale(3d|x|y)?\(\s*0(\.0*)?\s*[,)]/.test(transform) || /^0(\.0*)?(\s|$)/.test(styles.get('scale') ?? ''))
    return true
  const moves = `${transform} ${styles.get('translate') ?? ''}`
  return /-?(1[0-9][0-9]|[2-9][0-9][0-9]|[0-9]{4,6})(\.[0-9]+)?(%|vw|vh)/.test(moves)
}

/** Children of one parent that share a class: how many there are, how many are shown, and where a grid puts them. */
type Group = { all: number; shown: number; readonly places: Set<string> }
type Counted = Map<Element, ReadonlyMap<string, Group>>

/** Whether only a script could show the element. */
function waits(element: Element, styles: Styles, cascade: Cascade, counted: Counted): boolean {
  if (isOutOfFlow(styles) || isFolded(styles) || isSetAside(element)) return false
  if (runsAnimation(styles, cascade) || !hasSomethingToSee(element)) return false
  if (isLifted(element, styles, cascade)) return false
  return !isOneOfSeveral(element, styles, cascade, counted)
}

function isOutOfFlow(styles: Styles): boolean {
  return /^(absolute|fixed)$/.test(styles.get('position') ?? '')
}

/** Closed like an accordion, or clipped away as screen-reader text is. */
function isFolded(styles: Styles): boolean {
  const nil = (name: string) => /^0(px|%|em|rem|fr)?$/.test(styles.get(name) ?? '')
  const tiny = (name: string) => /^[01]px$/.test(styles.get(name) ?? '')
  if (nil('height') || nil('max-height') || nil('width') || (tiny('width') && tiny('height'))) return true
  return styles.has('clip') || /inset\(\s*(50|100)%/.test(styles.get('clip-path') ?? '')
}

const asideRoles = /^(tooltip|dialog|alertdialog|alert|status|menu|listbox|tabpanel|progressbar)$/

/** The page itself says that it is not for now. */
function isSetAside(element: Element): boolean {
  if (
    attribute(element, 'hidden') !== null ||
    attribute(element, 'inert') !== null ||
    attribute(element, 'popover') !== null
  )
    return true
  if (attribute(element, 'aria-hidden') === 'true' || element.tagName === 'dialog') return true
  return asideRoles.test(attribute(element, 'role') ?? '')
}

function runsAnimation(styles: Styles, { animations }: Cascade): boolean {
  const value = `${styles.get('animation-name') ?? ''} ${styles.get('animation') ?? ''}`
  if (/\bpaused\b/.test(`${value} ${styles.get('animation-play-state') ?? ''}`)) return false
  const names = [...animations].map((name) => name.toLowerCase())
  return value.split(/[\s,]+/).some((word) => names.includes(word))
}

function hasSomethingToSee(element: Element): boolean {
  const stack: Node[] = [element]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node && node.value.trim() !== '') return true
    if (!('tagName' in node)) continue
    if (/^(img|picture|svg|video|iframe|math|canvas)$/.test(node.tagName)) return true
    if (!/^(script|style|template|noscript)$/.test(node.tagName)) stack.push(...node.childNodes)
  }
  return false
}

/** A reader shows it by pointing, focusing, ticking or opening something. */
function isLifted(element: Element, styles: Styles, cascade: Cascade): boolean {
  const moved = cascade.moved(element)
  if (moved.length === 0) return false
  const after = new Map(styles)
  for (const { name, value } of moved) if (value !== 'hidden') after.set(name, value)
  const shows = (test: (styles: Styles) => boolean) => test(styles) && !test(after)
  const visibility = (styles: Styles) => /^(hidden|collapse)$/.test(styles.get('visibility') ?? '')
  return shows(isTransparent) || shows(visibility) || shows(isMovedAway)
}

/** Slides, tabs: of those that are called like it one is shown, or all lie in one place. Each parent is counted once. */
function isOneOfSeveral(element: Element, styles: Styles, cascade: Cascade, counted: Counted): boolean {
  const parent = element.parentNode
  if (parent === null || !('tagName' in parent)) return false
  const groups = counted.get(parent) ?? groupsIn(parent, cascade)
  counted.set(parent, groups)
  const own = classesOf(element).flatMap((name) => groups.get(`${element.tagName} ${name}`) ?? [])
  const largest = own.sort((a, b) => b.all - a.all)[0]
  if (largest === undefined || largest.all < 2) return false
  return largest.shown === 1 || (placeOf(styles) !== '' && largest.places.size === 1)
}

function groupsIn(parent: Element, cascade: Cascade): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  for (const node of parent.childNodes) {
    if (!('tagName' in node)) continue
    const styles = cascade.at(node)
    for (const name of new Set(classesOf(node))) {
      const key = `${node.tagName} ${name}`
      const group = groups.get(key) ?? { all: 0, shown: 0, places: new Set<string>() }
      groups.set(key, group)
      group.all++
      if (!hides(styles)) group.shown++
      group.places.add(placeOf(styles))
    }
  }
  return groups
}

function placeOf(styles: Styles): string {
  return ['grid-area', 'grid-row', 'grid-column']
    .map((name) => styles.get(name) ?? '')
    .join(' ')
    .trim()
}

function classesOf(element: Element): string[] {
  return (attribute(element, 'class') ?? '').split(/\s+/).filter((name) => name !== '')
}

/** What the element is without its waiting. A transform that only centres it stays. */
function ending(styles: Styles): string {
  const parts: string[] = []
  if (isTransparent(styles)) parts.push('opacity:1!important')
  if (/^(hidden|collapse)$/.test(styles.get('visibility') ?? '')) parts.push('visibility:visible!important')
  const transform = styles.get('transform') ?? 'none'
  if (transform !== 'none' && !/-50%/.test(transform)) parts.push('transform:none!important')
  if (styles.has('translate')) parts.push('translate:none!important')
  if (styles.has('scale')) parts.push('scale:none!important')
  return parts.join(';')
}

const overlayWordsMax = 4
const zero = /^-?0(px|%|vh|vw|em|rem)?$/
const whole = /^100(%|d?vw|[ds]?vh|lvh)$/

/** Fixed over the window and above the page, with nothing to read or to follow. */
function isOverlay(element: Element, cascade: Cascade, document: Document): boolean {
  const styles = cascade.at(element)
  if (styles.get('position') !== 'fixed' || styles.get('display') === 'none' || hides(styles)) return false
  if (styles.get('pointer-events') === 'none' || !coversWindow(styles)) return false
  if (!isAbove(element, styles, cascade)) return false
  const inside = [...elementsOf(element)]
  if (
    inside.some(
      (element) =>
        (element.tagName === 'a' && attribute(element, 'href') !== null) ||
        /^(form|input|video|iframe)$/.test(element.tagName),
    )
  )
    return false
  return wordsIn(element) <= overlayWordsMax && wordsIn(document) > wordsIn(element)
}

function coversWindow(styles: Styles): boolean {
  const inset = (styles.get('inset') ?? '').split(/\s+/)
  const side = (name: string, i: number) => styles.get(name) ?? inset[i % Math.max(1, inset.length)] ?? ''
  const [top, right, bottom, left] = ['top', 'right', 'bottom', 'left'].map((name, i) => zero.test(side(name, i)))
  const wide = (left && right) || whole.test(styles.get('width') ?? '')
  const high = (top && bottom) || whole.test(styles.get('height') ?? '')
  return Boolean(wide && high && (top || bottom) && (left || right))
}

/** With a layer of its own, or without one and nothing positioned after it: decoration lies beneath. */
function isAbove(element: Element, styles: Styles, cascade: Cascade): boolean {
  const layer = Number.parseInt(styles.get('z-index') ?? '', 10)
  if (!Number.isNaN(layer)) return layer > 0
  const siblings = element.parentNode?.childNodes ?? []
  const after = siblings.slice(siblings.indexOf(element) + 1)
  return !after.some((node) => 'tagName' in node && (cascade.at(node).get('position') ?? 'static') !== 'static')
}

function wordsIn(node: Node): number {
  let count = 0
  const stack: Node[] = [node]
  for (let element = stack.pop(); element !== undefined; element = stack.pop()) {
    if (element.nodeName === '#text' && 'value' in element) count += wordCount(element.value)
    if (
      'childNodes' in element &&
      !('tagName' in element && /^(script|style|template|noscript|head)$/.test(element.tagName))
    )
      stack.push(...element.childNodes)
  }
  return count
}

/** Behind a preloader the page does not scroll. */
function unlock(element: Element, cascade: Cascade, revealed: Map<Element, string>): void {
  if (element.tagName !== 'html' && element.tagName !== 'body') return
  const styles = cascade.at(element)
  if (!/^hidden/.test(styles.get('overflow') ?? '') && styles.get('overflow-y') !== 'hidden') return
  revealed.set(
    element,
    [revealed.get(element), 'overflow:auto!important;height:auto!important'].filter(Boolean).join(';'),
  )
}

/** Styles that ask which theme a script chose, where no element says: the light one, which printed pages have as well. */
function rootAttributes(elements: readonly Element[], texts: readonly string[]): (readonly [string, string])[] {
  const asked = new Map<string, Set<string>>()
  for (const text of texts) {
    for (const [, name, value] of text.matchAll(
      /\[(data-[a-z-]{1,40})\s{0,5}=\s{0,5}["']?(light|dark)["']?\s{0,5}\]/g,
    )) {
      asked.set(name!, (asked.get(name!) ?? new Set()).add(value!))
    }
  }
  return [...asked]
    .filter(([name, values]) => values.size === 2 && !elements.some((element) => attribute(element, name) !== null))
    .map(([name]) => [name, 'light'] as const)
}
