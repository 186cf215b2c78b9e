/**
 * The rules of a stylesheet, as far as they say whether and where something is seen. On css-tree's tokens, like everything
 * here that reads foreign styles: tokens survive every syntax error. Pure, one pass.
 */
import { tokenize, tokenTypes } from 'css-tree/tokenizer'
import { ident } from 'css-tree/utils'

export type Declaration = { readonly name: string; readonly value: string; readonly important: boolean }
export type StyleRule = {
  readonly selector: string
  readonly declarations: readonly Declaration[]
  /** Rules in a layer yield to those outside. */
  readonly layered: boolean
}
export type StyleSheet = {
  readonly rules: readonly StyleRule[]
  /** Names of animations that the sheet defines. */
  readonly animations: ReadonlySet<string>
}

type Token = { readonly type: number; readonly text: string }

/** Properties that decide whether and where an element is seen. */
const told = new Set(
  (
    'opacity visibility transform translate scale position inset top left right bottom width height max-height z-index ' +
    'display pointer-events animation animation-name animation-play-state overflow overflow-y grid-area grid-row ' +
    'grid-column clip clip-path'
  ).split(' '),
)
const rulesMax = 20_000
const nestingMax = 12
/** What a reader's screen is taken for where a rule asks and nothing else is said. */
export const screenWidth = 1280

export function styleSheet(css: string, width: number = screenWidth): StyleSheet {
  const reader = new SheetReader(tokensOf(css), width)
  reader.block('', false, 0)
  return { rules: reader.rules, animations: reader.animations }
}

/** The declarations of a `style` attribute, those that are told. */
export function styleDeclarations(style: string): readonly Declaration[] {
  return /[{}]/.test(style) ? [] : (styleSheet(`a{${style}}`).rules[0]?.declarations ?? [])
}

class SheetReader {
  readonly rules: StyleRule[] = []
  readonly animations = new Set<string>()
  readonly #tokens: readonly Token[]
  readonly #width: number
  #at = 0

  constructor(tokens: readonly Token[], width: number) {
    this.#tokens = tokens
    this.#width = width
  }

  /** Everything up to the brace that closes the block which `selector` opened; '' is the sheet itself. */
  block(selector: string, layered: boolean, depth: number): void {
    const declarations: Declaration[] = []
    for (;;) {
      const start = this.#at
      const end = this.#endOfPrelude()
      const stop = this.#tokens[end]
      const prelude = this.#tokens.slice(start, end)
      this.#at = end + 1
      if (stop?.type !== tokenTypes.LeftCurlyBracket) {
        if (selector !== '') declarations.push(...declarationOf(prelude))
        if (stop === undefined || stop.type === tokenTypes.RightCurlyBracket) break
      } else this.#opened(prelude, selector, layered, depth)
    }
    if (declarations.length > 0 && this.rules.length < rulesMax) this.rules.push({ selector, declarations, layered })
  }

