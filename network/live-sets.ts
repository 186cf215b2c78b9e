/**
 * The sets that members reconcile: sorted ids of live objects. Scope `network` is what every member should have;
 * scope `mirrors` is what the mirrors of a blog should have besides. Kept a minute, and made anew when a blog changes.
 * Blogs of which no address is proven are in neither: anybody can make one (spread.ts takes them to their attesters).
 */

import type { Ledger } from '../ledger/ledger.ts'
import { mirrorsOf } from '../ledger/mirrors.ts'
import type { Clock } from '../lib/clock.ts'
import { spreadsTo } from '../protocol/kinds.ts'
import { spreadPostBytesMax, spreadPostsMax } from '../protocol/limits.ts'
import { blogOf, byTime, type Hash, type Key, type SignedObject } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { contradicts } from '../protocol/watchers.ts'

type BlogSet = {
  readonly minute: number
  readonly wide: readonly Hash[]
  readonly narrow: readonly Hash[]
  readonly mirrors: readonly Key[]
}

export type LiveSetsDeps = { readonly ledger: Ledger; readonly clock: Clock; readonly sha256: Sha256 }

export class LiveSets {
  readonly #deps: LiveSetsDeps
  readonly #sets = new Map<Hash, BlogSet>()
  #network: { readonly minute: number; readonly ids: readonly Hash[] } | null = null

  constructor(deps: LiveSetsDeps) {
    this.#deps = deps
    deps.ledger.onStored((objects) => this.#forget(objects))
  }

  /** Ids that every member should have. */
  async network(): Promise<readonly Hash[]> {
    const minute = this.#minute()
    if (this.#network?.minute === minute) return this.#network.ids
    const own = (await this.#deps.ledger.live(null)).map((object) => object.id)
    const blogs: Hash[][] = []
    const known = new Set(this.#deps.ledger.blogs())
    for (const blog of this.#sets.keys()) if (!known.has(blog)) this.#sets.delete(blog)
    for (const blog of this.#proven()) blogs.push([...(await this.#set(blog)).wide])
    this.#network = { minute, ids: [...own, ...blogs.flat()].sort() }
    return this.#network.ids
  }

  /** Ids that the mirrors of these blogs should have besides. */
  async mirrors(blogs: readonly Hash[]): Promise<readonly Hash[]> {
    const ids: Hash[] = []
    for (const blog of blogs) ids.push(...(await this.#set(blog)).narrow)
    return ids.sort()
  }

  /** Blogs of which both members are mirrors, in order of id. */
  async sharedBlogs(self: Key, other: Key): Promise<readonly Hash[]> {
    const shared: Hash[] = []
    for (const blog of this.#proven()) {
      const { mirrors } = await this.#set(blog)
      if (mirrors.includes(self) && mirrors.includes(other)) shared.push(blog)
    }
    return shared.sort()
  }

  async mirrorsOf(blog: Hash): Promise<readonly Key[]> {
    return (await this.#set(blog)).mirrors
  }

  #proven(): readonly Hash[] {
    const { ledger } = this.#deps
    return ledger.blogs().filter((blog) => !ledger.isUnproven(blog))
  }

  async #set(blog: Hash): Promise<BlogSet> {
    const minute = this.#minute()
    const found = this.#sets.get(blog)
    if (found?.minute === minute) return found
    const { ledger, clock, sha256 } = this.#deps
    const live = await ledger.live(blog)
    const objects = await ledger.blog(blog)
    const posts = (await ledger.state(blog)).state === 'up' ? [] : spreadingPosts(live)
    const nowMs = clock.nowMs()
    const isWide = (object: SignedObject) => spreadsTo(object) === 'all' || contradicts(object, objects, nowMs)
    const set = {
      minute,
      wide: [...live.filter(isWide), ...posts].map((object) => object.id),
      narrow: live.filter((object) => spreadsTo(object) === 'mirrors' && !isWide(object)).map((object) => object.id),
      mirrors: mirrorsOf(objects, ledger.roster(), nowMs, sha256).map((mirror) => mirror.id),
    }
    this.#sets.set(blog, set)
    return set
  }

  #minute(): number {
    return Math.floor(this.#deps.clock.nowMs() / 60_000)
  }

  #forget(objects: readonly SignedObject[]): void {
    this.#network = null
    for (const object of objects) {
      const blog = blogOf(object)
      if (blog === null) this.#sets.clear()
      else this.#sets.delete(blog)
    }
  }
}

/** Posts whose text goes to every member while the blog is not up: the newest, if small enough. */
function spreadingPosts(live: readonly SignedObject[]): readonly SignedObject[] {
  return live
    .filter((object) => object.kind === 'post' && object.envelope.payload.length <= (spreadPostBytesMax * 4) / 3)
    .sort((a, b) => byTime(b, a))
    .slice(0, spreadPostsMax)
}
