/** One round of one blog, as its steps see it, and what they hand on. */
import type { Hash, Snapshot, SnapshotFile, Time } from '../../protocol/objects.ts'
import type { Visit } from './capture-store.ts'
import type { Feed } from './feed.ts'
import type { ReadPage } from './read-page.ts'

export type Task = {
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

export type PageTaken = {
  readonly item: string
  readonly page: ReadPage | null
  readonly visit: Visit | null
  readonly complete: boolean
}

/** Without titles and bodies where the feed was not read today. */
export type FeedTaken = Feed & {
  readonly file: SnapshotFile
  readonly visit: Visit | null
}

export const pageAccept = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.1'
