/** What a capturer remembers of a blog's archive: each file it knows of, whether it has it, and what it signed last. */
import type { Hash, Time } from '../../protocol/objects.ts'
import type { Visit } from '../capture/capture-store.ts'

/** Sources name pages: sitemaps and feeds. Pages name more pages, sheets and files. They are asked for in this order. */
export const archiveEntryKinds = ['source', 'page', 'sheet', 'file'] as const
export type ArchiveEntryKind = (typeof archiveEntryKinds)[number]

/** `path` is the file's name in the list: below the address, or its whole URL. */
export type ArchiveWish = { readonly path: string; readonly url: string; readonly kind: ArchiveEntryKind }

export type ArchiveEntry = ArchiveWish & {
  /** null: not fetched yet, or left out where `bytes` says how large it is. */
  readonly blob: Hash | null
  readonly bytes: number
  readonly type: string
  /** When its origin last answered for it; 0 where it is to be asked for. */
  readonly checkedMs: Time
  /** Times in a row that it could not be had. */
  readonly tries: number
}

export type ArchiveRound = {
  /** The list that was signed last (archiveName), null before the first. */
  readonly name: Hash | null
  readonly signedMs: Time
  /** When the sources were last looked at, and the snapshot whose files are in the archive. */
  readonly lookedMs: Time
  readonly snapshot: Hash | null
}

export type ArchiveStore = {
  /** How a file was last answered, for conditional requests. */
  visit(blog: Hash, url: string): Promise<Visit | null>
  /** Adds those that are not known yet, as long as there are fewer than `entriesMax`. */
  want(blog: Hash, wishes: readonly ArchiveWish[]): Promise<void>
  /** Entries that are to be asked for: sources first, then pages, sheets and files; those tried less often first. */
  next(blog: Hash, countMax: number): Promise<readonly ArchiveEntry[]>
  /** The origin answered. */
  keep(blog: Hash, wish: ArchiveWish, visit: Visit): Promise<void>
  /** It is larger than a blob may be. */
  leaveOut(blog: Hash, wish: ArchiveWish, type: string, nowMs: Time): Promise<void>
  /** It could not be had this time, which counts as so many. */
  miss(blog: Hash, path: string, times?: number): Promise<void>
  remove(blog: Hash, paths: readonly string[]): Promise<void>
  /** Asks for all entries of a kind again that were checked before this. */
  recheck(blog: Hash, kind: ArchiveEntryKind, beforeMs: Time): Promise<void>
  /** Asks again for those of them that were had before. */
  ask(blog: Hash, paths: readonly string[]): Promise<void>
  entries(blog: Hash): Promise<readonly ArchiveEntry[]>
  round(blog: Hash): Promise<ArchiveRound>
  putRound(blog: Hash, round: ArchiveRound): Promise<void>
  blogs(): Promise<readonly Hash[]>
  forget(blog: Hash): Promise<void>
}

/** Times that a file is asked for in vain before it is left alone until its source names it anew. */
export const archiveTriesMax = 4
/** Files of one blog that are remembered: a calendar without end must not grow the table. */
export const archiveEntriesMax = 100_000
