/**
 * Menus that a script's button would open, in every window or in a narrow one alone. In a narrow window a tick stands before
 * such a menu, with the button's words: ticked, the menu is shown. In a wide window nothing changes. Pure.
 */
import { attribute, type Element, elementsOf } from '../capture/html-resources.ts'
import { isClosed, labelOf, targetsOf } from './disclosures.ts'
import { Cascade } from './style-cascade.ts'
import { narrowWidths, styleSheet } from './style-rules.ts'

export type NarrowMenu = {
  readonly label: string
  /** The widest window in which the menu is closed, in px. */
  readonly width: number
}

const menusMax = 8
/** One link alone is no menu. */
const linksMin = 2

/** `wide`: the styles of a wide window, in which these menus are open. */
export function narrowMenus(
  elements: readonly Element[],
  texts: readonly string[],
  wide: Cascade,
  taken: ReadonlySet<Element>,
): ReadonlyMap<Element, NarrowMenu> {
  const found = new Map<Element, NarrowMenu>()
  const menus = elements.filter((element) => isMenu(element) && !taken.has(element) && !isClosed(element, wide))
  if (menus.length === 0) return found
  for (const width of narrowWidths(texts)) {
    const narrow = new Cascade(texts.map((text) => styleSheet(text, width)))
    for (const menu of menus) {
      if (found.has(menu) || found.size >= menusMax || !isClosed(menu, narrow) || isWithin(menu, found)) continue
      if (!hasOtherWay(menu, elements, narrow)) found.set(menu, { label: labelFor(menu, elements), width })
    }
    if (narrow.isTooCostly) return found
  }
  return found
}

/** Links to other pages, in an element that says so or in the head of the page. */
export function isMenu(element: Element): boolean {
  const named = element.tagName === 'nav' || attribute(element, 'role') === 'navigation'
  const listed = /^(ul|ol|div)$/.test(element.tagName) && isUnder(element, /^(nav|header)$/)
  return (named || listed) && linksIn(element).length >= linksMin
}

/** Whether what the menu leads to is led to by links that are shown. */
export function hasOtherWay(menu: Element, elements: readonly Element[], cascade: Cascade): boolean {
  const wanted = new Set(linksIn(menu))
  for (const element of elements) {
    const href = element.tagName === 'a' ? attribute(element, 'href') : null
    if (href !== null && wanted.has(href) && !isUnderClosed(element, cascade)) wanted.delete(href)
    if (wanted.size === 0) return true
  }
  return false
}

/** The words of the button that names the menu, or that stands beside it. */
export function labelFor(menu: Element, elements: readonly Element[]): string {
  const id = attribute(menu, 'id')
  const named = id === null ? undefined : elements.find((element) => targetsOf(element).includes(id))
  const near = named ?? buttonBeside(menu)
  const label = near === undefined ? '' : labelOf(near, menu)
  return label === '' || label === '…' ? '☰' : label
}

/** Steps outwards in which a button is looked for. */
const stepsMax = 3

function buttonBeside(menu: Element): Element | undefined {
  let place: Element['parentNode'] = menu.parentNode
  for (let step = 0; step < stepsMax && place !== null && 'tagName' in place; step++) {
    for (const element of elementsOf(place))
      if (element.tagName === 'button' || attribute(element, 'role') === 'button') return element
    place = place.parentNode
  }
  return undefined
}

function linksIn(element: Element): readonly string[] {
  const found = [...elementsOf(element)].map((inner) => (inner.tagName === 'a' ? attribute(inner, 'href') : null))
  return [...new Set(found.filter((href) => href !== null && href !== '' && !href.startsWith('#')) as string[])]
}

function isUnder(element: Element, names: RegExp): boolean {
  for (let parent = element.parentNode; parent !== null && 'tagName' in parent; parent = parent.parentNode)
    if (names.test(parent.tagName)) return true
  return false
}

function isUnderClosed(element: Element, cascade: Cascade): boolean {
  for (let place: Element['parentNode'] = element; place !== null && 'tagName' in place; place = place.parentNode)
    if (cascade.at(place).get('display') === 'none' || isClosed(place, cascade)) return true
  return false
}

function isWithin(element: Element, found: ReadonlyMap<Element, unknown>): boolean {
  for (let place = element.parentNode; place !== null && 'tagName' in place; place = place.parentNode)
    if (found.has(place)) return true
  return false
}
