/**
 * Stylesheets of strangers, rebuilt so that they can load nothing but what the mirror keeps. The sheet is taken apart into
 * css-tree's tokens and written again: every reference in the spelling of ours, every string and at-keyword re-encoded,
 * everything that only may name a URL (src(), image-set() with variables, …) left out. Tokens rather than a tree, because
 * they survive each syntax error and each new construct the way browsers do. What was written is read once more: a sheet
 * that fails that test is dropped whole.
 */
import { tokenize, tokenTypes } from 'css-tree/tokenizer'
import { ident, string, url as urlToken } from 'css-tree/utils'
import { inertDataUrl } from './inert-data.ts'
import { askedName, renamedAttributes } from './style-policy.ts'

/** A sheet of more characters is not shown: real themes stay far below. */
const sheetCharactersMax = 3_000_000

export type CssLinks = {
  /** Where readers get the file that `reference` names; null where it was not captured. Handed `data:` URLs too. */
  file(reference: string): string | null
  /** Where readers get an imported sheet; null where it was not captured or would import itself. */
  sheet(reference: string): string | null
}

type Token = { readonly type: number; readonly text: string }

/** An address that loads nothing and is valid wherever a URL is: other sources of a font, other cursors still count. */
const nothing = 'data:,'

/** Functions that browsers once used, or may use, to run or load something named in text. */
const refusedFunctions = new Set(['expression', 'alphaimageloader', 'src', 'image', 'paint', 'element', '-moz-element'])
const imageSets = new Set(['image-set', '-webkit-image-set'])
/** What an image-set may hold. A variable in it could turn any string of the sheet into an address. */
const inImageSet = /^(url|type|calc|(-webkit-)?(repeating-)?(linear|radial|conic)-gradient|rgba?|hsla?)$/

/** The sheet, inert. Nothing where it cannot be made so. */
export function inertCss(css: string, links: CssLinks): string {
  if (css.length > sheetCharactersMax) return ''
  const out = new Rebuilt(tokensOf(css), links).sheet()
  return cssProblem(out) === null ? out : ''
}

/** The value of a `style` attribute, inert. Braces cannot stand in one. */
export function inertStyle(declarations: string, links: CssLinks): string {
  return /[{}]/.test(declarations) ? '' : inertCss(declarations, links)
}

