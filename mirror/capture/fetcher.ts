/** One file from an origin: asked for conditionally, within the budget, and put into the blob store. */
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Web, WebFailure, WebRequest } from '../../lib/web.ts'
import { latin1 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import { wallPageBytes, wallReason } from '../../protocol/walls.ts'
import type { OriginBudget } from './budget.ts'
import type { CaptureStore, Visit } from './capture-store.ts'
import { policyOf } from './content-policy.ts'
import { mediaType } from './media-type.ts'

export type FetchFailure = WebFailure | 'budget' | 'status' | 'short'

export type Fetched =
  | {
      readonly ok: true
      /** What is to be remembered once the bytes have been found good; never before: a 304 would then confirm a bad page. */
      readonly visit: Visit
      readonly body: Uint8Array
      /** The origin said 304, or was not asked because its word is young enough. */
      readonly unchanged: boolean
      /** The body broke off, twice: what came is kept only where there is nothing better, and asked for again. */
      readonly short: boolean
    }
  | {
      readonly ok: false
      readonly reason: FetchFailure
      readonly status: number | null
      /** The wall that answered in the blog's place (protocol/walls), as watchers name it. */
      readonly wall: string | null
      readonly detail: string
      /** The last good answer, grown old: it is asked for again in the next round. */
      readonly visit: Visit | null
    }

export type FetchWish = {
  readonly url: string
  readonly accept: string
  readonly bytesMax: number
  /** A remembered answer younger than this is used without asking. 0 always asks. */
  readonly youngMs: number
}

export type FetcherDeps = {
  readonly web: Web
  readonly blobs: BlobStore
  readonly captures: Pick<CaptureStore, 'visit'>
  readonly clock: Clock
  readonly budget: Pick<OriginBudget, 'take' | 'quiet'>
}

export type FetcherOptions = {
  /** Names the program and a page where a webmaster finds out who asks, and whom to tell to stop. */
  readonly userAgent: string
  readonly timeMs: number
}

const redirectsMax = 5
/** A round asks for nothing more after this: files of silent servers wait for the next one, and so does no other blog. */
const roundMs = 3 * 60_000

export class Fetcher {
  readonly #deps: FetcherDeps
  readonly #options: FetcherOptions
  /** When the round of a blog has had its time. */
  readonly #untilMs = new Map<Hash, number>()

  constructor(deps: FetcherDeps, options: FetcherOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** A round of this blog begins. */
  begin(blog: Hash): void {
    this.#untilMs.set(blog, this.#deps.clock.steadyMs() + roundMs)
  }

  async fetch(blog: Hash, wish: FetchWish): Promise<Fetched> {
    const { captures, blobs, clock, budget, web } = this.#deps
    const known = await captures.visit(blog, wish.url)
    const kept = known === null ? null : await blobs.get(known.blob)
    if (known !== null && kept !== null && clock.nowMs() - known.checkedMs < wish.youngMs) {
      return { ok: true, visit: known, body: kept, unchanged: true, short: false }
    }
    const visit = known === null ? null : { ...known, checkedMs: 0 }
    const late = this.#deps.clock.steadyMs() > (this.#untilMs.get(blog) ?? Number.POSITIVE_INFINITY)
    if (late || !budget.take(wish.url))
      return { ok: false, reason: 'budget', status: null, wall: null, detail: wish.url, visit }
    const request: WebRequest = {
      url: wish.url,
      headers: {
        'user-agent': this.#options.userAgent,
        accept: wish.accept,
        ...(kept === null ? {} : conditions(known!)),
      },
      bytesMax: wish.bytesMax,
      timeMs: this.#options.timeMs,
      redirectsMax,
      lenient: true,
    }
    const first = await web.fetch(request)
    const again = first.ok && first.short === true && budget.take(wish.url) ? await web.fetch(request) : first
    const answer = again.ok && !(again.short && first.ok && first.body.length > again.body.length) ? again : first
    if (!answer.ok) return { ok: false, reason: answer.reason, status: null, wall: null, detail: answer.detail, visit }
    const { status, headers } = answer
    if (status === 429 || status === 503) budget.quiet(answer.url, headers['retry-after'])
    if (status === 304 && kept !== null) {
      // The same bytes from another place are news: a host that parks domains may serve the old page's validators.
      const unchanged = answer.url === known!.from
      return {
        ok: true,
        visit: { ...known!, from: answer.url, checkedMs: clock.nowMs() },
        body: kept,
        unchanged,
        short: false,
      }
    }
    if (status !== 200) {
      const wall = wallReason({ status, headers, page: latin1(answer.body.subarray(0, wallPageBytes)) })
      return { ok: false, reason: 'status', status, wall, detail: `${status} ${wish.url}`, visit }
    }
    const blob = await blobs.put(answer.body)
    const policy = policyOf(headers['content-security-policy'])
    const fresh = {
      url: wish.url,
      from: answer.url,
      blob,
      type: mediaType(headers['content-type'] ?? '', answer.url, answer.body),
      bytes: answer.body.length,
      ...(policy === null ? {} : { policy }),
      etag: validator(headers.etag),
      lastModified: validator(headers['last-modified']),
      checkedMs: clock.nowMs(),
    }
    const short = answer.short === true
    const remembered = short ? { ...fresh, etag: null, lastModified: null, checkedMs: 0 } : fresh
    return { ok: true, visit: remembered, body: answer.body, unchanged: false, short }
  }
}

function conditions(visit: Visit): Record<string, string> {
  return {
    ...(visit.etag === null ? {} : { 'if-none-match': visit.etag }),
    ...(visit.lastModified === null ? {} : { 'if-modified-since': visit.lastModified }),
  }
}

/** A validator that would not fit a header of ours is none. */
function validator(value: string | undefined): string | null {
  return value !== undefined && /^[ -~]{1,300}$/.test(value) ? value : null
}
