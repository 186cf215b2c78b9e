/**
 * A disk that forgets. Writes become durable only after their fsync, which takes virtual time; a crash loses what was
 * still under way. A full disk refuses. Passes the same contract as the real store.
 */

import type { ObjectRow, ObjectStore, StoredObject } from '../../ledger/object-store.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { Random } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Envelope, Hash, Kind } from '../../protocol/objects.ts'

export class DiskFull extends Error {
  readonly code = 'ENOSPC'
}

/** What survives a crash of its member, and the faults it has at present. */
export class SimDisk {
  readonly rows = new Map<Hash, ObjectRow>()
  readonly blobs = new Map<Hash, Uint8Array>()
  full = false
  /** Grows with every crash: writes begun before it never land. */
  life = 0
  readonly #clock: Clock
  readonly #random: Random

  constructor(deps: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = deps.clock
    this.#random = deps.random
  }

  /** Lands `write` after the time of an fsync, or never where the member crashed meanwhile. */
  fsync(write: () => void): Promise<void> {
    const begun = this.life
    return new Promise((resolve, reject) => {
      this.#clock.after(1 + this.#random.below(15), () => {
        if (this.life !== begun) return
        if (this.full) return reject(new DiskFull('no space left'))
        write()
        resolve()
      })
    })
  }

  crash(): void {
    this.life++
  }
}

export class ForgettingObjectStore implements ObjectStore {
  readonly #disk: SimDisk

  constructor(disk: SimDisk) {
    this.#disk = disk
  }

  put(rows: readonly ObjectRow[]): Promise<void> {
    return this.#disk.fsync(() => {
      for (const row of rows) if (!this.#disk.rows.has(row.id)) this.#disk.rows.set(row.id, row)
    })
  }

  async get(id: Hash): Promise<Envelope | null> {
    return this.#disk.rows.get(id)?.envelope ?? null
  }

  async ofBlog(blog: Hash | null): Promise<readonly StoredObject[]> {
    return this.#where((row) => row.blog === blog)
  }

  async ofKind(kind: Kind): Promise<readonly StoredObject[]> {
    return this.#where((row) => row.kind === kind)
  }

  async blogs(): Promise<readonly Hash[]> {
    const blogs = [...this.#disk.rows.values()].map((row) => row.blog).filter((blog) => blog !== null)
    return [...new Set(blogs)].sort()
  }

  remove(ids: readonly Hash[]): Promise<void> {
    return this.#disk.fsync(() => {
      for (const id of ids) this.#disk.rows.delete(id)
    })
  }

  #where(holds: (row: ObjectRow) => boolean): readonly StoredObject[] {
    const found = [...this.#disk.rows.values()].filter(holds)
    return found.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, envelope }) => ({ id, envelope }))
  }
}

export class ForgettingBlobStore implements BlobStore {
  readonly #disk: SimDisk

  constructor(disk: SimDisk) {
    this.#disk = disk
  }

  async put(bytes: Uint8Array): Promise<Hash> {
    const hash = toHex(nodePlatform.sha256(bytes))
    await this.#disk.fsync(() => this.#disk.blobs.set(hash, bytes))
    return hash
  }

  async get(hash: Hash): Promise<Uint8Array | null> {
    const bytes = this.#disk.blobs.get(hash)
    if (bytes === undefined) return null
    if (toHex(nodePlatform.sha256(bytes)) === hash) return bytes
    this.#disk.blobs.delete(hash)
    return null
  }

  async has(hash: Hash): Promise<boolean> {
    return this.#disk.blobs.has(hash)
  }

  async size(hash: Hash): Promise<number | null> {
    return this.#disk.blobs.get(hash)?.length ?? null
  }

  async remove(hash: Hash): Promise<void> {
    this.#disk.blobs.delete(hash)
  }

  async *list(): AsyncIterable<{ hash: Hash; bytes: number }> {
    for (const [hash, bytes] of this.#disk.blobs) yield { hash, bytes: bytes.length }
  }
}
