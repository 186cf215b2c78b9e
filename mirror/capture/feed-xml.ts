/**
 * RSS, Atom and RDF, as they are sent. One parser's items are used for one feed, tried in this order, which is the same on
 * every capturer:
 *
 *   rss-parser   well-formed RSS and RDF without `xml:base`, on bytes we fetched and decoded ourselves
 *   feedsmith    Atom, `xml:base`, prefixes, and what is not well-formed
 *   feedsmith    once more, after every open element was closed
 */

import { type DefaultTreeAdapterMap, parseFragment } from 'parse5'
import { escapeMarkup } from '../../protocol/post-html.ts'
import type { Node } from './html-resources.ts'
import { closedFeed, feedMarkup } from './lenient-xml.ts'

type TextNode = DefaultTreeAdapterMap['textNode']

export type RawItem = {
  readonly id: string
  readonly link: string | null
  /** What the link is relative to, by `xml:base`; relative to the feed's own place. */
  readonly bases: readonly string[]
  /** Text, without markup. */
  readonly title: string
  readonly published: string | null
  readonly updated: string | null
  /** The body as HTML; null where the feed has none. */
  readonly article: string | null
}
export type RawFeed = { readonly title: string; readonly items: readonly RawItem[] }

/** Entries that are read of a feed. Feeds put the newest first, or nearly. */
const entriesMax = 200

/** null where it is no feed that can be read. */
export async function readXmlFeed(text: string): Promise<RawFeed | null> {
  const markup = feedMarkup(text)
  if (markup === null) return null
  const plain = /^<(rss|rdf:RDF)[\s>]/.test(markup) && !/\sxml:base\s*=/.test(markup)
  const first = plain ? await byRssParser(markup) : null
  return first ?? (await byFeedsmith(markup)) ?? (await byFeedsmith(closedFeed(markup)))
}

type RssItem = Readonly<Record<'guid' | 'id' | 'link' | 'title' | 'isoDate' | 'updated' | 'guids', unknown>> & {
  readonly content?: unknown
  readonly 'content:encoded'?: unknown
}

/** The parser is loaded with the first feed: most members of a network read none. */
async function byRssParser(markup: string): Promise<RawFeed | null> {
  const { default: Parser } = await import('rss-parser')
  const parser = new Parser<object, RssItem>({
    customFields: { item: ['id', 'updated', ['guid', 'guids', { keepArray: true }]] },
  })
  try {
    const feed = await parser.parseString(markup)
    return { title: plainText(textField(feed.title)), items: feed.items.slice(0, entriesMax).map(fromRssParser) }
  } catch {
    return null // not well-formed, or no feed at all: the caller has other ways
  }
}

function fromRssParser(item: RssItem): RawItem {
  const guid = Array.isArray(item.guids) ? (item.guids[0] as { $?: { isPermaLink?: string } } | undefined) : undefined
  const id = textField(item.id) || textField(item.guid)
  return {
    id,
    link: textField(item.link) || permalink(textField(item.guid), guid?.$?.isPermaLink !== 'false'),
    bases: [],
    title: plainText(textField(item.title)),
    published: textField(item.isoDate) || null,
    updated: textField(item.updated) || null,
    article: textField(item['content:encoded']) || textField(item.content) || null,
  }
}

/** xml2js gives an element with attributes as an object with its text under `_`. */
function textField(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return textField(value[0])
  if (typeof value === 'object' && value !== null && '_' in value) return textField((value as { _: unknown })._)
  return ''
}

/** A `guid` is a link where it does not say otherwise and looks like one. */
function permalink(guid: string, isLink: boolean): string | null {
  return isLink && /^https?:\/\//.test(guid) ? guid : null
}

async function byFeedsmith(markup: string): Promise<RawFeed | null> {
  const { parseFeed } = await import('feedsmith')
  try {
    const read = parseFeed(markup, { maxItems: entriesMax })
    if (read.format === 'atom') return fromAtom(read.feed)
    return read.format === 'rss' || read.format === 'rdf' ? fromRss(read.feed) : null
  } catch {
    return null // no feed, or one that is too broken
  }
}

