/** The feed of a blog: found, fetched, read. */
import type { Snapshot } from '../../protocol/objects.ts'
import type { CaptureReader } from './capture-reader.ts'
import type { Fetched, Fetcher } from './fetcher.ts'
import type { ReadPage } from './read-page.ts'
import { sameItems, withoutPath } from './snapshot-fields.ts'
import type { FeedTaken, Task } from './task.ts'
import { resolveUrl } from './url.ts'

const feedAccept = 'application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.1'
/** Where feeds are when the front page does not say. Tried once, at the first capture. */
const usualFeeds = ['feed/', 'feed.xml', 'atom.xml', 'rss.xml', 'index.xml']

export class FeedTaker {
  readonly #fetcher: Fetcher
  readonly #reader: CaptureReader
  readonly #bytesMax: number

  constructor(
    deps: { readonly fetcher: Fetcher; readonly reader: CaptureReader },
    options: { readonly bytesMax: number },
  ) {
    this.#fetcher = deps.fetcher
    this.#reader = deps.reader
    this.#bytesMax = options.bytesMax
  }

  /** What the feed says now, or said last where it cannot be read today; null where there never was one. */
  async take({ blog, address, previous }: Task, front: ReadPage | null): Promise<FeedTaken | null> {
    const guesses = previous === null ? usualFeeds.map((path) => resolveUrl(path, address)) : []
    const named = [...(front?.facts.feeds ?? []).slice(0, 2), previous?.feed?.url ?? null]
    const urls = named.some((url) => url !== null) ? named : guesses
    for (const url of new Set(urls)) {
      if (url === null) continue
      const got = await this.#fetcher.fetch(blog, this.#wish(url))
      if (!got.ok) continue
      const feed = await this.#read(blog, got)
      if (feed === null) continue
      const { items } = feed
      const { blob, bytes } = got.visit
      const file = { url, blob, type: feedType(got.visit.type), bytes }
      const old = previous?.feed
      if (old !== undefined && old.url === url && sameItems(old.items, items)) {
        const { items: _, ...oldFile } = old
        return { ...feed, file: oldFile, visit: got.visit }
      }
      return { ...feed, file, visit: got.visit }
    }
    if (previous?.feed === undefined) return null
    const { items, ...file } = previous.feed
    return { file, items: items.map(withoutPath), visit: null, title: '', articles: new Map(), charset: null }
  }

  /** Whether the feed names something else than the snapshot; the visit where it does not, null where it could not be read. */
  async changed(blog: string, feed: NonNullable<Snapshot['feed']>) {
    const got = await this.#fetcher.fetch(blog, this.#wish(feed.url))
    if (!got.ok || got.unchanged) return null
    const read = await this.#read(blog, got)
    if (read === null) return null
    return { changed: !sameItems(feed.items, read.items), visit: got.visit }
  }

  #read(blog: string, { body, visit }: Extract<Fetched, { ok: true }>) {
    return this.#reader.feed(blog, { bytes: body, type: visit.type, url: visit.from })
  }

  #wish(url: string) {
    return { url, accept: feedAccept, bytesMax: this.#bytesMax, youngMs: 0 }
  }
}

/** Some servers call every feed a page. */
function feedType(type: string): string {
  return type.replace(/^text\/html(?=;|$)/, 'application/xml')
}
