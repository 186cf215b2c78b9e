/** What a page says, for comparing it with itself an hour later or elsewhere: never for showing. Pure. */
import { cutBytes } from './cut.ts'
import {
  attribute,
  baseOf,
  type Document,
  type Element,
  elementsOf,
  htmlResources,
  type Node,
} from './html-resources.ts'
import { isSeenPicture, isShell } from './shell.ts'
import { resolveUrl } from './url.ts'

export type PageFacts = {
  readonly title: string
  readonly language: string | null
  /** What the page calls its own address; relative spellings resolved. */
  readonly canonical: string | null
  /** Feeds that the head names, in its order. */
  readonly feeds: readonly string[]
  /** Value of `<meta name="dgos">`: the blog that this page says it belongs to. */
  readonly marker: string | null
  /** All text a reader sees, folded. */
  readonly text: string
  /** The folded text of the article alone: without navigation, comments, dates, share buttons. */
  readonly article: string
  readonly images: number
  readonly asksPassword: boolean
  /** Nothing is to be read before a script has run. */
  readonly shell: boolean
  /** The folded text of the first `h1`. */
  readonly heading: string
  /** Pages of the same site that the page links to, each once; without itself, its ways to log in, and its files. */
  readonly links: readonly string[]
  /** All text but that of those links: what the page says itself, not what its posts are called. */
  readonly unlinked: string
}

const unseen = new Set(['script', 'style', 'template', 'head', 'svg', 'iframe', 'object', 'noscript', 'noframes'])
const aroundArticle = new Set([...unseen, 'nav', 'aside', 'footer', 'form', 'button', 'time'])
const aroundNames =
  /(^|[\s_-])(comments?|share|sharing|sharedaddy|related|sidebar|widget|views?|counter|breadcrumbs?|pagination|nav)([\s_-]|$)/i

export function pageFacts(document: Document, pageUrl: string): PageFacts {
  const facts = {
    title: '',
    language: null as string | null,
    marker: null as string | null,
    images: 0,
    asksPassword: false,
    heading: null as string | null,
  }
  for (const element of elementsOf(document)) {
    const name = element.tagName
    if (name === 'html') facts.language = languageOf(attribute(element, 'lang'))
    else if (name === 'title' && facts.title === '' && element.namespaceURI.endsWith('xhtml')) {
      facts.title = cutBytes(
        textIn(element, () => false)
          .replace(/\s+/g, ' ')
          .trim(),
        300,
      )
    } else if (name === 'h1') facts.heading ??= fold(textIn(element, (element) => unseen.has(element.tagName)))
    else if (isSeenPicture(element)) facts.images++
    else if (name === 'input' && attribute(element, 'type')?.toLowerCase() === 'password') facts.asksPassword = true
    else if (name === 'meta' && attribute(element, 'name') === 'dgos') facts.marker ??= attribute(element, 'content')
  }
  const links = ownLinks(document, pageUrl)
  const text = fold(textIn(document, (element) => unseen.has(element.tagName)))
  return {
    ...facts,
    shell: isShell(document, links),
    heading: facts.heading ?? '',
    links: [...new Set(links.values())].slice(0, linksMax),
    unlinked: fold(textIn(document, (element) => unseen.has(element.tagName) || links.has(element))),
    canonical: canonicalOf(document, pageUrl),
    feeds: feedsOf(document, pageUrl),
    text,
    article: articleText(document),
  }
}

/** Links that are remembered of a page. */
const linksMax = 400
const notPages =
  /\.(css|js|png|jpe?g|gif|webp|avif|svg|ico|pdf|zip|xml|json|php)$|^\/(wp-login|wp-admin|login|signin|cgi-sys)/i

