/** What a capture reads of a blog: pages, feeds and stylesheets, each in a thread. A capture is only of proven addresses. */
import { type Job, TOO_COSTLY } from '../../lib/workers.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { ForeignReader } from '../foreign-reader.ts'
import { decodeCss, decodeXml } from './charset.ts'
import { type CssResource, cssResources } from './css-resources.ts'
import { type Feed, readFeed } from './feed.ts'
import { mayRefresh } from './meta-refresh.ts'
import { sitemapLinks } from './post-links.ts'
import { marksJob } from './read-marks.ts'
import { type PageInput, pageJob, type ReadPage } from './read-page.ts'

export type FeedInput = { readonly bytes: Uint8Array; readonly type: string; readonly url: string }
export type SheetInput = { readonly bytes: Uint8Array; readonly type: string; readonly bases: readonly string[] }

export const feedJob: Job<FeedInput, Feed | null> = {
  name: 'read-feed',
  act: ({ bytes, type, url }) => readFeed(bytes, type, url),
}
/** What a sheet needs, resolved against each of the bases. */
export const sheetJob: Job<SheetInput, readonly (readonly CssResource[])[]> = {
  name: 'read-sheet',
  act({ bytes, type, bases }) {
    const css = decodeCss(bytes, type)
    return bases.map((base) => cssResources(css, base))
  },
}
export type SitemapInput = {
  readonly bytes: Uint8Array
  readonly type: string
  readonly url: string
  /** The blog's. */
  readonly address: string
}
/** Links to posts that a sitemap names. */
export const sitemapJob: Job<SitemapInput, readonly string[]> = {
  name: 'read-sitemap',
  act: ({ bytes, type, address }) => sitemapLinks(decodeXml(bytes, type), address),
}

/** A page that sends on says so at its beginning. */
const headBytesMax = 128 * 1024

export class CaptureReader {
  readonly #foreign: ForeignReader

  constructor(deps: { readonly foreign: ForeignReader }) {
    this.#foreign = deps.foreign
  }

  page(blog: Hash, input: PageInput): Promise<ReadPage | typeof TOO_COSTLY> {
    return this.#foreign.read(pageJob, input, documentOf(blog, input.visit.url, input.visit.from))
  }

  /** Where a page sends its reader; null where it stays, or asks for too much to be told. */
  async refresh(blog: Hash, page: FeedInput): Promise<string | null> {
    // A copy of its own: what crosses to a thread is the whole memory that a view looks into.
    const bytes = page.bytes.slice(0, headBytesMax)
    if (!mayRefresh(bytes)) return null
    const marks = await this.#foreign.read(marksJob, { ...page, bytes }, documentOf(blog, page.url, page.url))
    return marks === TOO_COSTLY ? null : marks.target
  }

  async sitemap(blog: Hash, input: SitemapInput): Promise<readonly string[]> {
    const links = await this.#foreign.read(sitemapJob, input, documentOf(blog, input.url, input.url))
    return links === TOO_COSTLY ? [] : links
  }

  /** null where it is no feed that can be read. */
  async feed(blog: Hash, input: FeedInput): Promise<Feed | null> {
    const feed = await this.#foreign.read(feedJob, input, documentOf(blog, input.url, input.url))
    return feed === TOO_COSTLY ? null : feed
  }

  /** Nothing of a sheet that asks for too much. */
  async sheet(blog: Hash, input: SheetInput): Promise<readonly (readonly CssResource[])[]> {
    const found = await this.#foreign.read(sheetJob, input, documentOf(blog, input.bases[0]!, input.bases[0]!))
    return found === TOO_COSTLY ? input.bases.map(() => []) : found
  }
}

function documentOf(blog: Hash, source: string, shown: string) {
  return { blog, source, place: URL.parse(shown)?.host ?? blog, shown, proven: true }
}
