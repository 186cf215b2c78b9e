/**
 * A feed as a snapshot names it: ids, links, titles and dates of its newest entries, and their bodies for blogs whose own
 * pages show nothing without scripts. RSS, Atom and RDF (feed-xml.ts), and JSON Feed. The type that a server gives a feed
 * says little: what is read is what the bytes are.
 */

import { latin1, textOf } from '../../protocol/bytes.ts'
import { feedIds } from '../../protocol/feed-ids.ts'
import type { FeedItem } from '../../protocol/objects.ts'
import { escapeMarkup } from '../../protocol/post-html.ts'
import { declaredXml, decodeXml } from './charset.ts'
import { cutBytes } from './cut.ts'
import { type RawFeed, type RawItem, readXmlFeed } from './feed-xml.ts'
import { resolveUrl } from './url.ts'

/** Entries a snapshot names. Feeds put the newest first, or nearly. */
export const feedItemsMax = 20
const idBytesMax = 1024

export type Feed = {
  readonly title: string
  readonly items: readonly FeedItem[]
  /** Bodies as HTML, by id. */
  readonly articles: ReadonlyMap<string, string>
  /** What the feed says of its charset, in lower case; null where it says nothing. */
  readonly charset: string | null
}

/** Newest first, at most twenty. `url` is where the bytes came from. null where it is no feed that can be read. */
export async function readFeed(bytes: Uint8Array, type: string, url: string): Promise<Feed | null> {
  const raw = /json/.test(type) || beginsAsJson(bytes) ? readJsonFeed(bytes) : await readXmlFeed(decodeXml(bytes, type))
  if (raw === null) return null
  const links = raw.items.map((item) => linkOf(item, url))
  const ids = feedIds(raw.items.map(({ id }, i) => ({ id, link: links[i] ?? '' })))
  const articles = new Map<string, string>()
  const items: FeedItem[] = []
  for (const [i, item] of raw.items.entries()) {
    const id = cutBytes(ids[i] ?? '', idBytesMax)
    if (id === '' || items.some((known) => known.id === id)) continue
    items.push(itemOf(item, id, links[i] ?? null))
    if (item.article !== null) articles.set(id, item.article)
  }
  const dated = items.every((item) => item.published !== undefined || item.updated !== undefined)
  if (dated) items.sort((a, b) => (b.published ?? b.updated!) - (a.published ?? a.updated!))
  return {
    title: cutBytes(raw.title, 300),
    items: items.slice(0, feedItemsMax),
    articles,
    charset: declaredXml(bytes, type),
  }
}

/** Whatever it is called; some servers put a byte order mark or blank lines before it. */
function beginsAsJson(bytes: Uint8Array): boolean {
  return /^(\xef\xbb\xbf)?[ \t\r\n]{0,50}\{/.test(latin1(bytes.subarray(0, 60)))
}

function readJsonFeed(bytes: Uint8Array): RawFeed | null {
  try {
    const feed = JSON.parse((textOf(bytes) ?? '').replace(/^\ufeff/, '')) as {
      version?: unknown
      title?: unknown
      items?: unknown
    }
    if (!String(feed.version).includes('jsonfeed.org') || !Array.isArray(feed.items)) return null
    const items = feed.items.filter((item) => typeof item === 'object' && item !== null) as Record<string, unknown>[]
    return { title: String(feed.title ?? ''), items: items.map(fromJson) }
  } catch {
    return null // not JSON
  }
}

function fromJson(item: Record<string, unknown>): RawItem {
  const text = (name: string) => {
    const value = item[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  }
  return {
    id: text('id'),
    link: text('url') || null,
    bases: [],
    title: text('title'),
    published: text('date_published') || null,
    updated: text('date_modified') || null,
    article: text('content_html') || escapeMarkup(text('content_text')) || null,
  }
}

function linkOf({ link, bases }: RawItem, feedUrl: string): string | null {
  const base = bases.reduce((outer, inner) => URL.parse(inner, outer)?.href ?? outer, feedUrl)
  return link === null ? null : resolveUrl(link, base)
}

function itemOf(raw: RawItem, id: string, link: string | null): FeedItem {
  const published = timeOf(raw.published)
  const updated = timeOf(raw.updated)
  return {
    id,
    title: cutBytes(raw.title, 300),
    ...(link === null ? {} : { url: link }),
    ...(published === null ? {} : { published }),
    ...(updated === null ? {} : { updated }),
  }
}

function timeOf(value: string | null): number | null {
  const time = Date.parse(value ?? '')
  return Number.isSafeInteger(time) && time >= 0 ? time : null
}
