/**
 * From one disk to ten. A post that an author hands in here is durable before the author hears so; then
 *
 *   stored ─ all attachments here? ─ own receipt ─► post + receipt to all mirrors, side by side, on warm connections
 *   a mirror stores it ─ own receipt ─► in the answer to that push, and by the one that pushed to all
 *   an attachment comes ─► handed on to all mirrors; one that lacks it still pulls it ─ own receipt ─► back to who holds it
 *   a mirror does not answer ─► hint on disk, tried again until it has the post
 *   the blog is down ─► the text to every active member
 *
 * The member that took the post from its author does the work; gossip brings what it could not. Nothing here decides
 * what is true: receipts do, and merging them is a union.
 */

import type { Via } from '../../ledger/batch.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { mirrorsOf } from '../../ledger/mirrors.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Schedule } from '../../lib/schedule.ts'
import { ok, type Result } from '../../protocol/codes.ts'
import { spreadPostBytesMax, spreadPostsMax } from '../../protocol/limits.ts'
import type { Envelope, Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'
import type { MemberView } from '../../protocol/roster.ts'
import type { Attachments } from './attachments.ts'
import { BoundedQueue } from './bounded-queue.ts'
import type { Delivery } from './delivery.ts'
import type { HintStore } from './hint-store.ts'
import { HintedHandoff } from './hinted-handoff.ts'
import { type PostPolicyOptions, postPolicyDefaults, postRefusal, receiptRefusal } from './post-policy.ts'
import { Receipts } from './receipts.ts'
import { ReplicaFeed } from './replica-feed.ts'
import { type ReplicaStatus, receiptGivers, replicaStatusOf } from './replica-status.ts'

export type ReplicationDeps = {
  readonly ledger: Ledger
  readonly attachments: Attachments
  readonly delivery: Delivery
  readonly hints: HintStore
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  /** The member's own key. */
  readonly signer: Signer
}
export type ReplicationOptions = {
  /** The member's lasting name. */
  readonly self: Key
  readonly policy?: PostPolicyOptions
  /** How often members that did not answer are tried again. 15 s by default. */
  readonly hintMs?: number
  /** How long receipts gather before they are passed on to all mirrors. 2 s by default. */
  readonly receiptMs?: number
}

type PostObject = SignedObject<'post'>

/** Posts remembered as taken from their author here; the rest is found in receipts. */
const originsMax = 10_000
/** Posts younger than this are looked after when a member starts. */
const recoverMs = 14 * 86_400_000
/** Ticks between two looks for attachments that stay away: whoever has them may have been killed, and be back. */
const seldomTries = 4
/** Posts whose attachments are looked for in one tick. */
const looksMax = 50
/** Members that are handed the text of a post at one time, beside the mirrors. */
const wideAtOnce = 8
const wideWaitingMax = 20_000

export class Replication {
  readonly #deps: ReplicationDeps
  readonly #options: ReplicationOptions
  readonly #feed = new ReplicaFeed()
  readonly #handoff: HintedHandoff
  readonly #wide = new BoundedQueue({ concurrency: wideAtOnce, lengthMax: wideWaitingMax })
  readonly #origins = new Set<Hash>()
  readonly #receipts: Receipts
  /** Posts whose attachments are not all here, with how often they were looked for. */
  readonly #incomplete = new Map<Hash, { readonly post: PostObject; tries: number }>()
  /** Posts that came just now, and those whose receipts are waited for by whoever brought them. */
  readonly #taking = new Map<Hash, Promise<void>>()
  readonly #answering = new Set<Hash>()
  #recovered: Promise<void> | null = null
  #cancels: Cancel[] = []

  constructor(deps: ReplicationDeps, options: ReplicationOptions) {
    this.#deps = deps
    this.#options = options
    this.#receipts = new Receipts(deps, { self: options.self, gatherMs: options.receiptMs ?? 2000 })
    this.#handoff = new HintedHandoff(deps, { isHeld: (post, member) => this.#isHeld(post, member) })
    const { ledger, clock, sha256 } = deps
    ledger.addPolicy('post', (object, blog) => {
      if (object.kind !== 'post' || blog === null) return null
      const context = { roster: ledger.roster(), nowMs: clock.nowMs(), sha256 }
      return postRefusal(object, blog, context, options.policy ?? postPolicyDefaults)
    })
    ledger.addPolicy('receipt', (object, blog) =>
      object.kind === 'receipt' && blog !== null ? receiptRefusal(object, blog) : null,
    )
    this.#cancels.push(ledger.onStored((objects, via) => this.#stored(objects, via)))
  }

  /** Looks after what an earlier run left, in the background, and keeps trying members that were absent. */
  start(schedule: Schedule): void {
    this.#run(this.recover())
    this.#run(this.#resume())
    const hintMs = this.#options.hintMs ?? 15_000
    this.#cancels.push(schedule.every('post-hints', hintMs, hintMs / 4, () => this.tick()))
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels = []
    this.#feed.stop()
  }

  /** Who has the post, or null where this member does not know it. */
  async holders(post: Hash): Promise<ReplicaStatus | null> {
    const object = await this.#deps.ledger.object(post)
    if (object?.kind !== 'post') return null
    const { blog, mirrors, roster } = await this.#around(object)
    return replicaStatusOf(post, blog, mirrors, roster)
  }

  /** The present holders, then every change; ends when all mirrors hold the post. */
  watch(post: Hash): AsyncIterable<ReplicaStatus> {
    return this.#feed.watch(post, () => this.holders(post))
  }

  /** Whether bytes under this hash are asked for, how many, and by which blog's post. Read before they are sent. */
  async wantedBlob(hash: Hash): Promise<{ readonly bytes: number; readonly blog: Hash } | null> {
    await this.recover()
    return this.#deps.attachments.wanted(hash)
  }

  /** Bytes of an attachment that an accepted post names. */
  async acceptBlob(hash: Hash, bytes: Uint8Array): Promise<Result<null>> {
    await this.recover()
    const put = await this.#deps.attachments.put(hash, bytes)
    if (!put.ok) return put
    for (const post of put.value)
      this.#take(post.id, this.#origins.has(post.id) ? this.#handOn(post, hash, bytes) : this.#completed(post))
    return ok(null)
  }

  /** The receipts of the posts that are whole by an attachment which another member has just handed in. */
  async receiptsOf(hash: Hash): Promise<readonly Envelope[]> {
    const posts = this.#deps.attachments.naming(hash).filter((post) => !this.#origins.has(post))
    const receipts = await Promise.all(posts.map((post) => this.receiptOf(post)))
    return receipts.filter((receipt) => receipt !== null)
  }

  /**
   * This member's receipt for a post that another member has just handed in, where it holds the post whole: whoever asks
   * brings it back with the answer, so it goes no way of its own. Null where attachments are missing.
   */
  async receiptOf(id: Hash): Promise<Envelope | null> {
    const { ledger, attachments } = this.#deps
    const post = await ledger.object(id)
    if (post?.kind !== 'post' || (await attachments.missing(post)).length > 0) return null
    this.#answering.add(id)
    await this.#taking.get(id)
    this.#answering.delete(id)
    const { receipt } = await ledger.blog(post.payload.blog)
    const own = ({ payload }: SignedObject<'receipt'>) =>
      payload.post === id && ledger.roster().memberOf(payload.key)?.id === this.#options.self
    return receipt.find(own)?.envelope ?? null
  }

  /** Tries absent members and missing attachments again. */
  async tick(): Promise<void> {
    await this.#handoff.retry()
    let looks = 0
    for (const replica of this.#incomplete.values()) {
      replica.tries++
      const seldom = (replica.tries & (replica.tries - 1)) === 0 || replica.tries % seldomTries === 0
      if (seldom && looks++ < looksMax) await this.#run(this.#complete(replica.post))
    }
  }

  /** Knows again which images earlier posts name. Reads this disk only, and once; after a failure the next call does. */
  recover(): Promise<void> {
    this.#recovered ??= this.#expectAll().catch((error) => {
      this.#recovered = null
      throw error
    })
    return this.#recovered
  }

  async #expectAll(): Promise<void> {
    const { ledger, attachments } = this.#deps
    for (const id of ledger.blogs()) for (const post of (await ledger.blog(id)).post) attachments.expect(post)
  }

  /** Goes on with posts that an earlier run accepted but did not see on every mirror. One that fails stops no other. */
  async #resume(): Promise<void> {
    const { ledger } = this.#deps
    const young: PostObject[] = []
    for (const id of ledger.blogs()) young.push(...(await this.#young(id)))
    for (const post of young) await this.#run(this.#rememberAbsent(post))
    for (const post of young) await this.#run(this.#completeAsMirror(post))
  }

  /** A list of mirrors may name this member anew, which has taken posts before as one of the others. */
  async #completeListed(id: Hash): Promise<void> {
    for (const post of await this.#young(id)) {
      const { blog, roster } = await this.#around(post)
      if (!receiptGivers(post.id, blog, roster).has(this.#options.self)) await this.#run(this.#completeAsMirror(post))
    }
  }

  async #young(id: Hash): Promise<readonly PostObject[]> {
    const { post } = await this.#deps.ledger.blog(id)
    return post.filter((post) => post.payload.time >= this.#deps.clock.nowMs() - recoverMs)
  }

  async #rememberAbsent(post: PostObject): Promise<void> {
    const { blog, mirrors, roster, isMirror } = await this.#around(post)
    const givers = receiptGivers(post.id, blog, roster)
    const alone = givers.size === 0 || (givers.size === 1 && givers.has(this.#options.self))
    const absent = mirrors.filter((mirror) => !givers.has(mirror.id))
    if (alone || isMirror) await this.#handoff.remember(post, absent)
  }

  async #completeAsMirror(post: PostObject): Promise<void> {
    if ((await this.#around(post)).isMirror) await this.#complete(post)
  }

  #stored(objects: readonly SignedObject[], via: Via): void {
    const posts = objects.filter((object) => object.kind === 'post')
    for (const post of posts) {
      this.#deps.attachments.expect(post)
      this.#take(post.id, this.#taken(post, via))
    }
    const receipts = objects.filter((object) => object.kind === 'receipt')
    this.#feed.changed(receipts.map((receipt) => receipt.payload.post))
    if (via === 'self') return
    for (const receipt of receipts) {
      const { payload } = receipt
      if (this.#origins.has(payload.post)) this.#receipts.gather(payload, () => this.#mirrors(payload.blog))
      const replica = this.#incomplete.get(receipt.payload.post)
      if (replica !== undefined) this.#run(this.#complete(replica.post))
    }
    for (const object of objects) {
      this.#handoff.heard(object.payload.key)
      if (object.kind === 'head') this.#run(this.#completeListed(object.payload.blog))
    }
  }

  #take(post: Hash, work: Promise<void>): void {
    const taking: Promise<void> = this.#run(work).finally(() => {
      if (this.#taking.get(post) === taking) this.#taking.delete(post)
    })
    this.#taking.set(post, taking)
  }

  async #taken(post: PostObject, via: Via): Promise<void> {
    const { blog, mirrors, roster, isMirror } = await this.#around(post)
    const known = receiptGivers(post.id, blog, roster)
    const isOrigin = via !== 'peer' && known.size === 0
    if (isOrigin) this.#rememberOrigin(post.id)
    if (!isOrigin) {
      if (isMirror) await this.#complete(post)
      return
    }
    const whole = (await this.#deps.attachments.missing(post)).length === 0
    const receipt = whole ? await this.#receipts.seal(post) : null
    if (!whole) this.#lacks(post)
    // The post is on disk: the receipt travels while it is being stored here.
    const stored = receipt === null ? null : this.#receipts.store(receipt)
    await Promise.all([stored, this.#deliver(post, mirrors, receipt === null ? [] : [receipt])])
  }

  /** An attachment of a post that was taken here: to all mirrors at once, and the receipt after it. */
  async #handOn(post: PostObject, hash: Hash, bytes: Uint8Array): Promise<void> {
    const { mirrors } = await this.#around(post)
    const others = mirrors.filter((mirror) => mirror.id !== this.#options.self)
    const whole = (await this.#deps.attachments.missing(post)).length === 0
    if (whole) this.#incomplete.delete(post.id)
    const [receipt] = await Promise.all([
      whole ? this.#receipts.give(post) : null,
      Promise.all(others.map((member) => this.#deps.delivery.blob(member, hash, bytes))),
    ])
    if (receipt !== null) await this.#receipts.announce(receipt, mirrors, true)
  }

  /** To all mirrors side by side, then the text to everyone else. */
  async #deliver(post: PostObject, mirrors: readonly MemberView[], beside: readonly SignedObject[]): Promise<void> {
    const others = mirrors.filter((mirror) => mirror.id !== this.#options.self)
    const { delivery } = this.#deps
    await Promise.all(
      others.map(async (member) => this.#handoff.took(post, member, await delivery.send(member, post, beside))),
    )
    await this.#spreadWide(post, mirrors)
  }

  async #spreadWide(post: PostObject, mirrors: readonly MemberView[]): Promise<void> {
    const { ledger, delivery } = this.#deps
    const blog = await ledger.blog(post.payload.blog)
    const newer = blog.post.filter((other) => other.payload.time > post.payload.time).length
    const small = post.envelope.payload.length <= (spreadPostBytesMax * 4) / 3
    if (!small || newer >= spreadPostsMax || (await ledger.state(blog.blog)).state === 'up') return
    const kept = new Set([this.#options.self, ...mirrors.map((mirror) => mirror.id)])
    for (const member of ledger.roster().members) {
      if (kept.has(member.id) || member.passive) continue
      this.#wide.add(() => delivery.send(member, post)) // who is absent gets it by gossip
    }
  }

  /** A mirror that lacks attachments asks whoever has them; then it gives its receipt. */
  async #complete(post: PostObject): Promise<void> {
    const { blog, mirrors, roster } = await this.#around(post)
    const givers = receiptGivers(post.id, blog, roster)
    const others = roster.members.filter((member) => member.id !== this.#options.self)
    const isMirror = new Set(mirrors.map((mirror) => mirror.id))
    const from = [
      ...others.filter((other) => givers.has(other.id)),
      ...others.filter((other) => !givers.has(other.id) && isMirror.has(other.id)),
    ]
    this.#lacks(post)
    if (await this.#deps.attachments.pull(post, from)) await this.#completed(post)
  }

  /** The post may be whole now: if so, this member says so to those who wait for it. */
  async #completed(post: PostObject): Promise<void> {
    const { isMirror, mirrors } = await this.#around(post)
    const isOrigin = this.#origins.has(post.id)
    if (!isMirror && !isOrigin) return
    if ((await this.#deps.attachments.missing(post)).length > 0) return
    this.#incomplete.delete(post.id)
    const receipt = await this.#receipts.give(post)
    const isAnswer = !isOrigin && this.#answering.has(post.id)
    if (receipt !== null && !isAnswer) await this.#receipts.announce(receipt, mirrors, isOrigin)
  }

  async #isHeld(post: PostObject, member: Key): Promise<boolean> {
    const { blog, mirrors, roster } = await this.#around(post)
    return !mirrors.some((mirror) => mirror.id === member) || receiptGivers(post.id, blog, roster).has(member)
  }

  async #mirrors(blog: Hash): Promise<readonly MemberView[]> {
    const { ledger, clock, sha256 } = this.#deps
    return mirrorsOf(await ledger.blog(blog), ledger.roster(), clock.nowMs(), sha256)
  }

  async #around(post: PostObject) {
    const { ledger } = this.#deps
    const blog = await ledger.blog(post.payload.blog)
    const roster = ledger.roster()
    const mirrors = await this.#mirrors(post.payload.blog)
    return { blog, roster, mirrors, isMirror: mirrors.some((mirror) => mirror.id === this.#options.self) }
  }

  #lacks(post: PostObject): void {
    if (!this.#incomplete.has(post.id)) this.#incomplete.set(post.id, { post, tries: 0 })
  }

  #rememberOrigin(post: Hash): void {
    this.#origins.add(post)
    if (this.#origins.size > originsMax) this.#origins.delete(this.#origins.keys().next().value!)
  }

  /** Resolves when the work is over, however it ended. */
  async #run(work: Promise<unknown>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#deps.log.error('replication-failed', { error: (error as Error).stack ?? String(error) })
    }
  }
}
