/**
 * Whose turn it is to fill and sign a blog's archive: the head signer of the moment or its stand-in, while the blog is up.
 *
 *   due → fill a little → has the list changed? → its parts into the blob store → sign
 */
import type { Ledger } from '../../ledger/ledger.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Schedule } from '../../lib/schedule.ts'
import { type ArchivedFile, archiveCounts, archiveName, archiveParts } from '../../protocol/archive.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { currentHead, headSigner } from '../../protocol/heads.ts'
import { headSigners, isOnline, keyRolesOf } from '../../protocol/key-roles.ts'
import type { Archive, Hash, Key } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'
import { rootChain } from '../../protocol/roots.ts'
import { isForgotten } from '../capture/url.ts'
import { FairLanes } from '../fair-lanes.ts'
import type { ArchiveFiller } from './archive-filler.ts'
import { urlOf } from './archive-keeper.ts'
import type { ArchiveEntry, ArchiveStore } from './archive-store.ts'

export type ArchiveRoundDeps = {
  readonly ledger: Ledger
  readonly filler: Pick<ArchiveFiller, 'fill'>
  readonly archives: ArchiveStore
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  readonly signerOf: (key: Key) => Signer | null
  /** Whether this member works for a blog that names it as its steward. Default: for all. */
  readonly serves?: (blog: BlogObjects) => Promise<boolean>
}
export type ArchiveRoundOptions = {
  /** Between two fills of one blog. */
  readonly everyMs: number
  /** A list that is still growing is signed this often. */
  readonly signMs: number
}
export const archiveRoundDefaults: ArchiveRoundOptions = { everyMs: 15 * 60_000, signMs: 6 * 3_600_000 }

/** Fills at one time. A blog whose last one took longer than this is slow. */
const lines = { name: 'archive', quick: 3, slow: 1 }
const slowMs = 60_000

export class ArchiveRound {
  readonly #deps: ArchiveRoundDeps
  readonly #options: ArchiveRoundOptions
  readonly #lanes: FairLanes
  readonly #isSlow = new Set<Hash>()

  constructor(deps: ArchiveRoundDeps, options: ArchiveRoundOptions) {
    this.#deps = deps
    this.#options = options
    this.#lanes = new FairLanes(deps, lines)
  }

  start(schedule: Schedule): Cancel {
    return schedule.every('archive', this.#options.everyMs, this.#options.everyMs / 10, async () => this.#begin())
  }

  /** Begins a fill of every blog. Waits for nobody's server: one that is slow holds up those that are slow. */
  #begin(): void {
    for (const blog of this.#deps.ledger.blogs())
      void this.#lanes.begin(blog, { owner: blog }, this.#isSlow.has(blog), () => this.#timed(blog))
  }

  async #timed(blog: Hash): Promise<void> {
    const { clock } = this.#deps
    const startMs = clock.steadyMs()
    try {
      await this.run(blog)
    } finally {
      if (clock.steadyMs() - startMs > slowMs) this.#isSlow.add(blog)
      else this.#isSlow.delete(blog)
    }
  }

  /** The id of what was signed, or null. */
  async run(blog: Hash): Promise<Hash | null> {
    const { ledger, clock, filler, archives, signerOf, log } = this.#deps
    const nowMs = clock.nowMs()
    const objects = await ledger.blog(blog)
    if (rootChain(blog, objects.root)?.current.payload.closed === true) {
      await archives.forget(blog)
      return null
    }
    const { state } = await ledger.state(blog)
    const key = fillerOf(objects, nowMs, state === 'down')
    const signer = key === null ? null : signerOf(key)
    const head = currentHead(objects, nowMs)
    const snapshot = objects.snapshot.find((entry) => entry.id === head?.payload.snapshot)
    if (signer === null || snapshot === undefined || state !== 'up') return null
    if ((await this.#deps.serves?.(objects)) === false) return null
    const { address } = snapshot.payload
    const forgotten = head?.payload.forgotten ?? []
    const { complete, requests } = await filler.fill({ blog, address, snapshot, forgotten })
    const entries = await archives.entries(blog)
    const files = archivedFiles(entries).filter(({ path }) => !isForgotten(urlOf(path, address), address, forgotten))
    const fields = await this.#list(blog, address, files, complete)
    if (fields === null) return null
    const round = await archives.round(blog)
    const name = archiveName(fields.parts, this.#deps.sha256)
    const shrinks = files.length < (await this.#signedFiles(blog))
    const due = complete || shrinks || nowMs - round.signedMs >= this.#options.signMs
    // Of two lists of one moment the newer could not be told.
    if (round.name === name || !due || nowMs <= round.signedMs) return null
    const signed = await ledger.publish('archive', fields, signer)
    await archives.putRound(blog, { ...round, name, signedMs: nowMs })
    log.info('archived', { blog, files: fields.files, bytes: fields.bytes, requests, complete })
    return signed.id
  }

  /** Blobs that the archives signed or filled here need: the sweep leaves them. */
  async references(): Promise<readonly Hash[]> {
    const { archives, ledger } = this.#deps
    const found: Hash[] = []
    for (const blog of await archives.blogs()) {
      const objects = await ledger.blog(blog)
      const head = currentHead(objects, this.#deps.clock.nowMs())
      const address = objects.snapshot[0]?.payload.address ?? ''
      for (const { blob, url } of await archives.entries(blog))
        if (blob !== null && !isForgotten(url, address, head?.payload.forgotten ?? [])) found.push(blob)
      for (const { payload } of objects.archive) found.push(...payload.parts.map((part) => part.blob))
    }
    return found
  }

  async #signedFiles(blog: Hash): Promise<number> {
    const { archive } = await this.#deps.ledger.blog(blog)
    return Math.max(
      0,
      ...archive
        .filter(({ payload }) => this.#deps.signerOf(payload.key) !== null)
        .map(({ payload }) => payload.files + payload.leftOut),
    )
  }

  /** The list in parts, which are in the blob store then. null where it is larger than an archive may be. */
  async #list(
    blog: Hash,
    address: string,
    files: readonly ArchivedFile[],
    complete: boolean,
  ): Promise<Omit<Archive, 'network' | 'key' | 'time'> | null> {
    const made = archiveParts(files, this.#deps.sha256)
    if (made === null) {
      this.#deps.log.warn('archive-too-large', { blog, files: files.length })
      return null
    }
    const parts = []
    for (const { bytes } of made) parts.push({ blob: await this.#deps.blobs.put(bytes), bytes: bytes.length })
    return { blog, address, parts, ...archiveCounts(files), complete }
  }
}

/**
 * Whose turn it is: the head signer's; where that is the blog's own server and has signed no archive, the first steward's.
 * Programs on small hosts sign copies and have no time to walk through ten years.
 */
function fillerOf(blog: BlogObjects, nowMs: number, down: boolean): Key | null {
  const turn = headSigner(blog, nowMs, { down })
  const roles = keyRolesOf(blog)
  if (turn === null || roles === null || !isOnline(roles, turn)) return turn
  if (blog.archive.some((archive) => archive.payload.key === turn)) return turn
  return headSigners(roles, nowMs).find((key) => !isOnline(roles, key)) ?? turn
}

function archivedFiles(entries: readonly ArchiveEntry[]): ArchivedFile[] {
  return entries
    .filter(({ kind, checkedMs, blob }) => kind !== 'source' && (blob !== null || checkedMs > 0))
    .map(({ path, blob, bytes, type }) => ({ path, blob, bytes, type }))
}
