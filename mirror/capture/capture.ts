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
import type { Workers } from '../../lib/workers.ts'
import { blobBytesMax } from '../../protocol/limits.ts'
import type { Hash, Snapshot } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { ForeignReader } from '../foreign-reader.ts'
import { pageBytesMax, postPagesMax, snapshotBytesMax, snapshotFilesMax } from '../snapshot-limits.ts'
import { alikeHash } from './alike.ts'
import { frontOfFeed, hasArticles } from './article-page.ts'
import { type Assets, collectAssets, type Wanted } from './assets.ts'
import { OriginBudget } from './budget.ts'
import { CaptureReader } from './capture-reader.ts'
import type { CaptureStore, Visit } from './capture-store.ts'
import { FeedTaker } from './feed-taker.ts'
import { type Fetched, Fetcher, type FetchFailure } from './fetcher.ts'
import { type AsideReason, guessLastsMs, isGuess, wallOfPage } from './last-good.ts'
import { isHtml } from './media-type.ts'
import { type Judged, PageJudge } from './page-judge.ts'
import { isMadeOfFeed, madePage, PostTaker } from './post-taker.ts'
import type { ReadPage } from './read-page.ts'
import { fieldsOf, fit, type SnapshotFields, sameItems, withPath } from './snapshot-fields.ts'
import { type FeedTaken, pageAccept, type Task } from './task.ts'
import { isForgotten, pathBelow } from './url.ts'

export type { SnapshotFields }

