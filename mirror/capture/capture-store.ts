/** What a capturer remembers between rounds: how each file was last answered, and what it put aside. */
import type { Hash, Time } from '../../protocol/objects.ts'

/** The last good answer of an origin for one URL. `etag` and `lastModified` are sent back verbatim. */
export type Visit = {
  readonly url: string
  /** Where the bytes came from, after redirects. */
  readonly from: string
  readonly blob: Hash
  readonly type: string
  readonly bytes: number
  /** What the answer's headers said of styles; see `policyOf`. */
  readonly policy?: string
  readonly etag: string | null
  readonly lastModified: string | null
  /** When the origin last said that these are the bytes. */
  readonly checkedMs: Time
}

/** A page that was fetched and not shown: evidence for the operator, and the memory of how long it has looked so. */
export type Aside = {
  readonly reason: string
  readonly sinceMs: Time
  readonly lastMs: Time
  readonly blob: Hash | null
}

export type Round = {
  /** When every file was last asked for, not only the front page. */
  readonly fullMs: Time
  /** False where a file of the last round is still missing: budget, time-out. */
  readonly complete: boolean
}

export type CaptureStore = {
  visit(blog: Hash, url: string): Promise<Visit | null>
  putVisits(blog: Hash, visits: readonly Visit[]): Promise<void>
  /** Forgets single files: the author asked for it. */
  removeVisits(blog: Hash, urls: readonly string[]): Promise<void>
  /** Forgets visits that were last checked before `beforeMs`. */
  dropVisits(blog: Hash, beforeMs: Time): Promise<void>
  round(blog: Hash): Promise<Round | null>
  /** Every blog of which something is remembered. */
  blogs(): Promise<readonly Hash[]>
  putRound(blog: Hash, round: Round): Promise<void>
  aside(blog: Hash): Promise<Aside | null>
  putAside(blog: Hash, aside: Aside | null): Promise<void>
  /** Blobs of visits and of what was put aside. */
  blobs(blog: Hash): Promise<readonly Hash[]>
  /** Visits of a blog, for finding those that are to be forgotten. */
  visits(blog: Hash): Promise<readonly Visit[]>
  forget(blog: Hash): Promise<void>
}