/** null where a rebuilt sheet keeps its promise, else what breaks it. The test reads the bytes afresh. */
export function cssProblem(css: string): string | null {
  if (/<[/!]/.test(css)) return 'could end its element'
  const tokens = tokensOf(css)
  for (const [at, { type, text }] of tokens.entries()) {
    if (type === tokenTypes.BadUrl || type === tokenTypes.Url) return `bare url ${text.slice(0, 80)}`
    if (type === tokenTypes.AtKeyword && bareImport(tokens, at)) return 'bare @import'
    if (type !== tokenTypes.Function) continue
    const name = functionName(text)
    if (imageSets.has(name) && bareImage(tokens, at)) return 'bare image-set'
    if (refusedFunctions.has(name)) return `function ${name}`
    if (name !== 'url') continue
    const next = tokens[at + 1]
    const value = next?.type === tokenTypes.String ? string.decode(next.text) : ''
    if (!/^(#|data:,$|data:image\/|data:font\/|\/m\/)/.test(value)) return `address ${value.slice(0, 80)}`
  }
  return null
}

function bareImport(tokens: readonly Token[], at: number): boolean {
  if (ident.decode(tokens[at]!.text.slice(1)).toLowerCase() !== 'import') return false
  const next = tokens.slice(at + 1).find((token) => !isSpace(token))
  return next?.type !== tokenTypes.Function || functionName(next.text) !== 'url'
}

/** A string that an image-set would load, or something that could become one. */
function bareImage(tokens: readonly Token[], at: number): boolean {
  for (let i = at + 1, depth = 1; i < tokens.length && depth > 0; i++) {
    const { type, text } = tokens[i]!
    if (type === tokenTypes.Function && !inImageSet.test(functionName(text))) return true
    if (type === tokenTypes.String && depth === 1) return true
    if (type === tokenTypes.Function || type === tokenTypes.LeftParenthesis) depth++
    if (type === tokenTypes.RightParenthesis) depth--
  }
  return false
}

class Rebuilt {
  readonly #tokens: readonly Token[]
  readonly #links: CssLinks
  #at = 0
  readonly #out: string[] = []

  constructor(tokens: readonly Token[], links: CssLinks) {
    this.#tokens = tokens
    this.#links = links
  }

  sheet(): string {
    while (this.#at < this.#tokens.length) this.#token()
    return this.#out.join('')
  }

  #token(): void {
    const { type, text } = this.#tokens[this.#at++]!
    switch (type) {
      case tokenTypes.Comment:
        this.#out.push('/**/')
        break
      case tokenTypes.CDO:
      case tokenTypes.CDC:
      case tokenTypes.BadUrl:
      case tokenTypes.BadString:
        this.#out.push(' ')
        break
      case tokenTypes.AtKeyword:
        this.#atRule(ident.decode(text.slice(1)).toLowerCase())
        break
      case tokenTypes.Url:
        this.#out.push(this.#reference(urlToken.decode(text)))
        break
      case tokenTypes.String:
        this.#out.push(quoted(string.decode(text)))
        break
      case tokenTypes.Function:
        this.#function(functionName(text))
        break
      case tokenTypes.Delim:
        this.#delim(text)
        break
      case tokenTypes.Ident:
        this.#out.push(
          this.#isOptionalFont(text) ? 'swap' : this.#isAsked(text) ? askedName(text.toLowerCase()) : inText(text),
        )
        break
      default:
        this.#out.push(inText(text))
    }
  }

  /** An attribute in a selector that the copy spells anew. */
  #isAsked(text: string): boolean {
    return renamedAttributes.has(text.toLowerCase()) && /\[\s*$/.test(this.#out.slice(-2).join('').slice(-4))
  }

  /** `font-display: optional` is for second visits: a copy is read once. */
  #isOptionalFont(text: string): boolean {
    if (text.toLowerCase() !== 'optional') return false
    const before = this.#out.slice(-4).join('').trimEnd()
    return /font-display\s{0,5}:$/i.test(before)
  }

  #delim(text: string): void {
    const next = this.#tokens[this.#at]
    this.#out.push(text === '<' && next?.text !== '=' ? '< ' : text)
  }

  #atRule(name: string): void {
    if (name === 'charset' || name === 'namespace') this.#skipStatement()
    else if (name === 'import') this.#import()
    else this.#out.push(/^-?[a-z][a-z-]*$/.test(name) ? `@${name}` : '@unknown')
  }

  #import(): void {
    this.#space()
    const reference = this.#takeReference()
    const path = reference === null ? null : this.#links.sheet(reference)
    if (path === null) this.#skipStatement()
    else this.#out.push(`@import url(${quoted(path)})`)
  }

  /** Reads `url(x)`, `url("x")` or `"x"` where it stands, or leaves everything in place. */
  #takeReference(): string | null {
    const token = this.#tokens[this.#at]
    if (token?.type === tokenTypes.Url) {
      this.#at++
      return urlToken.decode(token.text)
    }
    if (token?.type === tokenTypes.String) {
      this.#at++
      return string.decode(token.text)
    }
    if (token?.type !== tokenTypes.Function || functionName(token.text) !== 'url') return null
    this.#at++
    return this.#argument()
  }

  #function(name: string): void {
    if (name === 'url') {
      const reference = this.#argument()
      this.#out.push(reference === null ? `url("${nothing}")` : this.#reference(reference))
    } else if (imageSets.has(name)) this.#imageSet(name)
    else if (refusedFunctions.has(name) || !/^-{0,2}[a-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}-]*$/iu.test(name)) {
      this.#skipArguments()
      this.#out.push('none')
    } else this.#out.push(`${this.#tokens[this.#at - 1]!.text.includes('\\') ? name : this.#spelled()}(`)
  }

  /** The function's name as the author wrote it: custom functions and some keywords keep their case. */
  #spelled(): string {
    return this.#tokens[this.#at - 1]!.text.slice(0, -1)
  }

  #imageSet(name: string): void {
    const start = this.#at
    const end = this.#endOfArguments()
    const inside = this.#tokens.slice(start, end)
    const strange = inside.some(
      (token) => token.type === tokenTypes.Function && !inImageSet.test(functionName(token.text)),
    )
    if (strange) {
      this.#at = end + 1
      this.#out.push(`url("${nothing}")`)
      return
    }
    this.#out.push(`${name}(`)
    for (let depth = 1; this.#at < end; ) {
      const { type, text } = this.#tokens[this.#at]!
      if (type === tokenTypes.String && depth === 1) {
        this.#at++
        this.#out.push(this.#reference(string.decode(text)))
        continue
      }
      if (type === tokenTypes.Function && functionName(text) !== 'url') depth++
      if (type === tokenTypes.RightParenthesis) depth--
      this.#token()
    }
  }

  /** The string argument of a function whose name was just read; everything up to its end is consumed. */
  #argument(): string | null {
    this.#space()
    const token = this.#tokens[this.#at]
    this.#skipArguments()
    return token?.type === tokenTypes.String ? string.decode(token.text) : null
  }

  #reference(reference: string): string {
    const trimmed = reference.trim()
    if (/^#[\w.:-]{1,200}$/.test(trimmed)) return `url(${quoted(trimmed)})`
    const kept = /^data:/i.test(trimmed) ? inertDataUrl(trimmed) : null
    return `url(${quoted(kept ?? this.#links.file(trimmed) ?? nothing)})`
  }

  #space(): void {
    while (isSpace(this.#tokens[this.#at])) this.#at++
  }

  #endOfArguments(): number {
    let depth = 1
    for (let i = this.#at; i < this.#tokens.length; i++) {
      const { type } = this.#tokens[i]!
      if (type === tokenTypes.Function || type === tokenTypes.LeftParenthesis) depth++
      else if (type === tokenTypes.RightParenthesis && --depth === 0) return i
    }
    return this.#tokens.length
  }

  #skipArguments(): void {
    this.#at = this.#endOfArguments() + 1
  }

  /** To the semicolon, or past the block, that ends an at-rule. */
  #skipStatement(): void {
    let depth = 0
    while (this.#at < this.#tokens.length) {
      const { type } = this.#tokens[this.#at++]!
      if (type === tokenTypes.LeftCurlyBracket) depth++
      else if (type === tokenTypes.RightCurlyBracket && --depth <= 0) return
      else if (type === tokenTypes.Semicolon && depth === 0) return
    }
  }
}

function tokensOf(css: string): Token[] {
  const tokens: Token[] = []
  tokenize(css, (type, start, end) => {
    tokens.push({ type, text: css.slice(start, end) })
  })
  return tokens
}

function inText(text: string): string {
  return text.replace(/\\?</g, '\\3c ')
}

function isSpace(token: Token | undefined): boolean {
  return token?.type === tokenTypes.WhiteSpace || token?.type === tokenTypes.Comment
}

function functionName(text: string): string {
  return ident.decode(text.slice(0, -1)).toLowerCase()
}

/** A CSS string that holds neither quotes nor line ends nor a `<`, whatever the text. */
function quoted(text: string): string {
  const escaped = text.replace(
    /["\\<\u0000-\u001f\u007f]/g,
    (character) => `\\${(character.charCodeAt(0) || 0xfffd).toString(16)} `,
  )
  return `"${escaped}"`
}
