/**
 * ArchiveKeeper: the archives of the blogs that this member mirrors, as far as its allowance goes. Parts come first, then
 * pages, then what they need, small files before large ones.
 *
 *   archive stored → its parts, from any holder, hashed → files that are missing, within the allowance
 *   head forgets paths, root closes, operator refuses → their bytes leave
 */
import { CoalescedRuns } from '../../ledger/coalesced-runs.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { refusesAll, standing } from '../../ledger/refused.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Schedule } from '../../lib/schedule.ts'
import { provenAddresses } from '../../protocol/address-proof.ts'
import { type ArchivedFile, currentArchive, readArchivePart } from '../../protocol/archive.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { currentHead } from '../../protocol/heads.ts'
import { changes } from '../../protocol/kinds.ts'
import { blogOf, type Hash, type Key, type SignedObject } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { isForgotten } from '../capture/url.ts'
import { FairLanes } from '../fair-lanes.ts'
import type { MirrorFetcher } from '../mirror-fetcher.ts'

export type ArchiveKeeperDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly fetcher: Pick<MirrorFetcher, 'blobs'>
  /** Removes bytes that nothing names any more. */
  readonly drop: (candidates: Set<Hash>) => Promise<number>
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type ArchiveKeeperOptions = {
  /** The key this member signs with. */
  readonly self: Key
  /** Bytes of one blog's archive on this disk. 0 keeps none. */
  readonly archiveBytesMax: number
  readonly checkMs: number
}
export const archiveKeeperDefaults = { checkMs: 10 * 60_000 }

export type KeptArchive = {
  readonly archive: SignedObject<'archive'>
  /** Every file that the list names and nobody forgot, sorted as in the list. */
  readonly files: readonly ArchivedFile[]
}
export type ArchivePull = {
  readonly fetched: number
  /** Files that no holder handed out, and those that the allowance has no room for. */
  readonly missing: number
  readonly overAllowance: number
}

const nothing: ArchivePull = { fetched: 0, missing: 0, overAllowance: 0 }
/** A list is read into memory: a longer one than this (about 100,000 files) is not kept. */
const listBytesMax = 12 * 1024 * 1024
/** Lists read last, in memory. */
const listsMax = 8
const batchSize = 32
/** Pulls at one time. A blog whose last one found no holder for something is slow. */
const lines = { name: 'keep-archive', quick: 4, slow: 1 }

export class ArchiveKeeper {
  readonly #deps: ArchiveKeeperDeps
  readonly #options: ArchiveKeeperOptions
  readonly #lists = new Map<Hash, readonly ArchivedFile[]>()
  readonly #pulls = new CoalescedRuns((blog) => this.#pull(blog))
  readonly #due = new Set<Hash>()
  readonly #lanes: FairLanes
  readonly #pulled = new Map<Hash, ArchivePull>()

  constructor(deps: ArchiveKeeperDeps, options: ArchiveKeeperOptions) {
    this.#deps = deps
    this.#options = options
    this.#lanes = new FairLanes(deps, lines)
  }

  start(schedule: Schedule, lookMs: number): Cancel {
    const { ledger } = this.#deps
    for (const blog of ledger.blogs()) this.#due.add(blog)
    const cancels = [
      schedule.every('keep-archives', lookMs, 0, async () => this.#begin()),
      schedule.every('check-archives', this.#options.checkMs, this.#options.checkMs / 10, async () => {
        for (const blog of ledger.blogs()) this.#due.add(blog)
      }),
      ledger.onStored((objects) => {
        for (const object of objects) {
          const blog = blogOf(object)
          if (blog !== null && changes(object.kind, 'archive')) this.#due.add(blog)
        }
      }),
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  /** Begins to pull for every blog that is due. Waits for no holder: one that is slow holds up its own blogs. */
  #begin(): void {
    for (const blog of this.#due) {
      const isSlow = (this.#pulled.get(blog)?.missing ?? 0) > 0
      void this.#lanes.begin(blog, { owner: blog }, isSlow, async () => {
        this.#due.delete(blog)
        await this.pull(blog)
      })
    }
  }

