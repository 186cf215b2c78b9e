/**
 * The one gate for objects: opened, authorised, made durable, then told to whoever listens. Every part of a member reads
 * blogs from here and writes through here, whether an object comes from an author, a peer or the member itself.
 *
 *   envelope → open (signature, fields) → inner objects → known? → authorise → policies → live? → put → listeners
 */

import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { authorise } from '../protocol/authority.ts'
import { type BlogObjects, blogObjects, objectsOf, withObject } from '../protocol/blog-objects.ts'
import { type BlogState, blogState } from '../protocol/blog-state.ts'
import type { Refused } from '../protocol/codes.ts'
import { reopen, seal } from '../protocol/envelope.ts'
import { isPrivate } from '../protocol/kinds.ts'
import { isLive, liveOfNetwork } from '../protocol/live.ts'
import { rosterOf } from '../protocol/membership.ts'
import { blogOf, type Hash, type Kind, type Payloads, type SignedObject } from '../protocol/objects.ts'
import type { Signer } from '../protocol/platform.ts'
import type { Roster } from '../protocol/roster.ts'
import { AddressBook } from './address-book.ts'
import { Admission, isWanted } from './admission.ts'
import { inOrder, refusedUnopened, type Via } from './batch.ts'
import { BlogCache } from './blog-cache.ts'
import { networkRefusal } from './budgets.ts'
import { FutureObjects } from './future-objects.ts'
import { KeyedMutex } from './keyed-mutex.ts'
import { type ObjectStore, rowOf } from './object-store.ts'
import { type Opened, type OpeningDeps, openBatch } from './opening.ts'
import { type ObjectAnswer, refusedAnswer } from './peers.ts'
import { fadedWords, replacedRecords } from './replaced.ts'

export type LedgerDeps = OpeningDeps & {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly log: Log
}
/** `self` is the key of the member whose ledger this is; contacts are kept only where they name it. */
export type LedgerOptions = { readonly network: SignedObject<'network'>; readonly self: string }

export type Policy = (
  object: SignedObject,
  blog: BlogObjects | null,
  via: Via,
) => Promise<Refused | null> | Refused | null
export type Listener = (objects: readonly SignedObject[], via: Via) => void

type Fields<K extends Kind> = Omit<Payloads[K], 'key' | 'network' | 'time'> & { readonly time?: number }

/** Dead objects stay this long for local checks (the rule of one mirror slot a day looks back 24 hours). */
const deadMsMax = 25 * 3_600_000
export class Ledger {
  readonly #deps: LedgerDeps
  readonly #options: LedgerOptions
  readonly #addresses = new AddressBook()
  readonly #admission: Admission
  readonly #cache = new BlogCache()
  readonly #declared = new Set<Hash>()
  readonly #contacts = new Map<Hash, SignedObject<'contact'>[]>()
  readonly #policies = new Map<Kind, Policy[]>()
  readonly #listeners = new Set<Listener>()
  /** A turn for each blog, so that commits of different blogs group. */
  readonly #mutex = new KeyedMutex()
  readonly #future = new FutureObjects()
  #network: SignedObject[] = []
  #roster: { readonly minute: number; readonly roster: Roster } | null = null

  private constructor(deps: LedgerDeps, options: LedgerOptions) {
    this.#deps = deps
    this.#options = options
    this.#admission = new Admission({ sha256: deps.platform.sha256 })
  }

  /** Reads the network's objects and the addresses of all blogs; blogs themselves are read when asked for. */
  static async open(deps: LedgerDeps, options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(deps, options)
    ledger.#network = (await deps.store.ofBlog(null)).map((stored) => reopen(stored.id, stored.envelope))
    if (!ledger.#network.some((network) => network.id === options.network.id)) {
      await deps.store.put([rowOf(options.network)])
      ledger.#network.push(options.network)
    }
    for (const stored of await deps.store.ofKind('root')) {
      const root = reopen(stored.id, stored.envelope) as SignedObject<'root'>
      ledger.#addresses.add(root)
      ledger.#admission.found(root, blogOf(root)!)
    }
    for (const stored of await deps.store.ofKind('attestation'))
      ledger.#admission.attested(blogOf(reopen(stored.id, stored.envelope))!)
    for (const stored of await deps.store.ofKind('declaration'))
      ledger.#declared.add(blogOf(reopen(stored.id, stored.envelope))!)
    return ledger
  }

