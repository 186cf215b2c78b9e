/** The newest posts of a blog: found, fetched, judged, or made of what the feed carries. */
import type { BlobStore } from '../../lib/blob-store.ts'
import { TOO_COSTLY } from '../../lib/workers.ts'
import type { FeedItem } from '../../protocol/objects.ts'
import { madeOfFeed, pageOfItem } from './article-page.ts'
import { mapConcurrent } from './assets.ts'
import type { CaptureReader } from './capture-reader.ts'
import type { Fetched, Fetcher } from './fetcher.ts'
import type { PageJudge } from './page-judge.ts'
import type { ReadPage } from './read-page.ts'
import { withoutPath } from './snapshot-fields.ts'
import { type FeedTaken, type PageTaken, pageAccept, type Task } from './task.ts'
import { isForgotten, pathBelow } from './url.ts'

export type PostTakerDeps = {
  readonly fetcher: Fetcher
  readonly blobs: BlobStore
  readonly judge: PageJudge
  readonly reader: CaptureReader
}
export type PostTakerOptions = { readonly pageBytesMax: number; readonly fullMs: number; readonly postPagesMax: number }

export class PostTaker {
  readonly #deps: PostTakerDeps
  readonly #options: PostTakerOptions

  constructor(deps: PostTakerDeps, options: PostTakerOptions) {
    this.#deps = deps
    this.#options = options
  }

  async take(task: Task, front: ReadPage, feed: FeedTaken | null): Promise<PageTaken[]> {
    const items = feed?.items ?? (await this.#unfed(task, front))
    const paths = new Set(['/'])
    const wanted = items.filter((item) => {
      const path = item.url === undefined ? null : pathBelow(item.url, task.address)
      if (path === null || paths.has(path) || isForgotten(item.url!, task.address, task.forgotten)) return false
      return paths.add(path)
    })
    return mapConcurrent(wanted.slice(0, this.#options.postPagesMax), (item) => this.#post(task, item, feed))
  }

  /** Posts of a blog without a feed, as its front page or its sitemap names them. */
  async #unfed({ blog, address }: Task, front: ReadPage): Promise<FeedItem[]> {
    const links = front.posts
    if (links.length > 0) return links.map((url) => ({ id: url, title: '', url }))
    const { pageBytesMax, fullMs } = this.#options
    const url = new URL('sitemap.xml', address).href
    const got = await this.#deps.fetcher.fetch(blog, { url, accept: '*/*', bytesMax: pageBytesMax, youngMs: fullMs })
    const sitemap = got.ok ? { bytes: got.body, type: got.visit.type, url, address } : null
    const found = sitemap === null ? [] : await this.#deps.reader.sitemap(blog, sitemap)
    return found.map((url) => ({ id: url, title: '', url }))
  }

  async #post(task: Task, item: FeedItem, feed: FeedTaken | null): Promise<PageTaken> {
    const { fetcher, judge } = this.#deps
    const old = task.previous?.feed?.items.find((feedItem) => feedItem.id === item.id)
    const path = old?.path ?? pathBelow(item.url!, task.address)!
    const named = old !== undefined && JSON.stringify(withoutPath(old)) === JSON.stringify(item)
    const unfed = feed === null && task.previous?.pages.some((page) => page.path === path)
    const known = named || unfed === true
    const got = await fetcher.fetch(task.blog, {
      url: item.url!,
      accept: pageAccept,
      bytesMax: this.#options.pageBytesMax,
      youngMs: known && !task.full ? this.#options.fullMs : 0,
    })
    const keep = async (complete: boolean): Promise<PageTaken> => {
      const page = await judge.before(task, path)
      return { item: item.id, page, visit: got.ok ? null : got.visit, complete }
    }
    if (!got.ok) {
      const gone = got.status === 404 || got.status === 410 || got.status === 403 || got.status === 401
      return gone ? { item: item.id, page: null, visit: null, complete: true } : keep(false)
    }
    const before = task.previous?.pages.find((page) => page.path === path)
    if (got.short && before !== undefined && before.bytes >= got.visit.bytes) return keep(false)
    const complete = !got.short
    const { page, reason } = await judge.judge(
      task,
      path,
      got.visit,
      got.body,
      [{ title: item.title }],
      feed?.charset ?? null,
    )
    if (reason === null) return { item: item.id, page, visit: got.visit, complete }
    const stands = (reason === 'blank' || reason === 'too-costly') && feed !== null
    const made = stands ? await this.#made(task, path, item, feed, got, reason) : null
    return made === null ? keep(true) : { item: item.id, page: made, visit: got.visit, complete }
  }

  /** What the feed carries of the post; null where it carries nothing, or an earlier copy of the page itself is here. */
  async #made(
    task: Task,
    path: string,
    item: FeedItem,
    feed: FeedTaken,
    got: Fetched,
    why: 'blank' | 'too-costly',
  ): Promise<ReadPage | null> {
    const before = await this.#deps.judge.before(task, path)
    const html = before === null || isMadeOfFeed(before) ? pageOfItem(item, feed, why) : null
    if (html === null || !got.ok) return null
    return madePage(this.#deps, task, { path, url: got.visit.from, html })
  }
}

export function isMadeOfFeed({ facts }: ReadPage): boolean {
  return Object.values(madeOfFeed).some((words) => facts.text.includes(words.toLowerCase()))
}

/** A page of our own making, of the feed's articles, kept under the address of the one that it stands for. */
export async function madePage(
  { blobs, reader }: { readonly blobs: BlobStore; readonly reader: CaptureReader },
  { blog, address }: Task,
  { path, url, html }: { readonly path: string; readonly url: string; readonly html: string },
): Promise<ReadPage | null> {
  const body = new TextEncoder().encode(html)
  const blob = await blobs.put(body)
  // Read under a name of its own: it is not the page that asked for too much.
  const visit = { url: `${url}#feed`, from: url, blob, type: 'text/html; charset=utf-8', bytes: body.length }
  const read = await reader.page(blog, { path, visit, body, address })
  return read === TOO_COSTLY ? null : read
}
