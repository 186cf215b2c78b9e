/**
 * One consistent copy of a blog: front page, the newest posts found through the feed, and every file they need.
 *
 * A round asks for the front page alone, conditionally. Unchanged: that was all, one 304. Changed: the feed, the posts
 * that are new or changed in it, the files that are new. After a round that stayed incomplete the missing files are asked
 * for too, once a day every file. What looks wrong is put aside and the last good copy stays (last-good.ts).
 */
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Web } from '../../lib/web.ts'
import { blobBytesMax } from '../../protocol/limits.ts'
import type { FeedItem, Hash, Snapshot, SnapshotFile, Time } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { alikeHash } from './alike.ts'
import { type Assets, collectAssets, mapConcurrent, type Wanted } from './assets.ts'
import { OriginBudget } from './budget.ts'
import type { CaptureStore, Visit } from './capture-store.ts'
import { readFeed } from './feed.ts'
import { Fetcher, type FetchFailure } from './fetcher.ts'
import { htmlResources } from './html-resources.ts'
import { type AsideReason, judgePage } from './last-good.ts'
import { isHtml } from './media-type.ts'
import { type ReadPage, readPage, sameEssence, underCanonicalPath } from './read-page.ts'
import { fieldsOf, fit, type SnapshotFields, sameItems, withoutPath, withPath } from './snapshot-fields.ts'
import { isForgotten, pathBelow, resolveUrl } from './url.ts'

export type { SnapshotFields }

export type CaptureDeps = {
  readonly web: Web
  readonly blobs: BlobStore
  readonly captures: CaptureStore
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}

export type CaptureOptions = {
  readonly userAgent: string
  readonly originBudgetPerHour: number
  readonly timeMs: number
  /** A round that asks for every file happens at least this often. */
  readonly fullMs: number
  readonly pageBytesMax: number
  readonly snapshotBytesMax: number
  readonly snapshotFilesMax: number
  readonly postPagesMax: number
}

export const captureDefaults: Omit<CaptureOptions, 'userAgent'> = {
  originBudgetPerHour: 400,
  timeMs: 30_000,
  fullMs: 24 * 3_600_000,
  pageBytesMax: 5 * 1024 * 1024,
  snapshotBytesMax: 50 * 1024 * 1024,
  snapshotFilesMax: 300,
  postPagesMax: 10,
}

export type CaptureResult =
  | { readonly ok: true; readonly fields: SnapshotFields; readonly changed: boolean; readonly complete: boolean }
  | { readonly ok: false; readonly reason: FetchFailure | AsideReason; readonly detail: string }

const pageAccept = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.1'
const feedAccept = 'application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.1'
/** Where feeds are when the front page does not say. Tried once, at the first capture. */
const usualFeeds = ['feed/', 'feed.xml', 'atom.xml', 'rss.xml', 'index.xml']

type Task = {
  readonly blog: Hash
  readonly address: string
  readonly previous: Snapshot | null
  readonly forgotten: readonly string[]
  readonly full: boolean
  /** When the last round began that asked for every file: this one, where it is such. */
  readonly fullMs: Time
  /** Nothing was missing after the last round. */
  readonly whole: boolean
}

type PageTaken = {
  readonly item: string
  readonly page: ReadPage | null
  readonly visit: Visit | null
  readonly complete: boolean
}
type FeedTaken = { readonly file: SnapshotFile; readonly items: readonly FeedItem[]; readonly visit: Visit | null }

export class Capture {
  readonly #deps: CaptureDeps
  readonly #options: CaptureOptions
  readonly #fetcher: Fetcher
  /** Blogs whose feed was seen to have something new since their last round. */
  readonly #news = new Set<Hash>()

  constructor(deps: CaptureDeps, options: CaptureOptions) {
    this.#deps = deps
    this.#options = options
    const budget = new OriginBudget(deps, { requestsPerHour: options.originBudgetPerHour })
    this.#fetcher = new Fetcher({ ...deps, budget }, options)
  }

  /** `changed: false` gives back the fields of `previous`: nothing is to be signed or sent. */
  async capture(
    blog: Hash,
    address: string,
    previous: Snapshot | null,
    forgotten: readonly string[],
  ): Promise<CaptureResult> {
    const { captures, clock } = this.#deps
    const round = await captures.round(blog)
    const due = round === null || clock.nowMs() - round.fullMs >= this.#options.fullMs
    const stale =
      previous !== null &&
      [...previous.pages, ...previous.assets].some((one) => isForgotten(one.url, address, forgotten))
    const full = due || previous === null || previous.address !== address || stale
    const whole = round?.complete === true
    const task: Task = { blog, address, previous, forgotten, full, fullMs: full ? clock.nowMs() : round.fullMs, whole }
    const got = await this.#fetcher.fetch(blog, this.#wish(address, pageAccept, 0))
    if (!got.ok) return this.#failed(task, got.reason, got.detail)
    const news = this.#news.delete(blog)
    if (got.unchanged && !full && whole && !news) {
      await captures.putVisits(blog, [got.visit])
      await captures.putAside(blog, null)
      return { ok: true, fields: fieldsOf(previous!), changed: false, complete: true }
    }
    const front = await this.#judged(task, '/', got.visit, got.body)
    if (typeof front === 'string') return this.#aside(task, front, got.visit)
    await captures.putAside(blog, null)
    return this.#rest(task, front, got.visit)
  }

