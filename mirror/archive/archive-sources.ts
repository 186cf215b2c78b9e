/**
 * What names the pages of a whole blog: sitemaps and their indexes, and feeds page by page (RFC 5005's next and
 * prev-archive; WordPress's `paged`; Blogger's `start-index`). Pure: strangers' documents, read in a thread.
 */
import type { Job } from '../../lib/workers.ts'
import { decodeXml } from '../capture/charset.ts'
import { readXmlFeed } from '../capture/feed-xml.ts'
import { xmlText } from '../capture/lenient-xml.ts'
import { pathBelow, resolveUrl } from '../capture/url.ts'

export type SourceInput = {
  readonly bytes: Uint8Array
  readonly type: string
  /** Where it came from. */
  readonly url: string
  /** The blog's. */
  readonly address: string
}
export type Source = {
  /** Pages below the blog's address. */
  readonly pages: readonly string[]
  /** Sources that it leads to. */
  readonly sources: readonly string[]
  /** It names sitemaps, which have changed with it. */
  readonly isIndex: boolean
}

/** Entries that are read of one sitemap: as many as its standard allows. */
const entriesMax = 50_000
const sourcesMax = 1_000
/** Pages of one feed that are asked for. */
const feedPagesMax = 2_000

/** Where sitemaps are when nothing names them. */
export function usualSources(address: string): readonly string[] {
  return ['sitemap.xml', 'wp-sitemap.xml', 'sitemap_index.xml'].flatMap((path) => resolveUrl(path, address) ?? [])
}

export async function readSource({ bytes, type, url, address }: SourceInput): Promise<Source> {
  const text = decodeXml(bytes, type)
  const below = (found: readonly string[]) => [...new Set(found.filter((link) => pathBelow(link, address) !== null))]
  if (/<(sitemapindex|urlset)[\s>]/.test(text.slice(0, 4096))) {
    const locations = locationsOf(text, url)
    const isIndex = /<sitemapindex[\s>]/.test(text.slice(0, 4096))
    return isIndex
      ? { pages: [], sources: below(locations).slice(0, sourcesMax), isIndex }
      : { pages: below(locations), sources: [], isIndex }
  }
  const feed = await readXmlFeed(text)
  if (feed === null) return { pages: [], sources: [], isIndex: false }
  const links = feed.items.map(({ link, bases }) => {
    const base = bases.reduce((outer, inner) => URL.parse(inner, outer)?.href ?? outer, url)
    return link === null ? null : resolveUrl(link, base)
  })
  const pages = below(links.filter((link) => link !== null))
  return { pages, sources: pages.length === 0 ? [] : below(nextFeeds(text, url)), isIndex: false }
}

export const sourceJob: Job<SourceInput, Source> = { name: 'read-source', act: readSource }

function locationsOf(text: string, url: string): string[] {
  const found: string[] = []
  for (const part of text.split('<loc>', entriesMax + 1).slice(1)) {
    const end = part.indexOf('</loc>')
    const link = end < 0 || end > 1100 ? null : resolveUrl(xmlText(part.slice(0, end)), url)
    if (link !== null) found.push(link)
  }
  return found
}

/** The next page of the feed: as it says itself, else as its software is known to count. */
function nextFeeds(text: string, url: string): readonly string[] {
  const head = text.slice(0, 16_384)
  const said: string[] = []
  for (const part of head.split(/<(?:[a-z0-9]+:)?link\s/i, 200).slice(1)) {
    const tag = part.slice(0, part.indexOf('>') + 1)
    if (!/\brel=["'](next|prev-archive)["']/i.test(tag)) continue
    const href = /\bhref=["']([^"']{1,1100})["']/i.exec(tag)?.[1]
    const link = href === undefined ? null : resolveUrl(xmlText(href), url)
    if (link !== null) said.push(link)
  }
  if (said.length > 0) return said
  const place = new URL(url)
  if (/<generator[^>]{0,300}>[^<]{0,200}wordpress/i.test(head)) return counted(place, 'paged', 1, 1)
  if (/<generator[^>]{0,300}>[^<]{0,200}blogger/i.test(head)) return counted(place, 'start-index', 1, 25)
  return []
}

function counted(place: URL, name: string, first: number, step: number): readonly string[] {
  const at = Number(place.searchParams.get(name) ?? first)
  if (!Number.isSafeInteger(at) || at < first || (at - first) / step >= feedPagesMax) return []
  const next = new URL(place)
  next.searchParams.set(name, String(at + step))
  return [next.href]
}
