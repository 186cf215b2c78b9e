/**
 * What a document's styles say of its elements while nothing is pointed at, and what they would say if it were. Selectors
 * are matched by css-select; rules are found by the last name in their selector. Pure.
 */
import { compile, type Options } from 'css-select'
import { type PseudoSelector, parse, type Selector } from 'css-what'
import { attribute, type Element, type Node } from '../capture/html-resources.ts'
import { type Declaration, type StyleSheet, styleDeclarations } from './style-rules.ts'

/** States that a reader brings about without any script. */
const readerStates = new Set(
  'hover focus focus-within focus-visible active checked target target-within open popover-open modal fullscreen user-valid has'.split(
    ' ',
  ),
)
/** States that no reader of a copy meets. */
const neverStates = new Set('visited defined autofill playing paused'.split(' '))

type Match = (element: Element) => boolean
/** Compiled when first asked; `fresh` says that this was now. */
type Lazy = () => { readonly matches: Match; readonly fresh: boolean }
type Ready = {
  readonly declarations: readonly Declaration[]
  /** Matches while nothing is pointed at; null where the selector needs a reader. */
  readonly rest: Lazy | null
  /** Matches whatever a reader does; null where the selector needs none. */
  readonly moved: Lazy | null
  readonly rank: readonly number[]
  /** Whether it could hide or cover something. */
  readonly hides: boolean
  /** What one match costs: in parts, and in parts for each sibling of the element. */
  readonly parts: number
  readonly perSibling: number
}

export type Styles = ReadonlyMap<string, string>

/** Parts of selectors that are looked at for one document. A page that needs more is shown as its styles have it. */
const partsMax = 20_000_000
/** A descendant combinator walks up the tree. */
const partsOfDescendant = 50
const partsOfCompiling = 10_000

export class Cascade {
  readonly #byKey = new Map<string, Ready[]>()
  readonly #known = new Map<Element, Styles>()
  readonly animations: ReadonlySet<string>
  #parts = 0

  constructor(sheets: readonly StyleSheet[]) {
    let order = 0
    for (const { rules } of sheets)
      for (const rule of rules) this.#add(rule.selector, rule.declarations, rule.layered, order++)
    this.animations = new Set(sheets.flatMap((sheet) => [...sheet.animations]))
  }

  get isTooCostly(): boolean {
    return this.#parts > partsMax
  }

  /** Whether any rule, or its own attribute, could hide the element or lay it over the page. Cheaper than `at`. */
  isTold(element: Element): boolean {
    if (/opacity|visibility|transform|translate|scale|fixed/i.test(attribute(element, 'style') ?? '')) return true
    return this.#candidates(element).some(
      (candidate) => candidate.hides && this.#holds(candidate, candidate.rest, element),
    )
  }

  /** What holds for the element at rest, by property. */
  at(element: Element): Styles {
    const known = this.#known.get(element)
    if (known !== undefined) return known
    const won = new Map<string, { readonly value: string; readonly rank: readonly number[] }>()
    const put = ({ name, value, important }: Declaration, rank: readonly number[]) => {
      const full = [important ? 1 : 0, ...rank]
      const before = won.get(name)
      if (before === undefined || compared(full, before.rank) >= 0) won.set(name, { value, rank: full })
    }
    for (const rule of this.#candidates(element))
      if (this.#holds(rule, rule.rest, element))
        for (const declaration of rule.declarations) put(declaration, rule.rank)
    for (const styleDeclaration of styleDeclarations(attribute(element, 'style') ?? ''))
      put(styleDeclaration, [1, Number.POSITIVE_INFINITY, 0])
    const styles = new Map([...won].map(([name, { value }]) => [name, value]))
    this.#known.set(element, styles)
    return styles
  }

  /** Declarations that would hold for the element if a reader pointed, focused or ticked something. */
  moved(element: Element): readonly Declaration[] {
    return this.#candidates(element).flatMap((rule) =>
      this.#holds(rule, rule.moved, element) ? rule.declarations : [],
    )
  }

  #holds(rule: Ready, match: Lazy | null, element: Element): boolean {
    if (match === null || this.isTooCostly) return false
    this.#parts += rule.parts + rule.perSibling * (element.parentNode?.childNodes.length ?? 0)
    const { matches, fresh } = match()
    if (fresh) this.#parts += partsOfCompiling
    return matches(element)
  }

  #candidates(element: Element): readonly Ready[] {
    const classes = (attribute(element, 'class') ?? '').split(/\s+/).filter((name) => name !== '')
    const keys = [
      `#${attribute(element, 'id') ?? ''}`,
      ...new Set(classes.map((name) => `.${name}`)),
      element.tagName,
      '*',
    ]
    return keys.flatMap((key) => this.#byKey.get(key) ?? [])
  }

  #add(selector: string, declarations: readonly Declaration[], layered: boolean, order: number): void {
    for (const alternative of parsed(selector)) {
      if (alternative.some((part) => part.type === 'pseudo-element')) continue
      const ready = readied(alternative, declarations, layered, order)
      const key = keyOf(alternative)
      const known = this.#byKey.get(key)
      if (known === undefined) this.#byKey.set(key, [ready])
      else known.push(ready)
    }
  }
}