  /** Whether the feed names something else than the snapshot: one conditional request, between two rounds. */
  async feedChanged(blog: Hash, { feed }: Snapshot): Promise<boolean> {
    if (feed === undefined) return false
    const got = await this.#fetcher.fetch(blog, this.#wish(feed.url, feedAccept, 0))
    if (!got.ok || got.unchanged) return false
    const read = await readFeed(got.body, got.visit.type, feed.url)
    if (read === null) return false
    const changed = !sameItems(feed.items, read.items)
    if (changed) this.#news.add(blog)
    else await this.#deps.captures.putVisits(blog, [got.visit])
    return changed
  }

  async #rest(task: Task, front: ReadPage, frontVisit: Visit): Promise<CaptureResult> {
    const { captures, clock, log, sha256 } = this.#deps
    const feed = await this.#feed(task, front)
    if (saysTheSame(task, front, feed)) {
      await captures.putVisits(
        task.blog,
        [frontVisit, feed?.visit ?? null].filter((one) => one !== null),
      )
      return { ok: true, fields: fieldsOf(task.previous!), changed: false, complete: true }
    }
    const taken = await this.#posts(task, feed?.items ?? [])
    const pages = [
      ...new Map([front, ...taken.map((one) => one.page)].map((page) => [page?.file.path, page])).values(),
    ].filter((page) => page !== null)
    const assets = await this.#assets(task, pages)
    const complete = assets.complete && taken.every((one) => one.complete)
    const visits = [frontVisit, feed?.visit ?? null, ...taken.map((one) => one.visit), ...assets.visits]
    await captures.putVisits(
      task.blog,
      visits.filter((one) => one !== null),
    )
    await captures.putRound(task.blog, { fullMs: task.fullMs, complete })
    if (task.full) await captures.dropVisits(task.blog, clock.nowMs() - 14 * this.#options.fullMs)
    const told = pages.length > 1 ? pages.slice(1) : pages
    const paths = new Map(taken.map((one) => [one.item, one.page?.file.path]))
    const items = (feed?.items ?? []).map((item) => withPath(item, paths.get(item.id)))
    const fields: SnapshotFields = {
      blog: task.blog,
      address: task.address,
      title: front.facts.title,
      ...(front.facts.language === null ? {} : { language: front.facts.language }),
      pages: pages.map((page) => page.file),
      assets: assets.files,
      ...(feed === null ? {} : { feed: { ...feed.file, items } }),
      alike: alikeHash(
        {
          feedIds: items.map((item) => item.id),
          articles: told.map((page) => ({ path: page.file.path, text: page.facts.article })),
        },
        sha256,
      ),
    }
    const fitting = fit(fields)
    const changed =
      task.previous === null || JSON.stringify(fieldsOf(task.previous)) !== JSON.stringify(fieldsOf(fitting))
    log.info('captured', { blog: task.blog, pages: pages.length, assets: assets.files.length, changed, complete })
    return { ok: true, fields: fitting, changed, complete }
  }