type Based = { readonly xml?: { readonly base?: string } | undefined }
type AtomText = { readonly value?: string; readonly type?: string }
type AtomFeed = Based & {
  readonly title?: AtomText
  readonly entries?: readonly (Based & {
    readonly id?: string
    readonly title?: AtomText
    readonly links?: readonly { readonly href?: string; readonly rel?: string }[]
    readonly published?: string
    readonly updated?: string
    readonly content?: AtomText & { readonly src?: string }
    readonly summary?: AtomText
  })[]
}

function fromAtom(feed: AtomFeed): RawFeed {
  const base = feed.xml?.base
  const items = (feed.entries ?? []).map((entry): RawItem => {
    const link = entry.links?.find(({ rel }) => rel === undefined || rel === 'alternate')
    const body = entry.content?.src === undefined ? (entry.content ?? entry.summary) : entry.summary
    return {
      id: entry.id?.trim() ?? '',
      link: link?.href ?? null,
      bases: [base, entry.xml?.base].filter((url) => url !== undefined),
      title: typedText(entry.title),
      published: entry.published ?? entry.updated ?? null,
      updated: entry.updated ?? null,
      article: body?.value === undefined ? null : /html/.test(body.type ?? '') ? body.value : escapeMarkup(body.value),
    }
  })
  return { title: typedText(feed.title), items }
}

type RssFeed = Based & {
  readonly title?: string
  readonly items?: readonly (Based & {
    readonly title?: string
    readonly link?: string
    readonly guid?: { readonly value?: string; readonly isPermaLink?: boolean }
    readonly pubDate?: string
    readonly description?: string
    readonly content?: { readonly encoded?: string }
    readonly dc?: { readonly dates?: readonly string[] }
    readonly rdf?: { readonly about?: string }
  })[]
}

function fromRss(feed: RssFeed): RawFeed {
  const base = feed.xml?.base
  const items = (feed.items ?? []).map((item): RawItem => {
    const guid = item.guid?.value?.trim() ?? ''
    return {
      id: guid,
      link: item.link ?? permalink(guid, item.guid?.isPermaLink !== false) ?? item.rdf?.about ?? null,
      bases: [base, item.xml?.base].filter((url) => url !== undefined),
      title: plainText(item.title ?? ''),
      published: item.pubDate ?? item.dc?.dates?.[0] ?? null,
      updated: null,
      article: item.content?.encoded ?? item.description ?? null,
    }
  })
  return { title: plainText(feed.title ?? ''), items }
}

/** RFC 4287, 3.1.1: text, or markup of which the text is wanted. */
function typedText(text: AtomText | undefined): string {
  const value = text?.value ?? ''
  return /html/.test(text?.type ?? '') ? markupText(value) : value.trim()
}

/** RSS does not say whether a title is text or markup: entities that are left in it are read, tags are not. */
function plainText(text: string): string {
  return /&(#?\w{2,31});/.test(text) ? markupText(text.replaceAll('<', '&lt;')) : text.trim()
}

function markupText(markup: string): string {
  let text = ''
  const stack: Node[] = [parseFragment(markup)]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += raised(node)
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse())
  }
  return text.replace(/\s+/g, ' ').trim()
}

/** A number that is raised or lowered stays so where there are characters for it: 10⁶ is not 106. */
function raised(node: TextNode): string {
  const parent = node.parentNode !== null && 'tagName' in node.parentNode ? node.parentNode.tagName : ''
  if (!/^(sup|sub)$/.test(parent) || !/^[0-9+-]{1,20}$/.test(node.value)) return node.value
  const marks = parent === 'sup' ? '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻' : '₀₁₂₃₄₅₆₇₈₉₊₋'
  return [...node.value].map((mark) => marks['0123456789+-'.indexOf(mark)]).join('')
}