  get network(): SignedObject<'network'> {
    return this.#options.network
  }

  /** Network, member and voucher objects, live or not. */
  get networkObjects(): readonly SignedObject[] {
    return this.#network
  }

  roster(): Roster {
    const nowMs = this.#deps.clock.nowMs()
    const minute = Math.floor(nowMs / 60_000)
    if (this.#roster?.minute !== minute) {
      this.#roster = { minute, roster: rosterOf(this.network, this.#network, nowMs, this.#deps.platform.sha256) }
    }
    return this.#roster.roster
  }

  /** Everything known of a blog. An unknown blog has no objects at all. */
  async blog(id: Hash): Promise<BlogObjects> {
    const cached = this.#cache.get(id)
    if (cached !== undefined) return cached
    const objects = (await this.#deps.store.ofBlog(id)).map((stored) => reopen(stored.id, stored.envelope))
    const found = this.#cache.get(id)
    if (found !== undefined) return found
    this.#contacts.set(
      id,
      objects.filter((object): object is SignedObject<'contact'> => isPrivate(object.kind)),
    )
    return this.#cache.set(id, blogObjects(id, objects))
  }

  /** Where to tell the author of a blog. Only contacts that were handed to this member. */
  async contacts(id: Hash): Promise<readonly SignedObject<'contact'>[]> {
    await this.blog(id)
    return this.#contacts.get(id) ?? []
  }

  blogs(): readonly Hash[] {
    return this.#addresses.blogs()
  }

  /** A blog of which no address has been seen to be proven: it has little room, and is nobody's but who handed it in. */
  isUnproven(blog: Hash): boolean {
    return this.#admission.isUnproven(blog)
  }