  /** The page, or the reason why it is put aside. One that says the same as the last good copy keeps that copy's bytes. */
  async #judged(task: Task, path: string, visit: Visit, body: Uint8Array): Promise<ReadPage | AsideReason> {
    const { blobs, captures, clock } = this.#deps
    const { blog, address, previous } = task
    const isPage = isHtml(visit.type)
    const read = isPage ? readPage(path, visit, body) : null
    const page = read === null || path === '/' ? read : underCanonicalPath(read, address)
    const before = await this.#before(previous, path)
    const aside = await captures.aside(blog)
    const reason = judgePage(
      { status: 200, isPage, from: visit.from, facts: page?.facts ?? null },
      {
        blog,
        address,
        previous: before?.facts ?? null,
        asideSinceMs: path === '/' && aside?.reason === 'shrunk' ? aside.sinceMs : null,
        nowMs: clock.nowMs(),
      },
    )
    if (reason !== null) return reason
    if (before !== null && sameEssence(before, page!) && (await blobs.has(before.file.blob))) return before
    return page!
  }

  /** A page of the last good copy, read again. null where there was none or its bytes are gone. */
  async #before(previous: Snapshot | null, path: string): Promise<ReadPage | null> {
    const file = previous?.pages.find((one) => one.path === path)
    const body = file === undefined ? null : await this.#deps.blobs.get(file.blob)
    return body === null ? null : readPage(path, { ...file!, from: file!.url }, body)
  }

  async #feed(task: Task, front: ReadPage): Promise<FeedTaken | null> {
    const { blog, previous } = task
    const guesses = previous === null ? usualFeeds.map((path) => resolveUrl(path, task.address)) : []
    const named = [...front.facts.feeds.slice(0, 2), previous?.feed?.url ?? null]
    const urls = named.some((one) => one !== null) ? named : guesses
    for (const url of new Set(urls)) {
      if (url === null) continue
      const got = await this.#fetcher.fetch(blog, this.#wish(url, feedAccept, 0))
      if (!got.ok || got.visit.type.startsWith('text/html')) continue
      const feed = await readFeed(got.body, got.visit.type, url)
      if (feed === null) continue
      const file = { url, blob: got.visit.blob, type: got.visit.type, bytes: got.visit.bytes }
      const old = previous?.feed
      if (old !== undefined && old.url === url && sameItems(old.items, feed.items)) {
        const { items: _, ...oldFile } = old
        return { file: oldFile, items: feed.items, visit: got.visit }
      }
      return { file, items: feed.items, visit: got.visit }
    }
    if (previous?.feed === undefined) return null
    const { items, ...file } = previous.feed
    return { file, items: items.map(withoutPath), visit: null }
  }

  async #posts(task: Task, items: readonly FeedItem[]): Promise<PageTaken[]> {
    const paths = new Set(['/'])
    const wanted = items.filter((item) => {
      const path = item.url === undefined ? null : pathBelow(item.url, task.address)
      if (path === null || paths.has(path) || isForgotten(item.url!, task.address, task.forgotten)) return false
      return paths.add(path)
    })
    return mapConcurrent(wanted.slice(0, this.#options.postPagesMax), (item) => this.#post(task, item))
  }

  async #post(task: Task, item: FeedItem): Promise<PageTaken> {
    const old = task.previous?.feed?.items.find((one) => one.id === item.id)
    const path = old?.path ?? pathBelow(item.url!, task.address)!
    const known = old !== undefined && JSON.stringify(withoutPath(old)) === JSON.stringify(item)
    const wish = this.#wish(item.url!, pageAccept, known && !task.full ? this.#options.fullMs : 0)
    const got = await this.#fetcher.fetch(task.blog, wish)
    const keep = async (complete: boolean): Promise<PageTaken> => {
      return {
        item: item.id,
        page: await this.#before(task.previous, path),
        visit: got.ok ? null : got.visit,
        complete,
      }
    }
    if (!got.ok) {
      const gone = got.status === 404 || got.status === 410 || got.status === 403 || got.status === 401
      return gone ? { item: item.id, page: null, visit: null, complete: true } : keep(false)
    }
    const page = await this.#judged(task, path, got.visit, got.body)
    return typeof page === 'string' ? keep(true) : { item: item.id, page, visit: got.visit, complete: true }
  }

  async #assets(task: Task, pages: readonly ReadPage[]): Promise<Assets> {
    const { snapshotBytesMax, snapshotFilesMax, fullMs } = this.#options
    const wanted = pages.flatMap((page): Wanted[] =>
      htmlResources(page.document, page.file.url).map(({ url, kind }) => ({ key: url, from: url, kind })),
    )
    const pageBytes = pages.reduce((sum, page) => sum + page.file.bytes, 0)
    return collectAssets(
      { fetcher: this.#fetcher, blobs: this.#deps.blobs, log: this.#deps.log },
      {
        blog: task.blog,
        wanted: wanted.filter((one) => !isForgotten(one.key, task.address, task.forgotten)),
        limits: { files: snapshotFilesMax, bytes: snapshotBytesMax - pageBytes, fileBytes: blobBytesMax },
        before: new Map(task.previous?.assets.map((one) => [one.url, one])),
        youngMs: task.full ? 0 : fullMs,
        host: new URL(task.address).host,
      },
    )
  }

  #wish(url: string, accept: string, youngMs: number) {
    return { url, accept, bytesMax: this.#options.pageBytesMax, youngMs }
  }

  async #failed(task: Task, reason: FetchFailure, detail: string): Promise<CaptureResult> {
    if (reason === 'status') return this.#aside(task, 'error', null)
    this.#deps.log.info('capture-failed', { blog: task.blog, reason, detail })
    return { ok: false, reason, detail }
  }

  async #aside(task: Task, reason: AsideReason, visit: Visit | null): Promise<CaptureResult> {
    const { captures, clock, log } = this.#deps
    const before = await captures.aside(task.blog)
    const nowMs = clock.nowMs()
    const sinceMs = before?.reason === reason ? before.sinceMs : nowMs
    await captures.putAside(task.blog, { reason, sinceMs, lastMs: nowMs, blob: visit?.blob ?? null })
    log.warn('capture-kept-aside', { blog: task.blog, reason })
    return { ok: false, reason, detail: task.address }
  }
}

/** An origin without validators sends its page again: its words and the feed tell that nothing else needs to be asked. */
function saysTheSame(task: Task, front: ReadPage, feed: FeedTaken | null): boolean {
  const { previous, full, whole } = task
  if (previous === null || full || !whole) return false
  return front.file.blob === previous.pages[0]?.blob && sameItems(previous.feed?.items ?? [], feed?.items ?? [])
}
