/**
 * Writes for one blog with one key: what a mail or a blogging app says becomes a signed post and is handed in. The same
 * writer serves a member with a key that the author delegated, and the author's own computer with the author's own key; only
 * the target differs to which it hands in.
 *
 * Apps and mail servers that lost an answer send again. What this key said before, in the same words within the hour or
 * under the same draft, is handed in again as it was signed: one post, whose images may have been missing.
 */

import type { KeyedMutex } from '../../../ledger/keyed-mutex.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { BlogObjects } from '../../../protocol/blog-objects.ts'
import { toHex, utf8 } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { seal } from '../../../protocol/envelope.ts'
import type { Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import type { Sha256, Signer } from '../../../protocol/platform.ts'
import { type ShownPost, shownPosts, tips } from '../../../protocol/posts.ts'
import { rootChain } from '../../../protocol/roots.ts'
import { assemblePost, cutTo, draftLimits, type PostContent, type PostContext } from '../post-assembler.ts'

export type Blobs = ReadonlyMap<Hash, Uint8Array>
/** Where posts come from and go to: a member's own ledger, or a member over the network. */
export type PostTarget = {
  blog(): Promise<BlogObjects>
  /** Durable, and on its way to the mirrors, once this resolves with ok. Images follow the post. */
  handIn(objects: readonly SignedObject[], blobs: Blobs): Promise<Result<null>>
}
export type PostWriterDeps = {
  readonly target: PostTarget
  readonly signer: Signer
  readonly clock: Clock
  readonly sha256: Sha256
  /** Shared by all writers of a program: one key writes one thing after the other. */
  readonly mutex: KeyedMutex
}
export type PostWriterOptions = {
  readonly network: Hash
  readonly blog: Hash
  /** How it came, for readers: "by e-mail through Mirror One". At most 60 bytes count. */
  readonly through: string
}
export type WrittenText = Omit<PostContent, 'mark' | 'replaces' | 'withdrawn'>
export type WrittenMarks = Pick<PostContext, 'heldMs' | 'cancel' | 'mail' | 'mailProof'> & {
  /** Made of the words and the hour where it is not given. A second post of one draft is not written. */
  readonly draft?: Hash
  /** Objects that must be there first: a declaration that the blog is down. */
  readonly first?: readonly SignedObject[]
}
type PostObject = SignedObject<'post'>

/** The same words a while later are meant as a second post. */
const againMs = 3_600_000

export class PostWriter {
  readonly #deps: PostWriterDeps
  readonly #options: PostWriterOptions

  constructor(deps: PostWriterDeps, options: PostWriterOptions) {
    this.#deps = deps
    this.#options = options
  }

  get key(): Key {
    return this.#deps.signer.key
  }

  write(text: WrittenText, blobs: Blobs, marks: WrittenMarks = {}): Promise<Result<PostObject>> {
    return this.#exclusively(() => this.#publish(text, blobs, marks, null))
  }

  edit(post: Hash, text: WrittenText, blobs: Blobs): Promise<Result<PostObject>> {
    return this.#exclusively(async () => {
      const shown = await this.post(post)
      return shown === null ? notMine : this.#publish(text, blobs, {}, shown.current)
    })
  }

  withdraw(post: Hash): Promise<Result<PostObject>> {
    return this.edit(post, { title: '', html: '', attachments: [] }, new Map())
  }

  /** Posts by this key that can still be changed, newest first. */
  async posts(): Promise<readonly ShownPost[]> {
    const all = shownPosts(await this.#deps.target.blog(), this.#deps.clock.nowMs())
    return all.filter((shownPost) => shownPost.current.payload.key === this.key && !shownPost.withdrawn)
  }

  /** By the public id, or by that of any of its texts. */
  async post(id: Hash): Promise<ShownPost | null> {
    const found = (await this.posts()).find(
      (post) => post.id === id || post.history.some((version) => version.id === id),
    )
    return found ?? null
  }

  /** The blog's title, address and language, as its root says. */
  async root() {
    const blog = await this.#deps.target.blog()
    return rootChain(blog.blog, blog.root)?.current.payload ?? null
  }

  /** `text` with nothing in it takes `before` back. */
  async #publish(
    text: WrittenText,
    blobs: Blobs,
    marks: WrittenMarks,
    before: PostObject | null,
  ): Promise<Result<PostObject>> {
    const { target, clock, signer, sha256 } = this.#deps
    const withdrawn = before !== null && text.title === '' && text.html === ''
    const title = cutTo(text.title.replace(/\s+/g, ' ').trim(), draftLimits.titleBytesMax)
    const blog = await target.blog()
    const { draft, known } = this.#draftOf({ ...text, title }, blog.post, marks.draft, before)
    if (known !== null) return this.#handIn(known, blobs)
    const { first, draft: _, ...rest } = marks
    const { network, blog: id, through } = this.#options
    const fields = assemblePost(
      { ...text, title, mark: draft, ...(before === null ? {} : { replaces: before }), withdrawn },
      { network, blog: id, prevs: tips(blog), nowMs: clock.nowMs(), through, ...rest },
    )
    return fields.ok ? this.#handIn(await seal('post', fields.value, signer, sha256), blobs, first) : fields
  }

  /** The draft of a text, and the post that says it already. Changed or taken back since, that is another post. */
  #draftOf(
    text: WrittenText,
    posts: readonly PostObject[],
    draft: Hash | undefined,
    before: PostObject | null,
  ): { readonly draft: Hash; readonly known: PostObject | null } {
    const { clock, sha256 } = this.#deps
    const content = contentOf(text)
    if (before !== null)
      return { draft: before.payload.draft, known: contentOf(before.payload) === content ? before : null }
    const own = posts.filter(({ payload }) => payload.key === this.key && payload.replaces === undefined)
    if (draft !== undefined) return { draft, known: own.find((post) => post.payload.draft === draft) ?? null }
    const same = own.filter((post) => contentOf(post.payload) === content)
    const replaced = new Set(posts.map((post) => post.payload.replaces))
    const nowMs = clock.nowMs()
    const known = same.find((post) => nowMs - post.payload.time < againMs && !replaced.has(post.id))
    const mark = ['dgos draft', this.key, Math.floor(nowMs / againMs), same.length, content]
    return { draft: toHex(sha256(utf8(JSON.stringify(mark)))), known: known ?? null }
  }

  async #handIn(post: PostObject, blobs: Blobs, first: readonly SignedObject[] = []): Promise<Result<PostObject>> {
    const named = new Map(
      [...blobs].filter(([hash]) => post.payload.attachments.some((attachment) => attachment.blob === hash)),
    )
    const taken = await this.#deps.target.handIn([...first, post], named)
    return taken.ok ? ok(post) : taken
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#deps.mutex.take(this.key, work)
  }
}

function contentOf({ title, html, source = '', language = '', attachments }: WrittenText): string {
  return JSON.stringify([title, html, source, language, attachments.map((attachment) => attachment.blob)])
}

const notMine = refuse('NOT_FOUND', 'no post of this app or address has that id')
