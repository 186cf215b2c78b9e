/**
 * The files a stylesheet needs. Works on css-tree's tokens rather than its tree: tokens survive every syntax error, and
 * nothing a browser would load hides in a value that the tree keeps raw.
 */
import { tokenize, tokenTypes } from 'css-tree/tokenizer'
import { ident, string, url as urlToken } from 'css-tree/utils'
import { resolveUrl } from './url.ts'

export type CssResource = { readonly url: string; readonly kind: 'style' | 'image' | 'font' }

type Token = { readonly type: number; readonly text: string }

/**
 * Imports, images and fonts, each once, in order, as names of the manifest. Of the several formats of one font face
 * only the one that today's browsers take first is wanted.
 */
export function cssResources(css: string, base: string): CssResource[] {
  const found = new Map<string, CssResource>()
  const add = (reference: string, kind: CssResource['kind']) => {
    const url = resolveUrl(reference, base)
    if (url !== null && !found.has(url)) found.set(url, { url, kind })
  }
  const tokens = tokensOf(css)
  for (let at = 0; at < tokens.length; at++) {
    const { type, text } = tokens[at]!
    if (type === tokenTypes.AtKeyword && ident.decode(text.slice(1)).toLowerCase() === 'import') {
      const next = referenceAt(tokens, at + 1) ?? stringAt(tokens, at + 1)
      if (next !== null) add(next.reference, 'style')
      at = next?.after ?? at
    } else if (type === tokenTypes.AtKeyword && ident.decode(text.slice(1)).toLowerCase() === 'font-face') {
      const end = closing(tokens, at)
      for (const source of fontSources(tokens.slice(at, end))) add(source, 'font')
      at = end
    } else if (type === tokenTypes.Function && /^(-webkit-)?image-set\($/i.test(text)) {
      for (const reference of imageSet(tokens, at)) add(reference, 'image')
    } else {
      const found = referenceAt(tokens, at)
      if (found !== null) add(found.reference, 'image')
    }
  }
  return [...found.values()]
}

function tokensOf(css: string): Token[] {
  const tokens: Token[] = []
  tokenize(css, (type, start, end) => {
    if (type === tokenTypes.WhiteSpace || type === tokenTypes.Comment) return
    tokens.push({ type, text: css.slice(start, end) })
  })
  return tokens
}

/** `url(x)` is one token; `url("x")` a function and a string. */
function referenceAt(tokens: readonly Token[], at: number): { reference: string; after: number } | null {
  const token = tokens[at]
  if (token?.type === tokenTypes.Url) return { reference: urlToken.decode(token.text), after: at }
  if (token?.type !== tokenTypes.Function || !/^(url|src)\($/i.test(token.text)) return null
  return stringAt(tokens, at + 1)
}

function stringAt(tokens: readonly Token[], at: number): { reference: string; after: number } | null {
  const token = tokens[at]
  return token?.type === tokenTypes.String ? { reference: string.decode(token.text), after: at } : null
}

/** Strings of an image-set stand for URLs too, but not those of its `type()`. */
function imageSet(tokens: readonly Token[], at: number): string[] {
  const found: string[] = []
  for (let i = at + 1, depth = 1; i < tokens.length && depth > 0; i++) {
    const { type, text } = tokens[i]!
    if (type === tokenTypes.Function || type === tokenTypes.LeftParenthesis) depth++
    if (type === tokenTypes.RightParenthesis) depth--
    if (type === tokenTypes.String && depth === 1) found.push(string.decode(text))
  }
  return found
}

/** Index of the brace that closes the block after `at`, or the end of the sheet. */
function closing(tokens: readonly Token[], at: number): number {
  let depth = 0
  for (let i = at; i < tokens.length; i++) {
    if (tokens[i]!.type === tokenTypes.LeftCurlyBracket) depth++
    if (tokens[i]!.type === tokenTypes.RightCurlyBracket && --depth <= 0) return i
  }
  return tokens.length
}

/** Best first, as browsers choose. `eot` and svg fonts are for browsers that are gone. */
const fontRanks = ['woff2', 'woff', 'truetype', 'opentype', 'collection', '']

/** The wanted source of one `@font-face`: the best format of all its `src` lists. */
function fontSources(block: readonly Token[]): string[] {
  const sources: { reference: string; rank: number }[] = []
  for (let at = 0; at < block.length; at++) {
    const found = referenceAt(block, at)
    if (found !== null)
      sources.push({ reference: found.reference, rank: fontRank(found.reference, formatAfter(block, found.after)) })
  }
  const best = Math.min(...sources.map((source) => source.rank))
  return sources
    .filter((source) => source.rank === best && best < fontRanks.length)
    .map((source) => source.reference)
    .slice(0, 1)
}

function formatAfter(block: readonly Token[], at: number): string | null {
  for (let i = at + 1; i < Math.min(at + 4, block.length); i++) {
    if (block[i]!.type === tokenTypes.Function && /^format\($/i.test(block[i]!.text)) {
      return block[i + 1]?.text.replace(/["']/g, '').toLowerCase() ?? null
    }
    if (block[i]!.type === tokenTypes.Comma) return null
  }
  return null
}

function fontRank(reference: string, format: string | null): number {
  if (reference.trim().toLowerCase().startsWith('data:')) return fontRanks.length
  const extension = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(reference)?.[1]?.toLowerCase() ?? ''
  const named = { ttf: 'truetype', otf: 'opentype', eot: 'embedded-opentype', svg: 'svg' }[extension] ?? extension
  const name = format?.replace(/-variations$/, '') ?? named
  if (name === 'embedded-opentype' || name === 'svg') return fontRanks.length + 1
  const rank = fontRanks.indexOf(name)
  return rank === -1 ? fontRanks.length - 1 : rank
}
