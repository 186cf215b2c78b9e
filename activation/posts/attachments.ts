/**
 * The images of posts: handed in by the author under the hash and size that an accepted post names, and pulled by mirrors
 * from whoever has them. Nothing is stored that no post asked for.
 */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import { toHex } from '../../protocol/bytes.ts'
import { ok, type Refused, type Result, refuse } from '../../protocol/codes.ts'
import type { Attachment, Hash, SignedObject } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { MemberView } from '../../protocol/roster.ts'
import { imageTypeOf } from './image-type.ts'

type PostObject = SignedObject<'post'>
export type AttachmentsDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly peers: Peers
  readonly sha256: Sha256
}

export class Attachments {
  readonly #deps: AttachmentsDeps
  /** Every blob that a known post names, with the posts that name it. */
  readonly #wanted = new Map<Hash, { readonly file: Attachment; readonly posts: Map<Hash, PostObject> }>()
  readonly #pulls = new Map<Hash, Promise<boolean>>()

  constructor(deps: AttachmentsDeps) {
    this.#deps = deps
  }

  /** Remembers what a stored post names. Called for every post, old and new. */
  expect(post: PostObject): void {
    for (const file of post.payload.attachments) {
      const wanted = this.#wanted.get(file.blob) ?? { file, posts: new Map() }
      wanted.posts.set(post.id, post)
      this.#wanted.set(file.blob, wanted)
    }
  }

  /** What an accepted post says of a blob: how long it is, and whose. null where none names it. */
  wanted(hash: Hash): { readonly bytes: number; readonly blog: Hash } | null {
    const found = this.#wanted.get(hash)
    const [post] = found?.posts.values() ?? []
    return found === undefined || post === undefined ? null : { bytes: found.file.bytes, blog: post.payload.blog }
  }

  /** Ids of the posts that name a blob. */
  naming(hash: Hash): readonly Hash[] {
    return [...(this.#wanted.get(hash)?.posts.keys() ?? [])]
  }

  /** Bytes that somebody hands in. On disk once this resolves with ok; `posts` may now be complete. */
  async put(hash: Hash, bytes: Uint8Array): Promise<Result<readonly PostObject[]>> {
    const wanted = this.#wanted.get(hash)
    if (wanted === undefined) return refuse('NOT_WANTED')
    const problem = this.#problem(hash, bytes, wanted.file)
    if (problem !== null) return problem
    await this.#deps.blobs.put(bytes)
    return ok([...wanted.posts.values()])
  }

  async missing(post: PostObject): Promise<readonly Attachment[]> {
    const kept = await Promise.all(post.payload.attachments.map((attachment) => this.#deps.blobs.has(attachment.blob)))
    return post.payload.attachments.filter((_, i) => !kept[i])
  }

  /** Asks the members in turn for what is missing. True where the post is complete afterwards. */
  async pull(post: PostObject, from: readonly MemberView[]): Promise<boolean> {
    const missing = await this.missing(post)
    const pulled = await Promise.all(missing.map((file) => this.#pullOnce(file, from)))
    return pulled.every((done) => done)
  }

  async #pullOnce(file: Attachment, from: readonly MemberView[]): Promise<boolean> {
    const running = this.#pulls.get(file.blob)
    if (running !== undefined && (await running)) return true
    // One under way may have asked before anybody had it: whoever comes with news is not served by its failure.
    const next = this.#pulls.get(file.blob)
    if (next !== undefined && next !== running) return next
    const pull = this.#pullOne(file, from).finally(() => {
      if (this.#pulls.get(file.blob) === pull) this.#pulls.delete(file.blob)
    })
    this.#pulls.set(file.blob, pull)
    return pull
  }

  async #pullOne(file: Attachment, from: readonly MemberView[]): Promise<boolean> {
    for (const member of from) {
      const bytes = await this.#deps.peers.blob(member.url, file.blob)
      if (bytes === null || this.#problem(file.blob, bytes, file) !== null) continue
      await this.#deps.blobs.put(bytes)
      return true
    }
    return false
  }

  #problem(hash: Hash, bytes: Uint8Array, file: Attachment): Refused | null {
    if (bytes.length !== file.bytes)
      return refuse('HASH_MISMATCH', `expected ${file.bytes} bytes, found ${bytes.length}`)
    const found = toHex(this.#deps.sha256(bytes))
    if (found !== hash) return refuse('HASH_MISMATCH', found)
    const type = imageTypeOf(bytes)
    return type === file.type
      ? null
      : refuse('BAD_FIELDS', `the post says ${file.type}, the bytes are ${type ?? 'no image'}`)
  }
}
