/**
 * Markdown → the normal-form html of protocol/post-html.ts, made on the author's device. Raw html is text. Links that are
 * not absolute are resolved against the blog's address; what cannot be a link keeps its words. Images name attachments,
 * as `![alt](blob:<sha256>)` or by the attachment's file name.
 */
import MarkdownIt from 'markdown-it'
import type { Attachment } from '../../protocol/objects.ts'
import { escapeMarkup, linkGrammar } from '../../protocol/post-html.ts'
import { footnotes, type Notes, newNotes } from './footnotes.ts'
import { cleanValue, type Element, element, type Node, writeNormalForm } from './html-tree.ts'

export type MarkdownContext = {
  readonly attachments: readonly Attachment[]
  /** The blog's address, for links like `/about`. */
  readonly base?: string
}

type Token = ReturnType<(typeof markdown)['parse']>[number]

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.validateLink = () => true // every link is checked by the grammar of the normal form instead
markdown.use(footnotes)

const tags: Readonly<Record<string, string>> = {
  paragraph_open: 'p',
  bullet_list_open: 'ul',
  ordered_list_open: 'ol',
  list_item_open: 'li',
  blockquote_open: 'blockquote',
  table_open: 'table',
  thead_open: 'thead',
  tbody_open: 'tbody',
  tr_open: 'tr',
  th_open: 'th',
  td_open: 'td',
  em_open: 'em',
  strong_open: 'strong',
  s_open: 'del',
}

/** Always in the normal form, whatever is handed in. The post's title is the page's `h1`, so `#` gives `h2`. */
export function markdownToHtml(source: string, context: MarkdownContext): string {
  const notes = newNotes()
  const env = { notes }
  const read = (text: string) => new TreeReader(context).read(markdown.parse(text.toWellFormed(), env))
  const body = read(source)
  return writeNormalForm([...body, ...noteList(notes, read)])
}

/** Notes may mention further notes: the list grows while it is read. */
function noteList(notes: Notes, read: (text: string) => Node[]): Element[] {
  const items: Element[] = []
  for (let i = 0; i < notes.order.length; i++) {
    const text = read(notes.texts.get(notes.order[i]!)!)
    const back = element('a', ['↩'], [['href', `#fr-${i + 1}`]])
    const last = text.at(-1)
    const whole =
      typeof last === 'object' && last.tag === 'p'
        ? [...text.slice(0, -1), element('p', [...last.children, ' ', back])]
        : [...text, element('p', [back])]
    items.push(element('li', whole, [['id', `fn-${i + 1}`]]))
  }
  return items.length === 0 ? [] : [element('hr'), element('ol', items)]
}

class TreeReader {
  readonly #context: MarkdownContext

  constructor(context: MarkdownContext) {
    this.#context = context
  }

  read(tokens: readonly Token[]): Node[] {
    const stack: { open: (children: Node[]) => readonly Node[]; children: Node[] }[] = []
    let children: Node[] = []
    for (const token of tokens) {
      if (token.nesting === 1) {
        stack.push({ open: this.#opened(token), children })
        children = []
      } else if (token.nesting === -1) {
        const { open, children: outer } = stack.pop()!
        outer.push(...open(children))
        children = outer
      } else children.push(...this.#leaf(token))
    }
    return children
  }

  #opened(token: Token): (children: Node[]) => readonly Node[] {
    if (token.type === 'link_open') return (children) => this.#link(String(token.attrGet('href') ?? ''), children)
    if (token.hidden) return (children) => children
    if (token.type === 'heading_open') {
      const level = Math.min(4, Math.max(2, Number(token.tag.slice(1)) + 1))
      return (children) => [element(`h${level}`, children)]
    }
    const tag = tags[token.type]
    return (children) => (tag === undefined ? children : [element(tag, children)])
  }

  #leaf(token: Token): Node[] {
    switch (token.type) {
      case 'inline':
        return this.read(token.children ?? [])
      case 'softbreak':
        return ['\n']
      case 'hardbreak':
        return [element('br')]
      case 'hr':
        return [element('hr')]
      case 'code_inline':
        return [element('code', [token.content])]
      case 'fence':
      case 'code_block':
        return [element('pre', [element('code', [token.content])])]
      case 'image':
        return this.#image(String(token.attrGet('src') ?? ''), plainText(token.children ?? []))
      case 'footnote':
        return [noteMark(token.meta as { number: number; first: boolean })]
      default:
        return token.content === '' ? [] : [token.content]
    }
  }

  #link(href: string, children: readonly Node[]): readonly Node[] {
    const target = this.#absolute(href)
    if (target === null) return children
    return [element('a', children.length > 0 ? children : [target], [['href', target]])]
  }

  #image(src: string, alt: string): Node[] {
    const hash = src.startsWith('blob:') ? src.slice(5) : null
    const name = decoded(src)
    const file = this.#context.attachments.find((attachment) =>
      hash === null ? attachment.name === name : attachment.blob === hash,
    )
    if (file === undefined) return [...this.#link(src, [alt.trim() === '' ? src : alt])]
    const size = file.width !== undefined && file.height !== undefined ? [file.width, file.height] : []
    const named = size.map((value, i) => [i === 0 ? 'width' : 'height', String(value)] as const)
    return [element('img', [], [['src', `blob:${file.blob}`], ['alt', alt.trim() === '' ? file.alt : alt], ...named])]
  }

  /** The link as the normal form has it, or null where it cannot have it. */
  #absolute(href: string): string | null {
    const fits = (link: string) => linkGrammar.test(escapeMarkup(link)) && cleanValue(link) === link
    if (/^#/.test(href)) return null // the document has no targets but its notes
    if (/^[a-z][a-z0-9+.-]*:/i.test(href)) {
      const lower = href.replace(/^[a-z]+/i, (scheme) => scheme.toLowerCase())
      return fits(lower) ? lower : null
    }
    if (this.#context.base === undefined || !URL.canParse(href, this.#context.base)) return null
    const link = new URL(href, this.#context.base).href
    return fits(link) ? link : null
  }
}

function noteMark({ number, first }: { number: number; first: boolean }): Element {
  const link = element('a', [String(number)], [['href', `#fn-${number}`]])
  return element('sup', [link], first ? [['id', `fr-${number}`]] : [])
}

function plainText(tokens: readonly Token[]): string {
  const part = (token: Token) =>
    token.type === 'softbreak' ? ' ' : token.children ? plainText(token.children) : token.content
  return tokens.map(part).join('')
}

function decoded(src: string): string {
  try {
    return decodeURI(src)
  } catch {
    return src // a stray percent sign: the name as it stands
  }
}