function parsed(selector: string): Selector[][] {
  try {
    return parse(selector)
  } catch {
    return [] // browsers drop the rule as well
  }
}

function readied(
  alternative: Selector[],
  declarations: readonly Declaration[],
  layered: boolean,
  order: number,
): Ready {
  const moves = alternative.filter((part) => part.type === 'pseudo' && isMoved(part))
  const plain = lazily(alternative.filter((part) => part.type !== 'pseudo' || !(isMoved(part) || isAlways(part))))
  const ticked = moves.every((part) => part.type === 'pseudo' && part.name === 'checked')
  const walks = alternative.filter((part) => part.type === 'descendant').length
  const siblings = alternative.filter((part) => part.type === 'sibling' || part.type === 'adjacent' || isCounting(part))
  return {
    declarations,
    rest: moves.length === 0 ? plain : ticked ? lazily(alternative) : null,
    moved: moves.length === 0 ? null : plain,
    rank: [layered ? 0 : 1, specificity(alternative), order],
    hides: declarations.some(couldHide),
    parts: alternative.length + walks * partsOfDescendant,
    perSibling: siblings.length,
  }
}

function couldHide({ name, value }: Declaration): boolean {
  if (name === 'position') return value === 'fixed'
  return ['opacity', 'visibility', 'transform', 'translate', 'scale'].includes(name) && value !== 'none'
}

/** Counts siblings, or holds selectors of its own that may. */
function isCounting(part: Selector): boolean {
  return part.type === 'pseudo' && (/child|of-type|empty/.test(part.name) || Array.isArray(part.data))
}

function lazily(alternative: Selector[]): Lazy {
  let match: Match | null = null
  return () => {
    const fresh = match === null
    match ??= compiled(alternative)
    return { matches: match, fresh }
  }
}

function isMoved(part: PseudoSelector): boolean {
  if (readerStates.has(part.name) || neverStates.has(part.name)) return true
  return (
    ['is', 'where', 'matches'].includes(part.name) &&
    nested(part).some((inner) => inner.some((selector) => selector.type === 'pseudo' && isMoved(selector)))
  )
}

/** `:not(:hover)` holds at rest. */
function isAlways(part: PseudoSelector): boolean {
  return (
    part.name === 'not' &&
    nested(part).some((inner) =>
      inner.some((selector) => selector.type === 'pseudo' && isMoved(selector) && selector.name !== 'checked'),
    )
  )
}

function nested(part: PseudoSelector): Selector[][] {
  return Array.isArray(part.data) ? part.data : []
}

function compiled(alternative: Selector[]): Match {
  const tokens =
    alternative.length === 0 || isCombinator(alternative.at(-1)!) ? [...alternative, universal] : alternative
  try {
    return compile<Node, Element>([tokens], { adapter, relativeSelector: false }) as Match
  } catch {
    return () => false // a selector that the matcher does not know: the rule counts as not there
  }
}

const universal = { type: 'universal', namespace: null } as Selector

function isCombinator({ type }: Selector): boolean {
  return ['adjacent', 'child', 'descendant', 'parent', 'sibling', 'column-combinator'].includes(type)
}

/** The most telling name of the last compound: "#id", ".class", "tag", or "*". */
function keyOf(alternative: readonly Selector[]): string {
  const from = alternative.findLastIndex(isCombinator) + 1
  let key = '*'
  for (const part of alternative.slice(from)) {
    if (part.type === 'attribute' && part.name === 'id' && part.action === 'equals') return `#${part.value}`
    if (part.type === 'attribute' && part.name === 'class' && part.action === 'element') key = `.${part.value}`
    else if (part.type === 'tag' && key === '*') key = part.name.toLowerCase()
  }
  return key
}

function specificity(alternative: readonly Selector[]): number {
  let sum = 0
  for (const part of alternative) {
    if (part.type === 'attribute') sum += part.name === 'id' && part.action === 'equals' ? 1_000_000 : 1_000
    else if (part.type === 'tag') sum += 1
    else if (part.type === 'pseudo' && part.name !== 'where')
      sum += Array.isArray(part.data) ? Math.max(0, ...part.data.map(specificity)) : 1_000
  }
  return sum
}

function compared(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}

const adapter: NonNullable<Options<Node, Element>['adapter']> = {
  isTag: (node): node is Element => 'tagName' in node,
  getAttributeValue: (element, name) => attribute(element, name) ?? undefined,
  getChildren: (node) => ('childNodes' in node ? node.childNodes : []),
  getName: (element) => element.tagName,
  getParent: (element) => {
    const parent = element.parentNode
    return parent !== null && 'tagName' in parent ? parent : null
  },
  getSiblings: (node) => ('parentNode' in node && node.parentNode !== null ? node.parentNode.childNodes : [node]),
  getText: (node) =>
    'value' in node
      ? node.value
      : 'childNodes' in node
        ? node.childNodes.map((child) => adapter.getText(child)).join('')
        : '',
  hasAttrib: (element, name) => attribute(element, name) !== null,
  removeSubsets: (nodes) => nodes,
}
