/**
 * What the operator of this member refuses: it takes no posts for such a blog and shows none of it, nor the posts and
 * files that were named alone. The word is public, so that readers and head signers go elsewhere.
 */
import type { Ledger } from '../ledger/ledger.ts'
import { type BlogObjects, blogObjects } from '../protocol/blog-objects.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import { changes } from '../protocol/kinds.ts'
import { blogOf, byTime, type Hash, type Key, type SignedObject } from '../protocol/objects.ts'
import type { FactsSource } from './pages/facts.ts'

export type RefusalsOptions = { readonly self: Key }

export class Refusals {
  readonly #ledger: Ledger
  readonly #self: Key
  readonly #spokenOf = new Set<Hash>()
  #looked: Promise<void> | null = null

  constructor(deps: { readonly ledger: Ledger }, options: RefusalsOptions) {
    this.#ledger = deps.ledger
    this.#self = options.self
    deps.ledger.onStored((objects) => {
      for (const object of objects)
        if (object.kind === 'refusal' && object.payload.blog !== undefined) this.#spokenOf.add(object.payload.blog)
    })
    deps.ledger.addPolicy('post', (object, blog) => this.#refused(object, blog))
  }

  /** The ledger as pages see it: without what is refused. */
  facts(): FactsSource {
    return {
      blog: async (id) => this.#shown(await this.#ledger.blog(id)),
      roster: () => this.#ledger.roster(),
      byHost: async (host) => {
        const id = await this.#ledger.byHost(host)
        return id === null || this.refusesBlog(await this.#ledger.blog(id)) ? null : id
      },
      refused: async (id) => this.#refusedBlobs(await this.#ledger.blog(id)),
    }
  }

  /** Whether nothing of the blog is kept or shown. Want of room is another matter: what is here stays readable. */
  refusesBlog(blog: BlogObjects): boolean {
    return this.#holds(
      blog,
      ({ blob, post, reason }) => blob === undefined && post === undefined && reason !== 'capacity',
    )
  }

  /** Whether these bytes are not to be handed out: refused by name, or bytes of a blog that is refused as a whole. */
  async refusesBlob(hash: Hash): Promise<boolean> {
    for (const id of await this.#refusing()) {
      const blog = await this.#ledger.blog(id)
      if (this.#refusedBlobs(blog).has(hash)) return true
      if (this.refusesBlog(blog) && names(blog, hash)) return true
    }
    return false
  }

  /** Whether a signed text is not to be handed out: a post refused by its id, or a post or copy of a refused blog. */
  async refusesObject(object: SignedObject): Promise<boolean> {
    const id = changes(object.kind, 'pages') ? blogOf(object) : null
    if (id === null || !(await this.#refusing()).has(id)) return false
    const blog = await this.#ledger.blog(id)
    return this.refusesBlog(blog) || this.#holds(blog, (refusal) => refusal.post === object.id)
  }

  /** Blogs about which there is a refusal: few, so that each blob need not be looked for in all blogs. */
  async #refusing(): Promise<ReadonlySet<Hash>> {
    this.#looked ??= (async () => {
      for (const id of this.#ledger.blogs())
        if ((await this.#ledger.blog(id)).refusal.length > 0) this.#spokenOf.add(id)
    })()
    await this.#looked
    return this.#spokenOf
  }

  #refusedBlobs(blog: BlogObjects): ReadonlySet<Hash> {
    const named = new Set(blog.refusal.flatMap((refusal) => refusal.payload.blob ?? []))
    return new Set([...named].filter((hash) => this.#holds(blog, (refusal) => refusal.blob === hash)))
  }

  #refused(object: SignedObject, blog: BlogObjects | null): Refused | null {
    return blog !== null && this.refusesBlog(blog) ? refuse('REFUSED', object.kind) : null
  }

  /** Of a refused blog nothing; else the blog without its refused posts. */
  #shown(blog: BlogObjects): BlogObjects {
    if (this.refusesBlog(blog)) return blogObjects(blog.blog, [])
    const hidden = (id: Hash) => this.#holds(blog, (refusal) => refusal.post === id)
    return blog.refusal.length === 0 ? blog : { ...blog, post: blog.post.filter((post) => !hidden(post.id)) }
  }

  /** Whether the newest own word about a thing stands. */
  #holds(blog: BlogObjects, about: (refusal: SignedObject<'refusal'>['payload']) => boolean): boolean {
    const own = blog.refusal.filter(({ payload }) => payload.key === this.#self && about(payload))
    const newest = own.sort((a, b) => byTime(b, a))[0]
    return newest !== undefined && newest.payload.lifted !== true
  }
}

function names(blog: BlogObjects, hash: Hash): boolean {
  const copied = blog.snapshot.some(({ payload }) =>
    [...payload.pages, ...payload.assets].some((snapshotFile) => snapshotFile.blob === hash),
  )
  return copied || blog.post.some(({ payload }) => payload.attachments.some((attachment) => attachment.blob === hash))
}