  /** Everything of the archive that this member owes, fetched from whoever has it. */
  pull(blog: Hash): Promise<ArchivePull> {
    return this.#pulls.current(blog)
  }

  /** What the last pull of a blog found, for its status. */
  pulled(blog: Hash): ArchivePull | null {
    return this.#pulled.get(blog) ?? null
  }

  /** The archive as far as its list is here; null where there is none. */
  async kept(blog: Hash): Promise<KeptArchive | null> {
    const objects = await this.#deps.ledger.blog(blog)
    const archive = currentArchive(objects, this.#deps.clock.nowMs())
    if (archive === null) return null
    const files = await this.#filesOf(archive)
    return files === null ? null : { archive, files: withoutForgotten(files, archive, this.#forgotten(objects)) }
  }

  /** Blobs that kept archives name: the sweep leaves them. */
  async references(): Promise<readonly Hash[]> {
    const { ledger } = this.#deps
    const found: Hash[] = []
    for (const blog of ledger.blogs()) {
      const objects = await ledger.blog(blog)
      if (objects.archive.length === 0 || !this.#keeps(objects)) continue
      const kept = await this.kept(blog)
      if (kept === null) continue
      found.push(...kept.archive.payload.parts.map((part) => part.blob))
      for (const { blob } of kept.files) if (blob !== null) found.push(blob)
    }
    return found
  }

  async #pull(blog: Hash): Promise<ArchivePull> {
    const { ledger, clock, blobs, fetcher, log } = this.#deps
    const objects = await ledger.blog(blog)
    const archive = currentArchive(objects, clock.nowMs())
    if (objects.archive.length > 0) await this.#dropOld(objects, archive)
    const head = currentHead(objects, clock.nowMs())
    if (archive === null || head === null || !this.#keeps(objects)) return nothing
    if (listBytes(archive) > listBytesMax) {
      log.warn('archive-list-too-long', { blog, files: archive.payload.files })
      return nothing
    }
    const parts: { blob: Hash; bytes: number }[] = []
    for (const part of archive.payload.parts) if (!(await blobs.has(part.blob))) parts.push(part)
    await fetcher.blobs(parts, head)
    const kept = await this.kept(blog)
    if (kept === null) return this.#done(blog, { ...nothing, missing: archive.payload.files })
    const refused = this.#refusedBlobs(objects)
    const allowed = kept.files.filter(({ blob }) => blob === null || !refused.has(blob))
    const { wanted, overAllowance } = await this.#wanted(allowed)
    let fetched = 0
    for (let at = 0; at < wanted.length; at += batchSize)
      fetched += (await fetcher.blobs(wanted.slice(at, at + batchSize), head)).filter(Boolean).length
    const missing = wanted.length - fetched
    if (fetched > 0 || missing > 0) log.info('archive-kept', { blog, fetched, missing, overAllowance })
    return this.#done(blog, { fetched, missing, overAllowance })
  }

  #done(blog: Hash, pull: ArchivePull): ArchivePull {
    this.#pulled.set(blog, pull)
    if (pull.missing > 0) this.#due.add(blog)
    return pull
  }

  /** Files that are not here, pages first, as far as the allowance goes: what is here already counts. */
  async #wanted(files: readonly ArchivedFile[]) {
    const rank = ({ type }: ArchivedFile) =>
      /^(text\/html|application\/xhtml)/.test(type) ? 0 : type.startsWith('text/css') ? 1 : 2
    const sorted = files.filter((file) => file.blob !== null).sort((a, b) => rank(a) - rank(b) || a.bytes - b.bytes)
    const wanted: { blob: Hash; bytes: number }[] = []
    const seen = new Set<Hash>()
    let room = this.#options.archiveBytesMax
    let overAllowance = 0
    for (const { blob, bytes } of sorted) {
      if (seen.has(blob!)) continue
      seen.add(blob!)
      if (bytes > room) overAllowance++
      else {
        room -= bytes
        if (!(await this.#deps.blobs.has(blob!))) wanted.push({ blob: blob!, bytes })
      }
    }
    return { wanted, overAllowance }
  }

  /** Bytes that older lists name, or that are forgotten, leave where nothing else names them. */
  async #dropOld(objects: BlogObjects, current: SignedObject<'archive'> | null): Promise<void> {
    const candidates = new Set<Hash>()
    const keeps = current !== null && this.#keeps(objects)
    for (const archive of objects.archive) {
      const isOld = !keeps || archive.id !== current.id
      const files = (await this.#filesOf(archive)) ?? []
      const stay = isOld ? [] : withoutForgotten(files, archive, this.#forgotten(objects))
      const staying = new Set(stay.map((file) => file.path))
      for (const { blob, path } of files) if (blob !== null && !staying.has(path)) candidates.add(blob)
      if (isOld) for (const { blob } of archive.payload.parts) candidates.add(blob)
    }
    if (candidates.size > 0) await this.#deps.drop(candidates)
  }

  /** null where a part is not here, or is not in its one form. */
  async #filesOf(archive: SignedObject<'archive'>): Promise<readonly ArchivedFile[] | null> {
    const known = this.#lists.get(archive.id)
    if (known !== undefined) return known
    const { parts } = archive.payload
    if (listBytes(archive) > listBytesMax) return null
    const files: ArchivedFile[] = []
    for (const [part, { blob }] of parts.entries()) {
      const bytes = await this.#deps.blobs.get(blob)
      const read = bytes === null ? null : readArchivePart(bytes, { part, of: parts.length }, this.#deps.sha256)
      if (read === null) return null
      files.push(...read)
    }
    this.#lists.set(archive.id, files)
    if (this.#lists.size > listsMax) this.#lists.delete(this.#lists.keys().next().value!)
    return files
  }

  #forgotten(objects: BlogObjects): readonly string[] {
    return currentHead(objects, this.#deps.clock.nowMs())?.payload.forgotten ?? []
  }

  #ownRefusals(objects: BlogObjects): readonly SignedObject<'refusal'>[] {
    const roster = this.#deps.ledger.roster()
    const self = roster.memberOf(this.#options.self)?.id
    return objects.refusal.filter(({ payload: { key } }) => roster.memberOf(key)?.id === self)
  }

  /** Files that this member's operator refuses by name. */
  #refusedBlobs(objects: BlogObjects): ReadonlySet<Hash> {
    const named = standing(this.#ownRefusals(objects)).map((refusal) => refusal.blob)
    return new Set(named.filter((blob) => blob !== undefined))
  }

  #keeps(objects: BlogObjects): boolean {
    const { ledger, clock, sha256 } = this.#deps
    if (this.#options.archiveBytesMax === 0) return false
    // Anybody can sign a root: only what a proven address tells is worth so much room.
    if (provenAddresses(objects, ledger.roster(), clock.nowMs(), sha256).length === 0) return false
    const self = ledger.roster().memberOf(this.#options.self)
    const head = currentHead(objects, clock.nowMs())
    const lists = self !== null && head?.payload.mirrors.includes(self.id) === true
    return lists && !refusesAll(this.#ownRefusals(objects))
  }
}

function listBytes({ payload: { parts } }: SignedObject<'archive'>): number {
  return parts.reduce((sum, part) => sum + part.bytes, 0)
}

function withoutForgotten(
  files: readonly ArchivedFile[],
  { payload: { address } }: SignedObject<'archive'>,
  forgotten: readonly string[],
): readonly ArchivedFile[] {
  if (forgotten.length === 0) return files
  return files.filter(({ path }) => !isForgotten(urlOf(path, address), address, forgotten))
}

/** The address of a file on the web. */
export function urlOf(path: string, address: string): string {
  return path.startsWith('/') ? (URL.parse(path.slice(1), address)?.href ?? address) : path
}
