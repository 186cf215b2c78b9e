/**
 * Fills the archive of a blog, a little at a time: what the snapshot has already is taken from there, the rest is asked for
 * within a share of the origin's budget, over days.
 *
 *   snapshot's files → sources (sitemaps, feeds page by page) → pages → their sheets and pictures → nothing left: complete
 *
 * An unchanged blog costs one conditional look at its sources a day. A page that answers 404 or 410, or wants a password,
 * leaves the archive; other failures leave what is there.
 */
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Web } from '../../lib/web.ts'
import { TOO_COSTLY } from '../../lib/workers.ts'
import { blobBytesMax } from '../../protocol/limits.ts'
import type { Hash, Snapshot } from '../../protocol/objects.ts'
import type { OriginBudget } from '../capture/budget.ts'
import { CaptureReader } from '../capture/capture-reader.ts'
import type { Visit } from '../capture/capture-store.ts'
import { type Fetched, Fetcher } from '../capture/fetcher.ts'
import { judgePage, wallOfPage } from '../capture/last-good.ts'
import { isHtml } from '../capture/media-type.ts'
import type { ReadPage } from '../capture/read-page.ts'
import { pageAccept } from '../capture/task.ts'
import { isForgotten, pathBelow } from '../capture/url.ts'
import type { ForeignReader } from '../foreign-reader.ts'
import { sourceJob, usualSources } from './archive-sources.ts'
import { type ArchiveEntry, type ArchiveStore, type ArchiveWish, archiveTriesMax } from './archive-store.ts'

export type ArchiveFillerDeps = {
  readonly web: Web
  readonly blobs: BlobStore
  readonly archives: ArchiveStore
  readonly clock: Clock
  readonly foreign: ForeignReader
  /** What one origin may be asked in an hour for archives: less than for captures, which come first. */
  readonly budget: Pick<OriginBudget, 'take' | 'quiet'>
}
export type ArchiveFillerOptions = {
  readonly userAgent: string
  readonly timeMs: number
  /** Requests of one fill of one blog. */
  readonly requestsMax: number
  /** How often the sources are looked at where nothing tells of a change. */
  readonly lookMs: number
  /** How often each page is looked at again, conditionally. */
  readonly pageMs: number
}
export const archiveFillerDefaults = {
  timeMs: 30_000,
  requestsMax: 60,
  lookMs: 24 * 3_600_000,
  pageMs: 90 * 86_400_000,
}

export type ArchiveTask = {
  readonly blog: Hash
  readonly address: string
  readonly snapshot: { readonly id: Hash; readonly payload: Snapshot }
  readonly forgotten: readonly string[]
}
export type Filled = { readonly requests: number; readonly complete: boolean }

const textBytesMax = 5 * 1024 * 1024
const batchSize = 20

export class ArchiveFiller {
  readonly #deps: ArchiveFillerDeps
  readonly #options: ArchiveFillerOptions
  readonly #fetcher: Fetcher
  readonly #reader: CaptureReader

  constructor(deps: ArchiveFillerDeps, options: ArchiveFillerOptions) {
    this.#deps = deps
    this.#options = options
    this.#fetcher = new Fetcher({ ...deps, captures: deps.archives }, options)
    this.#reader = new CaptureReader(deps)
  }

  async fill(task: ArchiveTask): Promise<Filled> {
    const { archives } = this.#deps
    const { blog } = task
    await this.#begin(task)
    let requests = 0
    for (;;) {
      const next = await archives.next(blog, batchSize)
      if (next.length === 0) return { requests, complete: true }
      for (const entry of next) {
        if (requests >= this.#options.requestsMax) return { requests, complete: false }
        if (isForgotten(entry.url, task.address, task.forgotten)) {
          await archives.remove(blog, [entry.path])
          continue
        }
        const got = await this.#fetcher.fetch(blog, this.#wish(entry))
        if (!got.ok && got.reason === 'budget') return { requests, complete: false }
        requests++
        await this.#take(task, entry, got)
      }
    }
  }

  /** What is new since the last fill: the snapshot's own files, and a look at the sources when it is time. */
  async #begin({ blog, address, snapshot, forgotten }: ArchiveTask): Promise<void> {
    const { archives, clock } = this.#deps
    const round = await archives.round(blog)
    const nowMs = clock.nowMs()
    if (round.snapshot !== snapshot.id) await this.#takeSnapshot(blog, snapshot.payload)
    const gone = (await archives.entries(blog)).filter((entry) => isForgotten(entry.url, address, forgotten))
    if (gone.length > 0)
      await archives.remove(
        blog,
        gone.map((entry) => entry.path),
      )
    const due = nowMs - round.lookedMs >= this.#options.lookMs || round.snapshot !== snapshot.id
    if (due) {
      const feed = snapshot.payload.feed?.url
      const urls = [...usualSources(address), ...(feed === undefined ? [] : [feed])]
      const wishes = urls.map((url) => wishOf(url, 'source', address))
      await archives.want(blog, wishes)
      await archives.ask(
        blog,
        wishes.map((wish) => wish.path),
      )
      await archives.recheck(blog, 'page', nowMs - this.#options.pageMs)
    }
    if (due || gone.length > 0)
      await archives.putRound(blog, { ...round, snapshot: snapshot.id, lookedMs: due ? nowMs : round.lookedMs })
  }

  /** Its bytes are here already, at its capturer and its mirrors. What its pages lead to is read from them. */
  async #takeSnapshot(blog: Hash, payload: Snapshot): Promise<void> {
    const { archives, blobs, clock } = this.#deps
    const { address, pages, assets, feed } = payload
    const checkedMs = clock.nowMs()
    const files = [
      ...pages.map((page) => ({ ...page, kind: 'page' as const })),
      ...assets.map((asset) => ({ ...asset, kind: kindOf(asset.type), path: pathOf(asset.url, address) })),
      ...(feed === undefined ? [] : [{ ...feed, kind: 'file' as const, path: `${pathOf(feed.url, address)}` }]),
    ]
    for (const { url, path, kind, blob, type, bytes } of files) {
      if (kind === 'file' && url === feed?.url) continue
      if (!(await blobs.has(blob))) {
        await archives.want(blog, [{ path, url, kind }])
        continue
      }
      const visit: Visit = { url, from: url, blob, type, bytes, etag: null, lastModified: null, checkedMs }
      await archives.keep(blog, { path, url, kind }, visit)
      const body = kind === 'page' ? await blobs.get(blob) : null
      if (body !== null) await this.#readPage({ blog, address }, path, visit, body)
    }
  }

