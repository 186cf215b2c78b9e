import type { BlobStore } from '../../lib/blob-store.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'

/** Keeps blobs in memory under the same contract as the files. `damage` does what a bad disk does, `full` what a full one does. */
export class MemoryBlobStore implements BlobStore {
  full = false
  readonly #blobs = new Map<Hash, Uint8Array>()

  async put(bytes: Uint8Array): Promise<Hash> {
    if (this.full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const hash = hashOf(bytes)
    this.#blobs.set(hash, bytes.slice())
    return hash
  }

  async get(hash: Hash): Promise<Uint8Array | null> {
    checkHash(hash)
    const bytes = this.#blobs.get(hash)
    if (bytes === undefined) return null
    if (hashOf(bytes) === hash) return bytes.slice()
    this.#blobs.delete(hash)
    return null
  }

  async has(hash: Hash): Promise<boolean> {
    return (await this.size(hash)) !== null
  }

  async size(hash: Hash): Promise<number | null> {
    checkHash(hash)
    return this.#blobs.get(hash)?.length ?? null
  }

  async remove(hash: Hash): Promise<void> {
    checkHash(hash)
    this.#blobs.delete(hash)
  }

  async *list(): AsyncIterable<{ readonly hash: Hash; readonly bytes: number }> {
    for (const [hash, bytes] of this.#blobs) yield { hash, bytes: bytes.length }
  }

  damage(hash: Hash): void {
    const bytes = this.#blobs.get(hash)
    if (bytes !== undefined) this.#blobs.set(hash, bytes.slice(1))
  }
}

function hashOf(bytes: Uint8Array): Hash {
  return toHex(nodePlatform.sha256(bytes))
}

function checkHash(hash: Hash): void {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError(`not a SHA-256 in hex: ${hash.slice(0, 80)}`)
}
