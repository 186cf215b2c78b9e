/** The public face of a member: the status page, rendered when something changes, and the events that say so. */
import { CoalescedRuns, DueRuns } from '../../ledger/coalesced-runs.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { liveScript } from './browser-live.ts'
import { type StatusDeps, type StatusModel, type StatusOptions, statusModel } from './model.ts'
import { statusPage, statusPageStyle } from './page.ts'

export type StatusAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** A rendered page is good for this long: ages are told in minutes. */
const pageMs = 15_000
/** Changes within this time are told as one. */
const gapMs = 500
/** Keeps proxies from closing a silent stream. */
const beatMs = 25_000

export class Status {
  readonly #deps: StatusDeps
  readonly #options: StatusOptions
  readonly #headers: Readonly<Record<string, string>>
  readonly #listeners = new Set<() => void>()
  #made: { readonly atMs: number; readonly body: Uint8Array; readonly etag: string } | null = null
  readonly #making = new CoalescedRuns(() => this.#make())
  readonly #changes: DueRuns
  #number = 0

  constructor(deps: StatusDeps, options: StatusOptions) {
    this.#deps = deps
    this.#options = options
    this.#headers = statusHeaders(deps.sha256)
    this.#changes = new DueRuns(
      { clock: deps.clock, run: async () => this.#tell(), failed: () => {} },
      { gatherMs: gapMs },
    )
  }

  get made() {
    return this.#made
  }

  model(): Promise<StatusModel> {
    return statusModel(this.#deps, this.#options)
  }

  /** `GET /`. */
  async page(ifNoneMatch = ''): Promise<StatusAnswer> {
    const { body, etag } = await this.#page()
    const headers = { ...this.#headers, etag }
    return ifNoneMatch === etag ? { status: 304, headers, body: new Uint8Array(0) } : { status: 200, headers, body }
  }

  /** Something that the page tells may have changed. Cheap; called for every stored object. */
  changed(): void {
    this.#changes.note('page')
  }

  #tell(): void {
    this.#made = null
    this.#number++
    for (const tell of this.#listeners) tell()
  }

  /** `GET /dgos/v1/status/live`: a number with each change. Ends when the reader goes. */
  async *events(): AsyncGenerator<string> {
    const { clock } = this.#deps
    for (let seen = this.#number; ; ) {
      yield seen === this.#number ? ': here\n\n' : `data: ${this.#number}\n\n`
      seen = this.#number
      await this.#next(clock, seen)
    }
  }

  #next(clock: Clock, seen: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.#listeners.delete(done)
        resolve()
      }
      const cancel = clock.after(beatMs, done)
      this.#listeners.add(done)
      if (this.#number !== seen) done()
    })
  }

  async #page() {
    const fresh = this.#made !== null && this.#deps.clock.nowMs() - this.#made.atMs < pageMs
    return fresh ? this.#made! : this.#making.current('page')
  }

  async #make(): Promise<NonNullable<Status['made']>> {
    const model = await this.model()
    const body = utf8(statusPage(model))
    this.#made = { atMs: model.nowMs, body, etag: `"${toHex(this.#deps.sha256(body)).slice(0, 32)}"` }
    return this.#made
  }
}

/** One style and one script, each named by its hash; nothing else may load or run. */
export function statusHeaders(sha256: Sha256): Readonly<Record<string, string>> {
  const named = (text: string) => `'sha256-${Buffer.from(sha256(utf8(text))).toString('base64')}'`
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': `default-src 'none'; style-src ${named(statusPageStyle)}; script-src ${named(liveScript)}; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  }
}

/** How many blogs are in each state, for whoever measures. */
export async function blogsByState(ledger: Ledger): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = { up: 0, suspected: 0, down: 0, returning: 0 }
  for (const blog of ledger.blogs()) {
    const { state } = await ledger.state(blog)
    counts[state] = (counts[state] ?? 0) + 1
  }
  return counts
}