  async #take(task: ArchiveTask, entry: ArchiveEntry, got: Fetched): Promise<void> {
    const { archives, clock } = this.#deps
    const { blog } = task
    if (!got.ok) {
      const gone = got.reason === 'status' && (got.status === 404 || got.status === 410)
      if (got.reason === 'too-large' && entry.kind === 'file')
        await archives.leaveOut(blog, entry, 'application/octet-stream', clock.nowMs())
      else if (gone && entry.kind !== 'source') await archives.remove(blog, [entry.path])
      else await archives.miss(blog, entry.path, gone ? archiveTriesMax : 1)
      return
    }
    const { visit, body, short } = got
    if (short) await archives.miss(blog, entry.path)
    else if (entry.kind === 'source') await this.#takeSource(task, entry, got)
    else if (entry.kind === 'page') await this.#takePage(task, entry, visit, body)
    else {
      await archives.keep(blog, entry, visit)
      if (entry.kind === 'sheet') await this.#readSheet(task, visit, body)
    }
  }

  /**
   * The bytes of a source are not part of the archive: they are kept as long as its validators are. One that has changed
   * has the sitemaps that it names looked at again; further pages of a feed hold what is known already.
   */
  async #takeSource(
    { blog, address }: ArchiveTask,
    entry: ArchiveEntry,
    { visit, body }: { readonly visit: Visit; readonly body: Uint8Array },
  ): Promise<void> {
    const { archives, foreign } = this.#deps
    const same = entry.blob === visit.blob
    await archives.keep(blog, entry, visit)
    if (same) return
    const document = { blog, source: entry.url, place: new URL(entry.url).host, shown: entry.url, proven: true }
    const input = { bytes: body, type: visit.type, url: visit.from, address }
    const found = await foreign.read(sourceJob, input, document)
    if (found === TOO_COSTLY) return
    const sources = found.sources.map((url) => wishOf(url, 'source', address))
    await archives.want(blog, [...sources, ...found.pages.map((url) => wishOf(url, 'page', address))])
    if (found.isIndex)
      await archives.ask(
        blog,
        sources.map((source) => source.path),
      )
  }

  async #takePage(task: ArchiveTask, entry: ArchiveEntry, visit: Visit, body: Uint8Array): Promise<void> {
    const { archives, clock } = this.#deps
    const { blog, address } = task
    if (!isHtml(visit.type)) return archives.keep(blog, entry, visit)
    const page = await this.#readPage(task, entry.path, visit, body)
    if (page === null) return archives.miss(blog, entry.path)
    if (page.facts.asksPassword) return archives.remove(blog, [entry.path])
    const seen = { status: 200, isPage: true, from: visit.from, facts: page.facts, isWall: wallOfPage(body) !== null }
    const context = { blog, address, previous: null, items: [], asideSinceMs: null, nowMs: clock.nowMs() }
    const reason = judgePage(seen, context)
    if (reason === null || reason === 'blank') await archives.keep(blog, entry, visit)
    else await archives.miss(blog, entry.path)
  }

  /** Wants what the page leads to and what it needs. null where it asked for too much. */
  async #readPage(
    { blog, address }: Pick<ArchiveTask, 'blog' | 'address'>,
    path: string,
    visit: Visit,
    body: Uint8Array,
  ): Promise<ReadPage | null> {
    const page = await this.#reader.page(blog, { path, visit, body, address })
    if (page === TOO_COSTLY) return null
    const leads = page.facts.asksPassword ? [] : page.facts.links.filter((url) => pathBelow(url, address) !== null)
    await this.#deps.archives.want(blog, [
      ...leads.map((url) => wishOf(url, 'page', address)),
      ...page.resources.map(({ url, kind }) => wishOf(url, kind === 'style' ? 'sheet' : 'file', address)),
    ])
    return page
  }

  async #readSheet({ blog, address }: ArchiveTask, visit: Visit, body: Uint8Array): Promise<void> {
    const [needs = []] = await this.#reader.sheet(blog, { bytes: body, type: visit.type, bases: [visit.from] })
    await this.#deps.archives.want(
      blog,
      needs.map(({ url, kind }) => wishOf(url, kind === 'style' ? 'sheet' : 'file', address)),
    )
  }

  #wish({ kind, url }: ArchiveEntry) {
    const bytesMax = kind === 'file' ? blobBytesMax : textBytesMax
    return { url, accept: kind === 'page' ? pageAccept : '*/*', bytesMax, youngMs: 0 }
  }
}

/** The name of a file in the list. */
export function pathOf(url: string, address: string): string {
  return pathBelow(url, address) ?? url
}

function wishOf(url: string, kind: ArchiveWish['kind'], address: string): ArchiveWish {
  return { path: kind === 'source' ? `source ${url}` : pathOf(url, address), url, kind }
}

function kindOf(type: string): 'sheet' | 'file' {
  return type.startsWith('text/css') ? 'sheet' : 'file'
}
