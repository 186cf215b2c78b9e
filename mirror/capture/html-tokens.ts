/**
 * Html as a line of tokens, for questions that need no tree: which tags stand in it, which words. Linear in time, and
 * nothing is kept: a document that would make a tree of gigabytes costs no more here than any other of its length.
 */
import { Tokenizer, TokenizerMode } from 'parse5'

export type HtmlTokens = {
  /** A start tag; names in lower case, of two attributes of one name the first. */
  start?(name: string, attributes: ReadonlyMap<string, string>): void
  end?(name: string): void
  text?(text: string): void
}

/** Elements whose text is no markup, as the HTML standard tells tokenizers of a reader without scripts. */
const modes: Readonly<Record<string, (typeof TokenizerMode)[keyof typeof TokenizerMode]>> = {
  title: TokenizerMode.RCDATA,
  textarea: TokenizerMode.RCDATA,
  style: TokenizerMode.RAWTEXT,
  xmp: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  script: TokenizerMode.SCRIPT_DATA,
  plaintext: TokenizerMode.PLAINTEXT,
}

export function readTokens(html: string, tokens: HtmlTokens): void {
  const text = ({ chars }: { readonly chars: string }) => tokens.text?.(chars)
  const tokenizer = new Tokenizer(
    {},
    {
      onStartTag({ tagName, attrs }) {
        tokens.start?.(tagName, new Map(attrs.map(({ name, value }) => [name, value] as const).reverse()))
        const mode = modes[tagName]
        if (mode !== undefined) tokenizer.state = mode
      },
      onEndTag: ({ tagName }) => tokens.end?.(tagName),
      onCharacter: text,
      onWhitespaceCharacter: text,
      onNullCharacter() {},
      onComment() {},
      onDoctype() {},
      onEof() {},
    },
  )
  tokenizer.write(html, true)
}

/** What stands in `<meta name="dgos" content="…">`, wherever in the page, but not in templates: they are no page yet. */
export function markersIn(html: string): readonly string[] {
  const found: string[] = []
  let templates = 0
  readTokens(html, {
    start(name, attributes) {
      if (name === 'template') templates++
      if (templates > 0 || name !== 'meta' || attributes.get('name')?.toLowerCase() !== 'dgos') return
      found.push(...(attributes.get('content') ?? '').trim().split(/\s+/))
    },
    end(name) {
      if (name === 'template' && templates > 0) templates--
    },
  })
  return found
}

const unseen = new Set(['script', 'style', 'noscript', 'template'])

/** The words between the tags, one space apart. Cut-off documents are normal: an unclosed script runs to the end. */
export function visibleText(html: string): string {
  const parts: string[] = []
  /** The unseen element that is open, and how often it is open in itself. */
  let within = ''
  let depth = 0
  readTokens(html, {
    start(name) {
      parts.push(' ')
      if (within === '' && unseen.has(name)) within = name
      if (name === within) depth++
    },
    end(name) {
      parts.push(' ')
      if (name === within && --depth === 0) within = ''
    },
    text(text) {
      if (within === '') parts.push(text)
    },
  })
  return parts.join('').replace(/\s+/g, ' ').trim()
}