  /** Blogs of which anybody has ever declared something: the only ones that can be anything but up or suspected. */
  declared(): readonly Hash[] {
    return [...this.#declared]
  }

  async state(id: Hash): Promise<BlogState> {
    return blogState(await this.blog(id), this.roster(), this.#deps.clock.nowMs(), this.#deps.platform.sha256)
  }

  /** The blog that owns an address by proof, or whose id was given; null for anything else. */
  async byHost(hostPath: string): Promise<Hash | null> {
    if (this.#addresses.has(hostPath)) return hostPath
    const claimants = await Promise.all(this.#addresses.claimants(hostPath).map((id) => this.blog(id)))
    const { clock, platform } = this.#deps
    return this.#addresses.owner(hostPath, claimants, this.roster(), clock.nowMs(), platform.sha256)
  }

  async object(id: Hash): Promise<SignedObject | null> {
    const envelope = await this.#deps.store.get(id)
    return envelope === null ? null : reopen(id, envelope)
  }

  /** Objects that still count: of one blog, or (null) of the network. */
  async live(blog: Hash | null): Promise<readonly SignedObject[]> {
    const nowMs = this.#deps.clock.nowMs()
    if (blog === null) return liveOfNetwork(this.#network, nowMs)
    const objects = await this.blog(blog)
    return objectsOf(objects).filter((object) => isLive(object, objects, this.#network, nowMs))
  }

  /** A local rule, asked after `authorise`: what this member refuses although the network would allow it. */
  addPolicy(kind: Kind, policy: Policy): void {
    this.#policies.set(kind, [...(this.#policies.get(kind) ?? []), policy])
  }

  /** Called with the objects of one batch once they are durable. A listener records or queues; it must not throw. */
  onStored(listener: Listener): Cancel {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Signs with the given key at the present time and accepts the result. Throws where the ledger refuses its own member. */
  async publish<K extends Kind>(kind: K, fields: Fields<K>, signer: Signer): Promise<SignedObject<K>> {
    const common = { network: this.network.id, time: this.#deps.clock.nowMs() }
    const whole = { ...common, ...fields } as unknown as Omit<Payloads[K], 'key'>
    const object = await seal(kind, whole, signer, this.#deps.platform.sha256)
    const [answer] = await this.accept([object.envelope], 'self')
    if (answer!.result === 'refused') throw new Error(`own ${kind} refused: ${answer!.code} ${answer!.message}`)
    return object
  }

  /** One answer an envelope, in the same order. `from` is the address block that handed them in. Objects of a batch are taken in the order of their dependencies. */
  async accept(envelopes: readonly unknown[], via: Via, from = ''): Promise<readonly ObjectAnswer[]> {
    const answers: ObjectAnswer[] = new Array(envelopes.length)
    const unopened = via === 'self' ? null : refusedUnopened(envelopes)
    const { opened, refused } = await openBatch(envelopes, unopened, this.#deps)
    for (const [at, answer] of refused) answers[at] = answer
    for (const group of inOrder(opened)) {
      const blog = blogOf(group[0]!.object)
      const taken = this.#mutex.take(blog ?? '', () => this.#take(group, blog, via, from))
      for (const [at, answer] of await taken) answers[at] = answer
    }
    return answers
  }

  /** Takes objects whose time has come. Called every minute. */
  async tick(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    for (const { object, via } of this.#future.due(nowMs)) await this.accept([object.envelope], via)
  }

  /**
   * Removes what no longer counts and is older than a day. Of a closed blog stay the roots, and the attestations that tell
   * them from a stranger's; of a blog that nobody attests, nothing. Snapshots are left to BlobKeeper.
   */
  async sweep(blog: Hash): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    const objects = await this.blog(blog)
    const closed = objects.root.some((root) => root.payload.closed === true)
    const dead = objectsOf(objects).filter((object) => !isLive(object, objects, this.#network, nowMs))
    if (dead.some((object) => object.id === blog)) return this.#forget(blog)
    const gone = dead.filter((object) =>
      closed ? object.kind !== 'attestation' : object.kind !== 'snapshot' && object.payload.time < nowMs - deadMsMax,
    )
    await this.remove(
      blog,
      gone.map((object) => object.id),
    )
  }

  /** A blog that nobody has attested: as if it had never come. */
  async #forget(blog: Hash): Promise<void> {
    await this.#mutex.take(blog, async () => {
      await this.#deps.store.remove((await this.#deps.store.ofBlog(blog)).map((stored) => stored.id))
      this.#drop(blog)
    })
  }

  async remove(blog: Hash, ids: readonly Hash[]): Promise<void> {
    if (ids.length === 0) return
    await this.#mutex.take(blog, async () => {
      await this.#deps.store.remove(ids)
      const gone = new Set(ids)
      const cached = this.#cache.get(blog)
      if (cached !== undefined) this.#cache.set(blog, without(cached, gone))
    })
  }

  async #take(
    group: readonly Opened[],
    blog: Hash | null,
    via: Via,
    from: string,
  ): Promise<readonly [number, ObjectAnswer][]> {
    const answers: [number, ObjectAnswer][] = []
    const fresh: SignedObject[] = []
    let known = blog === null ? null : await this.blog(blog)
    for (const { at, object, inner } of group) {
      const answer = await this.#judge(object, inner, known, via, from)
      answers.push([at, answer])
      if (answer.result !== 'stored') continue
      fresh.push(object)
      if (known === null) this.#addToNetwork(object)
      else if (!isPrivate(object.kind)) known = withObject(known, object)
    }
    if (fresh.length === 0) return answers
    try {
      await this.#deps.store.put(fresh.map(rowOf))
    } catch (error) {
      if (blog === null) this.#network = this.#network.filter((network) => !fresh.includes(network))
      this.#roster = null
      throw error
    }
    if (known !== null) this.#keep(await this.#withoutFaded(known), fresh, from)
    else await this.#dropReplaced(fresh)
    for (const listener of this.#listeners) listener(fresh, via)
    return answers
  }

  async #judge(
    object: SignedObject,
    inner: readonly SignedObject[],
    blog: BlogObjects | null,
    via: Via,
    from: string,
  ): Promise<ObjectAnswer> {
    const { id, kind } = object
    const all: readonly SignedObject[] =
      blog === null
        ? this.#network
        : isPrivate(kind)
          ? await this.contacts(blog.blog)
          : ((blog as unknown as Record<string, SignedObject[]>)[kind] ?? [])
    if (all.some((object) => object.id === id)) return { id, result: 'known' }
    if (!isWanted(object, this.#options.self)) return refusedAnswer(id, { code: 'NOT_WANTED', detail: kind })
    const nowMs = this.#deps.clock.nowMs()
    const allowed = this.#authorised(object, blog, inner, nowMs)
    if (!allowed.ok) {
      // Nothing waits here that would not be taken if its time had come.
      const early = allowed.code === 'AHEAD_OF_TIME' && this.#authorised(object, blog, inner, object.payload.time).ok
      if (early) this.#future.add(object, via, nowMs)
      return refusedAnswer(id, allowed)
    }
    const full = via === 'self' ? null : this.#full(object, all, blog, from)
    if (full !== null) return refusedAnswer(id, full)
    for (const policy of this.#policies.get(kind) ?? []) {
      const refusal = await policy(object, blog, via)
      if (refusal !== null) return refusedAnswer(id, refusal)
    }
    const whole = blog === null ? null : withObject(blog, object)
    // A root comes before the attestations on which it lives.
    const live =
      kind === 'root' || isLive(object, whole, blog === null ? [...this.#network, object] : this.#network, nowMs)
    return { id, result: live ? 'stored' : 'superseded' }
  }

  #authorised(object: SignedObject, blog: BlogObjects | null, inner: readonly SignedObject[], nowMs: number) {
    const { sha256 } = this.#deps.platform
    return authorise(object, { blog, roster: this.roster(), network: this.#network, inner, nowMs, sha256 })
  }

  /** null where there is room. Unproven blogs that go for it are forgotten at once, and soon on disk. */
  #full(object: SignedObject, all: readonly SignedObject[], blog: BlogObjects | null, from: string): Refused | null {
    if (blog === null) return networkRefusal(object, all)
    // A word about a blog that there may never have been.
    if (object.kind === 'refusal' && blog.root.length === 0) return { ok: false, code: 'UNKNOWN_BLOG', detail: '' }
    const nowMs = this.#deps.clock.nowMs()
    const room = this.#admission.roomFor(object, all, blog, { roster: this.roster(), nowMs, from })
    if (!room.ok) return room
    for (const gone of room.gone) {
      this.#drop(gone)
      // Not waited for: that blog may wait for this one.
      this.#forget(gone).catch((error) =>
        this.#deps.log.error('forgetting-failed', { blog: gone, error: String(error) }),
      )
    }
    return null
  }

  #drop(blog: Hash): void {
    this.#addresses.remove(blog)
    this.#admission.forget(blog)
    this.#cache.delete(blog)
    this.#contacts.delete(blog)
    this.#declared.delete(blog)
  }

  async #dropReplaced(fresh: readonly SignedObject[]): Promise<void> {
    if (!fresh.some((object) => object.kind === 'member')) return
    const gone = new Set(replacedRecords(this.#network))
    if (gone.size === 0) return
    await this.#deps.store.remove([...gone].map((object) => object.id))
    this.#network = this.#network.filter((network) => !gone.has(network))
  }

  async #withoutFaded(blog: BlogObjects): Promise<BlogObjects> {
    const gone = fadedWords(blog, this.#network, this.#deps.clock.nowMs())
    if (gone.size === 0) return blog
    await this.#deps.store.remove([...gone])
    return without(blog, gone)
  }

  #addToNetwork(object: SignedObject): void {
    this.#network.push(object)
    this.#roster = null
  }

  #keep(blog: BlogObjects, fresh: readonly SignedObject[], from: string): void {
    this.#cache.set(blog.blog, blog)
    this.#admission.stored(blog, { roster: this.roster(), nowMs: this.#deps.clock.nowMs(), from })
    for (const object of fresh) {
      if (object.kind === 'root') this.#addresses.add(object)
      if (object.kind === 'declaration') this.#declared.add(blog.blog)
      if (object.kind === 'contact') this.#contacts.set(blog.blog, [...(this.#contacts.get(blog.blog) ?? []), object])
    }
  }
}

function without(blog: BlogObjects, gone: ReadonlySet<Hash>): BlogObjects {
  const left = objectsOf(blog).filter((object) => !gone.has(object.id))
  return blogObjects(blog.blog, left)
}
