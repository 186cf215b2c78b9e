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

/** Start tags that stand outside of the elements named: in a template, say, they are no page yet. */
export function readTags(
  html: string,
  outside: ReadonlySet<string>,
  tag: (name: string, attributes: ReadonlyMap<string, string>) => void,
): void {
  const inside = new Within(outside)
  readTokens(html, {
    start(name, attributes) {
      inside.start(name)
      if (!inside.is) tag(name, attributes)
    },
    end: (name) => inside.end(name),
  })
}

/** Whether the place that is read lies within one of the elements named. */
class Within {
  readonly #names: ReadonlySet<string>
  /** The outermost of them that is open, and how often it is open in itself. */
  #open = ''
  #depth = 0

  constructor(names: ReadonlySet<string>) {
    this.#names = names
  }

  get is(): boolean {
    return this.#open !== ''
  }

  start(name: string): void {
    if (this.#open === '' && this.#names.has(name)) this.#open = name
    if (name === this.#open) this.#depth++
  }

  end(name: string): void {
    if (name === this.#open && --this.#depth === 0) this.#open = ''
  }
}

const templates = new Set(['template'])

/** What stands in `<meta name="dgos" content="…">`, wherever in the page, but not in templates. */
export function markersIn(html: string): readonly string[] {
  const found: string[] = []
  readTags(html, templates, (name, attributes) => {
    if (name !== 'meta' || attributes.get('name')?.toLowerCase() !== 'dgos') return
    found.push(...(attributes.get('content') ?? '').trim().split(/\s+/))
  })
  return found
}

const unread = new Set(['script', 'style', 'noscript', 'template'])

/** The words between the tags, one space apart. Cut-off documents are normal: an unclosed script runs to the end. */
export function visibleText(html: string): string {
  const parts: string[] = []
  const inside = new Within(unread)
  readTokens(html, {
    start(name) {
      parts.push(' ')
      inside.start(name)
    },
    end(name) {
      parts.push(' ')
      inside.end(name)
    },
    text(text) {
      if (!inside.is) parts.push(text)
    },
  })
  return parts.join('').replace(/\s+/g, ' ').trim()
}