/** Links to other pages of this site, by element. Queries alone make no page: parking pages link to their own searches. */
function ownLinks(document: Document, pageUrl: string): ReadonlyMap<Element, string> {
  const base = baseOf(document, pageUrl)
  const self = URL.parse(pageUrl)
  const found = new Map<Element, string>()
  for (const element of elementsOf(document)) {
    const url = element.tagName === 'a' ? resolveUrl(attribute(element, 'href') ?? '', base) : null
    const place = url === null ? null : URL.parse(url)
    if (place === null || self === null || place.host !== self.host) continue
    const known = /^\?(p|page_id|post)=[0-9]+$/.test(place.search)
    if ((place.pathname === self.pathname || place.pathname === '/') && !known) continue
    if (!notPages.test(place.pathname) || known) found.set(element, url!)
  }
  return found
}

/** NFKC, lower case, white space as single blanks: two captures of one text agree, whatever their markup. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** One line for everything that makes two fetches of a page the same page: nonces, counters in scripts and comments do not. */
export function essenceOf(facts: PageFacts, document: Document, pageUrl: string): string {
  const files = htmlResources(document, pageUrl).map((htmlResource) => htmlResource.url)
  return JSON.stringify([facts.title, facts.text, facts.marker, files.sort()])
}

function articleText(document: Document): string {
  const around = (element: Element) =>
    aroundArticle.has(element.tagName) ||
    (aroundNames.test(`${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`) &&
      element.tagName !== 'body' &&
      element.tagName !== 'html')
  const texts = (fits: (element: Element) => boolean) =>
    [...elementsOf(document)].filter(fits).map((element) => fold(textIn(element, around, element)))
  const isBody = (element: Element) =>
    attribute(element, 'itemprop') === 'articleBody' ||
    /(^|\s)(entry-content|post-content|article-entry|e-content)(\s|$)/.test(attribute(element, 'class') ?? '')
  const levels = [
    isBody,
    (element: Element) => element.tagName === 'article',
    (element: Element) => element.tagName === 'main',
    (element: Element) => element.tagName === 'body',
  ]
  for (const level of levels) {
    const longest = texts(level).sort((a, b) => b.length - a.length)[0]
    if (longest !== undefined && longest !== '') return longest
  }
  return ''
}

/** Text below a node; `skips` prunes, except at the node itself. */
function textIn(node: Node, skips: (element: Element) => boolean, self?: Element): string {
  const parts: string[] = []
  const stack: Node[] = [node]
  while (stack.length > 0) {
    const node = stack.pop()!
    if (node.nodeName === '#text' && 'value' in node) parts.push(node.value)
    if ('tagName' in node && node !== self && skips(node)) continue
    if ('tagName' in node) parts.push(' ')
    if ('childNodes' in node) for (let i = node.childNodes.length - 1; i >= 0; i--) stack.push(node.childNodes[i]!)
  }
  return parts.join('')
}

function languageOf(value: string | null): string | null {
  const text = value?.trim() ?? ''
  return text.length <= 35 && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(text) ? text : null
}

const feedTypes = [
  'application/feed+json',
  'application/atom+xml',
  'application/rss+xml',
  'application/rdf+xml',
  'text/xml',
]

function canonicalOf(document: Document, pageUrl: string): string | null {
  for (const element of elementsOf(document)) {
    if (element.tagName !== 'link' || attribute(element, 'rel')?.toLowerCase().trim() !== 'canonical') continue
    return resolveUrl(attribute(element, 'href') ?? '', baseOf(document, pageUrl))
  }
  return null
}

/** The blog's own feed comes first in themes; comment feeds and those of single posts are no use here. */
function feedsOf(document: Document, pageUrl: string): string[] {
  const base = baseOf(document, pageUrl)
  const found: string[] = []
  for (const element of elementsOf(document)) {
    if (element.tagName !== 'link' && element.tagName !== 'a') continue
    const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/)
    const type = attribute(element, 'type')?.toLowerCase().split(';')[0] ?? ''
    const url = resolveUrl(attribute(element, 'href') ?? '', base)
    if (url === null || !rel.includes('alternate') || !feedTypes.includes(type)) continue
    const title = attribute(element, 'title') ?? ''
    const comments = /comments?\/feed|comments\/default|comment/i.test(`${url} ${title}`)
    if (!comments && !found.includes(url)) found.push(url)
  }
  return found
}