export type CaptureDeps = {
  readonly web: Web
  readonly blobs: BlobStore
  readonly captures: CaptureStore
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  /** In line where there are none. */
  readonly workers?: Workers
  /** What reads foreign documents; one of its own where there is none. */
  readonly foreign?: ForeignReader
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

/** `originBudgetPerHour` is the operator's to set. */
export const captureDefaults: Omit<CaptureOptions, 'userAgent' | 'originBudgetPerHour'> = {
  timeMs: 30_000,
  fullMs: 24 * 3_600_000,
  pageBytesMax,
  snapshotBytesMax,
  snapshotFilesMax,
  postPagesMax,
}

export type CaptureResult =
  | {
      readonly ok: true
      readonly fields: SnapshotFields
      readonly changed: boolean
      readonly complete: boolean
      readonly cut: boolean
    }
  | {
      readonly ok: false
      readonly reason: FetchFailure | AsideReason
      readonly detail: string
      /** What a snapshot would hold, where only a guess keeps the page aside, and has for a day: for a second look to agree with. */
      readonly seen?: SnapshotFields
    }

/** Pages that send on to each other: as many as a redirect may have hops. */
const refreshesMax = 5

export class Capture {
  readonly #deps: CaptureDeps
  readonly #options: CaptureOptions
  readonly #fetcher: Fetcher
  readonly #reader: CaptureReader
  readonly #judge: PageJudge
  readonly #feeds: FeedTaker
  readonly #posts: PostTaker
  /** Blogs whose feed was seen to have something new since their last round. */
  readonly #news = new Set<Hash>()

  constructor(deps: CaptureDeps, options: CaptureOptions) {
    this.#deps = deps
    this.#options = options
    const budget = new OriginBudget(deps, { requestsPerHour: options.originBudgetPerHour })
    this.#fetcher = new Fetcher({ ...deps, budget }, options)
    this.#reader = new CaptureReader({ foreign: deps.foreign ?? new ForeignReader(deps) })
    const parts = { ...deps, fetcher: this.#fetcher, reader: this.#reader }
    this.#judge = new PageJudge(parts)
    this.#posts = new PostTaker({ ...parts, judge: this.#judge }, options)
    this.#feeds = new FeedTaker(parts, { bytesMax: options.pageBytesMax })
  }

  /** `changed: false` gives back the fields of `previous`: nothing is to be signed or sent. */
  async capture(
    blog: Hash,
    address: string,
    previous: Snapshot | null,
    forgotten: readonly string[],
  ): Promise<CaptureResult> {
    const { captures, clock } = this.#deps
    this.#fetcher.begin(blog)
    const round = await captures.round(blog)
    const due = round === null || clock.nowMs() - round.fullMs >= this.#options.fullMs
    const stale =
      previous !== null &&
      [...previous.pages, ...previous.assets].some((snapshotFile) => isForgotten(snapshotFile.url, address, forgotten))
    const full = due || previous === null || previous.address !== address || stale
    const whole = round?.complete === true
    const task: Task = { blog, address, previous, forgotten, full, fullMs: full ? clock.nowMs() : round.fullMs, whole }
    const got = await this.#frontPage(task)
    if (got === null) return this.#aside(task, 'elsewhere', null)
    if (!got.ok) return this.#failed(task, got)
    if (got.short && isLess(got.visit, previous?.pages[0]))
      return this.#failed(task, { reason: 'short', detail: address, wall: null })
    const news = this.#news.delete(blog)
    if (got.unchanged && !full && whole && !news) {
      await captures.putVisits(blog, [got.visit])
      await captures.putAside(blog, null)
      return this.#same(previous!)
    }
    const { page, reason } = await this.#front(task, got.visit, got.body)
    if (reason !== null) {
      const aside = await this.#aside(task, told(reason, got.body), got.visit)
      const stands = reason === 'blank' || reason === 'too-costly'
      const made = stands ? await this.#frontOfFeed(task, page, got.visit.from, reason) : null
      if (made !== null) return this.#rest(task, made, got.visit)
      const known = isGuess(reason) ? await captures.aside(blog) : null
      if (page === null || known === null || known.lastMs - known.sinceMs < guessLastsMs) return aside
      const seen = await this.#rest(task, page, null)
      return { ...aside, ...(seen.ok ? { seen: seen.fields } : {}) }
    }
    await captures.putAside(blog, null)
    return this.#rest(task, page!, got.visit, !got.short)
  }

  /** The front page, after the hops that it makes in its readers' browsers; null where one leads away from the blog. */
  async #frontPage({ blog, address }: Task): Promise<Fetched | null> {
    let url = address
    let unchanged = true
    for (let hop = 0; ; hop++) {
      const got = await this.#fetcher.fetch(blog, this.#wish(url, pageAccept, 0))
      if (!got.ok) return got
      unchanged &&= got.unchanged
      const { type, from } = got.visit
      const target = isHtml(type) ? await this.#reader.refresh(blog, { bytes: got.body, type, url: from }) : null
      if (target === null) return { ...got, unchanged }
      const lower = got.visit.from.startsWith('https:') && !target.startsWith('https:')
      if (pathBelow(target, address) === null || lower || hop === refreshesMax) return null
      await this.#deps.captures.putVisits(blog, [got.visit])
      url = target
    }
  }

  /** What the feed names today may tell that a page which looks like a notice is the blog's own. */
  async #front(task: Task, visit: Visit, body: Uint8Array): Promise<Judged> {
    const items = task.previous?.feed?.items ?? []
    const judged = await this.#judge.judge(task, '/', visit, body, items)
    if (judged.reason === null || judged.page === null || !isGuess(judged.reason)) return judged
    if (judged.page.facts.feeds.length === 0) return judged
    const feed = await this.#feeds.take(task, judged.page)
    return this.#judge.judge(task, '/', visit, body, feed?.items ?? items)
  }

  /**
   * A page that shows nothing without scripts is no copy: the feed's articles stand in, where it carries any. An earlier
   * copy of the page itself is better for a day.
   */
  async #frontOfFeed(
    task: Task,
    shell: ReadPage | null,
    url: string,
    why: 'blank' | 'too-costly',
  ): Promise<ReadPage | null> {
    const { blobs, captures } = this.#deps
    const before = await this.#judge.before(task, '/')
    const aside = await captures.aside(task.blog)
    const lasting = aside !== null && aside.lastMs - aside.sinceMs >= guessLastsMs
    if (before !== null && !isMadeOfFeed(before) && !lasting) return null
    const feed = await this.#feeds.take(task, shell)
    if (feed === null || !hasArticles(feed)) return null
    const title = shell === null || shell.facts.title === '' ? feed.title : shell.facts.title
    const html = frontOfFeed({ ...feed, title }, why)
    return madePage({ blobs, reader: this.#reader }, task, { path: '/', url, html })
  }

  /** Whether the feed names something else than the snapshot: one conditional request, between two rounds. */
  async feedChanged(blog: Hash, { feed }: Snapshot): Promise<boolean> {
    if (feed === undefined) return false
    this.#fetcher.begin(blog)
    const read = await this.#feeds.changed(blog, feed)
    if (read === null) return false
    if (read.changed) this.#news.add(blog)
    else await this.#deps.captures.putVisits(blog, [read.visit])
    return read.changed
  }

  /** `frontVisit` is null where nothing is to be remembered of this look: a 304 would then confirm what was not believed. */
  async #rest(task: Task, undecoded: ReadPage, frontVisit: Visit | null, frontWhole = true): Promise<CaptureResult> {
    const { captures, clock, log, sha256 } = this.#deps
    const feed = await this.#feeds.take(task, undecoded)
    const front = await this.#judge.inCharset(task, undecoded, feed?.charset ?? null)
    if (frontVisit !== null && saysTheSame(task, front, feed)) {
      await captures.putVisits(
        task.blog,
        [frontVisit, feed?.visit ?? null].filter((visit) => visit !== null),
      )
      return this.#same(task.previous!)
    }
    const taken = await this.#posts.take(task, front, feed)
    const pages = [
      ...new Map([front, ...taken.map((pageTaken) => pageTaken.page)].map((page) => [page?.file.path, page])).values(),
    ].filter((page) => page !== null)
    const assets = await this.#assets(task, pages)
    const complete = frontWhole && assets.complete && taken.every((pageTaken) => pageTaken.complete)
    if (frontVisit !== null) {
      const visits = [frontVisit, feed?.visit ?? null, ...taken.map((pageTaken) => pageTaken.visit), ...assets.visits]
      await captures.putVisits(
        task.blog,
        visits.filter((visit) => visit !== null),
      )
      await captures.putRound(task.blog, { fullMs: task.fullMs, complete })
      if (task.full) await captures.dropVisits(task.blog, clock.nowMs() - 14 * this.#options.fullMs)
    }
    const told = pages.length > 1 ? pages.slice(1) : pages
    const paths = new Map(taken.map((pageTaken) => [pageTaken.item, pageTaken.page?.file.path]))
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
    const cut = assets.cut || fitting.assets.length < fields.assets.length
    return { ok: true, fields: fitting, changed, complete: complete && !cut, cut }
  }

  /** Nothing is to be signed or sent. A copy at its limits stays one that lacks files. */
  #same(previous: Snapshot): CaptureResult {
    const cut = previous.assets.length >= this.#options.snapshotFilesMax
    return { ok: true, fields: fieldsOf(previous), changed: false, complete: !cut, cut }
  }

  async #assets(task: Task, pages: readonly ReadPage[]): Promise<Assets> {
    const { snapshotBytesMax, snapshotFilesMax, fullMs } = this.#options
    const wanted = pages.flatMap((page): Wanted[] =>
      page.resources.map(({ url, kind }) => ({ key: url, from: url, kind })),
    )
    const pageBytes = pages.reduce((sum, page) => sum + page.file.bytes, 0)
    return collectAssets(
      { fetcher: this.#fetcher, blobs: this.#deps.blobs, reader: this.#reader, log: this.#deps.log },
      {
        blog: task.blog,
        wanted: wanted.filter((wanted) => !isForgotten(wanted.key, task.address, task.forgotten)),
        limits: { files: snapshotFilesMax, bytes: snapshotBytesMax - pageBytes, fileBytes: blobBytesMax },
        before: new Map(task.previous?.assets.map((asset) => [asset.url, asset])),
        youngMs: task.full ? 0 : fullMs,
        host: new URL(task.address).host,
      },
    )
  }

  #wish(url: string, accept: string, youngMs: number) {
    return { url, accept, bytesMax: this.#options.pageBytesMax, youngMs }
  }

  async #failed(
    task: Task,
    { reason, detail, wall }: { readonly reason: FetchFailure; readonly detail: string; readonly wall: string | null },
  ): Promise<CaptureResult> {
    if (reason === 'status') return this.#aside(task, (wall as AsideReason | null) ?? 'error', null)
    this.#deps.log.info('capture-failed', { blog: task.blog, reason, detail })
    return { ok: false, reason, detail }
  }

  async #aside(task: Task, reason: AsideReason, visit: Visit | null) {
    const { captures, clock, log } = this.#deps
    const before = await captures.aside(task.blog)
    const nowMs = clock.nowMs()
    const sinceMs = before?.reason === reason ? before.sinceMs : nowMs
    await captures.putAside(task.blog, { reason, sinceMs, lastMs: nowMs, blob: visit?.blob ?? null })
    log.warn('capture-kept-aside', { blog: task.blog, reason })
    return { ok: false as const, reason, detail: task.address }
  }
}

/** A challenge of a wall that is known is told by its name: its owner is told the rule for it. */
function told(reason: AsideReason, body: Uint8Array): AsideReason {
  const wall = reason === 'challenge' ? wallOfPage(body) : null
  return wall === null ? reason : (wall as AsideReason)
}

/** What broke off never replaces more than itself. */
function isLess(visit: Visit, before: { readonly bytes: number } | undefined): boolean {
  return before !== undefined && before.bytes >= visit.bytes
}

/** An origin without validators sends its page again: its words and the feed tell that nothing else needs to be asked. */
function saysTheSame(task: Task, front: ReadPage, feed: FeedTaken | null): boolean {
  const { previous, full, whole } = task
  if (previous === null || full || !whole) return false
  return front.file.blob === previous.pages[0]?.blob && sameItems(previous.feed?.items ?? [], feed?.items ?? [])
}
