/** Pictures and fonts of blogs as ready answers, kept in memory up to a bound. Those asked for longest ago go first. */
import type { Hash } from '../../protocol/objects.ts'
import { type Compress, type Prepared, prepared } from './answers.ts'
import { sniffedType } from './inert-data.ts'
import { copyFile } from './policies.ts'

export type FileCacheDeps = {
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  readonly compress: Compress
}
export type FileCacheOptions = { readonly fileBytesMax: number }

export class FileCache {
  readonly #deps: FileCacheDeps
  readonly #options: FileCacheOptions
  readonly #files = new Map<Hash, Prepared>()
  /** One reading of a file at a time, however many ask for it. */
  readonly #loading = new Map<Hash, Promise<Prepared | null>>()
  #bytes = 0

  constructor(deps: FileCacheDeps, options: FileCacheOptions) {
    this.#deps = deps
    this.#options = options
  }

  get bytes(): number {
    return this.#bytes
  }

  /** One that is in memory. */
  ready(hash: Hash): Prepared | undefined {
    const known = this.#files.get(hash)
    if (known !== undefined) {
      this.#files.delete(hash)
      this.#files.set(hash, known)
    }
    return known
  }

  /** A picture or font from the store, typed by its own bytes. Anything else is not handed out. */
  get(hash: Hash): Promise<Prepared | null> {
    const known = this.ready(hash)
    if (known !== undefined) return Promise.resolve(known)
    const loading = this.#loading.get(hash) ?? this.#load(hash).finally(() => this.#loading.delete(hash))
    this.#loading.set(hash, loading)
    return loading
  }

  async #load(hash: Hash): Promise<Prepared | null> {
    const bytes = await this.#deps.blob(hash)
    const type = bytes === null ? null : sniffedType(bytes)
    if (bytes === null || type === null) return null
    const packs = /^(font\/[to]tf|image\/(bmp|x-icon))$/.test(type)
    const forms = packs ? await this.#deps.compress(bytes) : { identity: bytes, gzip: null, br: null }
    const made = prepared(forms, { hash, headers: copyFile(type) })
    this.#keep(hash, made)
    return made
  }

  #keep(hash: Hash, made: Prepared): void {
    this.#files.set(hash, made)
    this.#bytes += made.bytes
    for (const [old, prepared] of this.#files) {
      if (this.#bytes <= this.#options.fileBytesMax || old === hash) break
      this.#files.delete(old)
      this.#bytes -= prepared.bytes
    }
  }
}