  #opened(prelude: readonly Token[], selector: string, layered: boolean, depth: number): void {
    const first = prelude.find((token) => token.type !== tokenTypes.WhiteSpace)
    const rest = textOf(prelude).trim()
    if (first?.type !== tokenTypes.AtKeyword) {
      const nested = selector === '' ? rest : within(selector, rest)
      if (depth >= nestingMax || nested.length > selectorMax) this.#skip()
      else this.block(nested, layered, depth + 1)
      return
    }
    const name = ident.decode(first.text.slice(1)).toLowerCase()
    const condition = rest.slice(first.text.length).trim()
    if (depth >= nestingMax) this.#skip()
    else if (name === 'layer') this.block(selector, true, depth + 1)
    else if (name === 'supports' || (name === 'media' && appliesToScreen(condition, this.#width)))
      this.block(selector, layered, depth + 1)
    else {
      if (/keyframes$/.test(name)) this.animations.add(condition.replace(/["']/g, ''))
      this.#skip()
    }
  }

  /** Where the next `{`, `;` or `}` stands that is in no parenthesis. */
  #endOfPrelude(): number {
    let depth = 0
    for (let at = this.#at; at < this.#tokens.length; at++) {
      const { type } = this.#tokens[at]!
      if (opens.has(type)) depth++
      else if (closes.has(type)) depth = Math.max(0, depth - 1)
      else if (type === tokenTypes.LeftCurlyBracket || type === tokenTypes.RightCurlyBracket) return at
      else if (type === tokenTypes.Semicolon && depth === 0) return at
    }
    return this.#tokens.length
  }

  #skip(): void {
    for (let depth = 1; depth > 0 && this.#at < this.#tokens.length; this.#at++) {
      const { type } = this.#tokens[this.#at]!
      if (type === tokenTypes.LeftCurlyBracket) depth++
      else if (type === tokenTypes.RightCurlyBracket) depth--
    }
  }
}

/** Longer selectors are made by nesting upon nesting. */
const selectorMax = 2_000

function within(outer: string, inner: string): string {
  return inner.includes('&') ? inner.replaceAll('&', `:is(${outer})`) : `:is(${outer}) ${inner}`
}

const opens = new Set([tokenTypes.Function, tokenTypes.LeftParenthesis, tokenTypes.LeftSquareBracket])
const closes = new Set([tokenTypes.RightParenthesis, tokenTypes.RightSquareBracket])

function declarationOf(tokens: readonly Token[]): Declaration[] {
  const colon = tokens.findIndex((token) => token.type === tokenTypes.Colon)
  const name = colon === -1 ? '' : textOf(tokens.slice(0, colon)).trim().toLowerCase()
  if (!told.has(name)) return []
  const text = textOf(tokens.slice(colon + 1))
    .trim()
    .toLowerCase()
  const mark = /!\s*important$/.exec(text)
  const value = mark === null ? text : text.slice(0, mark.index).trimEnd()
  return value.length > 300 ? [] : [{ name, value, important: value !== text }]
}

/**
 * Whether a media query list holds for a reader on a desk who did not ask for less motion. Widths in px, em and rem; what
 * else it asks for counts as given.
 */
export function appliesToScreen(query: string, width: number = screenWidth): boolean {
  return (
    query === '' ||
    query
      .toLowerCase()
      .split(',')
      .some((part) => holds(part, width))
  )
}

const breakpointsMax = 12

/** The widest windows at which the styles could still be those of a narrow one, widest first. */
export function narrowWidths(texts: readonly string[]): readonly number[] {
  const found = new Set<number>()
  for (const text of texts)
    for (const [, side, size, unit] of text.matchAll(
      /(min|max)-width\s{0,3}:\s{0,3}([0-9]{1,4}(?:\.[0-9]{1,4})?)(px|em|rem)/g,
    )) {
      const pixels = Number(size) * (unit === 'px' ? 1 : 16)
      const width = side === 'max' ? pixels : pixels - 0.02
      if (width >= 320 && width < screenWidth) found.add(width)
    }
  return [...found].sort((a, b) => b - a).slice(0, breakpointsMax)
}

function holds(query: string, screen: number): boolean {
  const text = query.trim()
  if (/^(only\s+)?(print|speech|aural|tty|tv|handheld|projection|embossed|braille)\b/.test(text)) return false
  if (/^not\s+(all|screen)\b/.test(text)) return false
  if (
    /prefers-reduced-motion\s*(:\s*reduce\s*)?\)|forced-colors\s*:\s*active|prefers-color-scheme\s*:\s*dark/.test(text)
  )
    return false
  if (/hover\s*:\s*none|pointer\s*:\s*(coarse|none)|scripting\s*:\s*(enabled|initial-only)/.test(text)) return false
  for (const [, side, size, unit] of text.matchAll(/(min|max)-(?:device-)?width\s*:\s*([0-9.]{1,10})(px|em|rem)/g)) {
    const width = Number(size) * (unit === 'px' ? 1 : 16)
    if (side === 'min' ? screen < width : screen > width) return false
  }
  for (const [, sign, size, unit] of text.matchAll(/width\s{0,5}([<>])=?\s{0,5}([0-9.]{1,10})(px|em|rem)/g)) {
    const width = Number(size) * (unit === 'px' ? 1 : 16)
    if (sign === '>' ? screen < width : screen > width) return false
  }
  return true
}

function tokensOf(css: string): Token[] {
  const tokens: Token[] = []
  tokenize(css, (type, start, end) => {
    if (type !== tokenTypes.Comment && type !== tokenTypes.CDO && type !== tokenTypes.CDC)
      tokens.push({ type, text: css.slice(start, end) })
  })
  return tokens
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map((token) => token.text).join('')
}
