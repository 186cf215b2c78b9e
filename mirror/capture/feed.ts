/**
 * Feeds: RSS, Atom and RDF through rss-parser's `parseString` on bytes we fetched and decoded ourselves (its own fetch has
 * no limit, no gzip and no charset), and JSON Feed. Only ids, links, titles and dates are taken: rss-parser reorders the
 * bodies of Atom XHTML, so article bodies come from pages.
 */
import { textOf } from '../../protocol/bytes.ts'
import type { FeedItem } from '../../protocol/objects.ts'
import { decodeXml } from './charset.ts'
import { cutBytes } from './cut.ts'
import { resolveUrl } from './url.ts'

/** Entries a snapshot names. Feeds put the newest first, or nearly. */
export const feedItemsMax = 20
const idBytesMax = 1024

export type Feed = { readonly title: string; readonly items: readonly FeedItem[] }

type RawItem = {
  readonly id?: unknown
  readonly guid?: unknown
  readonly link?: unknown
  readonly title?: unknown
  readonly isoDate?: unknown
  readonly updated?: unknown
}

/** Newest first, at most twenty. null where it is no feed that can be read. */
export async function readFeed(bytes: Uint8Array, type: string, url: string): Promise<Feed | null> {
  const raw = /json/.test(type) ? readJsonFeed(bytes) : await readXmlFeed(decodeXml(bytes, type))
  if (raw === null) return null
  const items = raw.items.map((item) => itemOf(item, url)).filter((item) => item !== null)
  const dated = items.every((item) => item.published !== undefined || item.updated !== undefined)
  if (dated) items.sort((a, b) => (b.published ?? b.updated!) - (a.published ?? a.updated!))
  const known = new Set<string>()
  const once = items.filter((item) => !known.has(item.id) && known.add(item.id))
  return { title: cutBytes(raw.title, 300), items: once.slice(0, feedItemsMax) }
}

type RawFeed = { readonly title: string; readonly items: readonly RawItem[] }

async function readXmlFeed(xml: string): Promise<RawFeed | null> {
  return (await parseXml(xml)) ?? (await parseXml(withoutBareAmpersands(xml)))
}

/** The parser is loaded with the first feed: most members of a network read none. */
async function parseXml(xml: string): Promise<RawFeed | null> {
  const { default: Parser } = await import('rss-parser')
  const parser = new Parser<object, RawItem>({ customFields: { item: ['id', 'updated'] } })
  try {
    const feed = await parser.parseString(xml)
    return { title: typeof feed.title === 'string' ? feed.title.trim() : '', items: feed.items }
  } catch {
    return null // not well-formed, or no feed at all: the caller has other ways
  }
}

/** A lone "&" makes the whole document ill-formed; blogs send it in link queries. Only metadata is read afterwards. */
function withoutBareAmpersands(xml: string): string {
  return xml.replace(/&(?![A-Za-z][A-Za-z0-9]{1,31};|#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)/g, '&amp;')
}

function readJsonFeed(bytes: Uint8Array): RawFeed | null {
  try {
    const feed = JSON.parse(textOf(bytes) ?? '') as { version?: unknown; title?: unknown; items?: unknown }
    if (!String(feed.version).includes('jsonfeed.org') || !Array.isArray(feed.items)) return null
    const items = feed.items.filter((one) => typeof one === 'object' && one !== null) as Record<string, unknown>[]
    return {
      title: String(feed.title ?? ''),
      items: items.map(({ id, url, title, date_published, date_modified }) => ({
        id,
        link: url,
        title,
        isoDate: date_published,
        updated: date_modified,
      })),
    }
  } catch {
    return null // not JSON
  }
}

function itemOf(raw: RawItem, feedUrl: string): FeedItem | null {
  const link = typeof raw.link === 'string' ? resolveUrl(raw.link, feedUrl) : null
  const id = textField(raw.id) ?? textField(raw.guid) ?? link
  if (id === null || id === '') return null
  const published = timeOf(raw.isoDate)
  const updated = timeOf(raw.updated)
  return {
    id: cutBytes(id, idBytesMax),
    title: cutBytes(textField(raw.title) ?? '', 300),
    ...(link === null ? {} : { url: link }),
    ...(published === null ? {} : { published }),
    ...(updated === null ? {} : { updated }),
  }
}

/** xml2js gives an element with attributes as an object with its text under `_`. */
function textField(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return textField(value[0])
  if (typeof value === 'object' && value !== null && '_' in value) return textField((value as { _: unknown })._)
  return null
}

function timeOf(value: unknown): number | null {
  const time = Date.parse(textField(value) ?? '')
  return Number.isSafeInteger(time) && time >= 0 ? time : null
}
