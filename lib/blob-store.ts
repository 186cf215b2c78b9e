/**
 * Bytes named by their SHA-256, as files: `<dir>/v1/<first two digits>/<hash>`.
 *
 * Written to `v1/tmp`, hashed, fsynced, renamed, and the folder fsynced: after a crash a blob is there whole or not at
 * all. Hashed again on every read: what the disk damaged is removed, logged and answered as absent, so that the
 * caller fetches it from another mirror.
 */

import { hash as hashOf, randomUUID, webcrypto } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isHash } from '../protocol/bytes.ts'
import type { Hash } from '../protocol/objects.ts'
import type { Log } from './log.ts'

export type BlobStore = {
  /** Resolves with the SHA-256 when the bytes are on disk. The same bytes again are no error, and heal a damaged copy. */
  put(bytes: Uint8Array): Promise<Hash>
  /** The bytes, or null where they are not kept or no longer match their name. */
  get(hash: Hash): Promise<Uint8Array | null>
  has(hash: Hash): Promise<boolean>
  /** Bytes kept under the name, unread, or null. */
  size(hash: Hash): Promise<number | null>
  /** Forgetting what is not kept is no error. */
  remove(hash: Hash): Promise<void>
  list(): AsyncIterable<{ readonly hash: Hash; readonly bytes: number }>
}

export type FileBlobStoreDeps = { readonly log: Log }
export type FileBlobStoreOptions = { readonly dir: string }

export class FileBlobStore implements BlobStore {
  readonly #log: Log
  readonly #root: string
  #ready: Promise<void> | null = null

  constructor({ log }: FileBlobStoreDeps, { dir }: FileBlobStoreOptions) {
    this.#log = log
    this.#root = join(dir, 'v1')
  }

  async put(bytes: Uint8Array): Promise<Hash> {
    const hash = await sha256Hex(bytes)
    if ((await this.get(hash)) !== null) return hash
    this.#ready ??= this.#prepare()
    await this.#ready
    const temporary = join(this.#root, 'tmp', randomUUID())
    const shard = join(this.#root, hash.slice(0, 2))
    try {
      await writeDurably(temporary, bytes)
      if ((await mkdir(shard, { recursive: true })) !== undefined) await syncFolder(this.#root)
      await rename(temporary, join(shard, hash))
    } catch (error) {
      await orNull(unlink(temporary)) // a full disk must not fill further with halves
      throw error
    }
    await syncFolder(shard)
    return hash
  }

  async get(hash: Hash): Promise<Uint8Array | null> {
    const bytes = await orNull(readFile(this.#pathOf(hash)))
    if (bytes === null) return null
    const found = await sha256Hex(bytes)
    if (found !== hash) {
      this.#log.error('blob-damaged', { expected: hash, found, bytes: bytes.length })
      await this.remove(hash)
      return null
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  async has(hash: Hash): Promise<boolean> {
    return (await this.size(hash)) !== null
  }

  async size(hash: Hash): Promise<number | null> {
    return (await orNull(stat(this.#pathOf(hash))))?.size ?? null
  }

  async remove(hash: Hash): Promise<void> {
    await orNull(unlink(this.#pathOf(hash)))
  }

  async *list(): AsyncIterable<{ readonly hash: Hash; readonly bytes: number }> {
    for (const shard of (await orNull(readdir(this.#root))) ?? []) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue
      for (const hash of (await orNull(readdir(join(this.#root, shard)))) ?? []) {
        const bytes = isHash(hash) ? await this.size(hash) : null
        if (bytes !== null) yield { hash, bytes }
      }
    }
  }

  /** A name that is no hash must not become a path. */
  #pathOf(hash: Hash): string {
    if (!isHash(hash)) throw new RangeError(`not a SHA-256 in hex: ${hash.slice(0, 80)}`)
    return join(this.#root, hash.slice(0, 2), hash)
  }

  /** Half-written files of a process that died. Those of a living one are younger. */
  async #prepare(): Promise<void> {
    const folder = join(this.#root, 'tmp')
    await mkdir(folder, { recursive: true })
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      const written = (await orNull(stat(path)))?.mtimeMs
      if (written !== undefined && Date.now() - written > leftoverMs) await orNull(unlink(path))
    }
  }
}

/** Longer than any write of one blob takes. */
const leftoverMs = 3_600_000

/** From this length on it is not the main loop that hashes. */
const hashedElsewhereBytes = 128 * 1024

async function sha256Hex(bytes: Uint8Array): Promise<Hash> {
  if (bytes.length < hashedElsewhereBytes) return hashOf('sha256', bytes)
  const digest = await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Buffer.from(digest).toString('hex')
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename is lasting only when the folder's own entry is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What is not there is an answer; every other failure of the disk is a surprise. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
