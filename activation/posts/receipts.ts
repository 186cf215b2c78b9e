/**
 * Receipts: signed once a post by each holder, sent back at once to the member that took the post from its author, and
 * passed on by it to all mirrors in one batch: in the answer to the push that brought the post, where the pusher asks for it.
 */

import { DueRuns } from '../../ledger/coalesced-runs.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'
import type { MemberView } from '../../protocol/roster.ts'
import type { Delivery } from './delivery.ts'
import { receiptGivers } from './replica-status.ts'

export type ReceiptsDeps = {
  readonly ledger: Ledger
  readonly delivery: Delivery
  readonly clock: Clock
  readonly log: Log
  /** The member's own key. */
  readonly signer: Signer
  readonly sha256: Sha256
}
/** `gatherMs`: how long receipts wait for each other before they are passed on. */
export type ReceiptsOptions = { readonly self: Key; readonly gatherMs: number }

type Receipt = SignedObject<'receipt'>
type MirrorsOf = () => Promise<readonly MemberView[]>

export class Receipts {
  readonly #deps: ReceiptsDeps
  readonly #options: ReceiptsOptions
  readonly #giving = new Map<Hash, Promise<Receipt | null>>()
  /** Posts by blog whose receipts wait to be passed on. */
  readonly #gathered = new Map<Hash, { readonly posts: Set<Hash>; readonly mirrorsOf: MirrorsOf }>()
  readonly #due: DueRuns

  constructor(deps: ReceiptsDeps, options: ReceiptsOptions) {
    this.#deps = deps
    this.#options = options
    const failed = (_: Hash, error: unknown) =>
      deps.log.error('receipts-failed', { error: (error as Error).stack ?? String(error) })
    this.#due = new DueRuns({ clock: deps.clock, run: (blog) => this.#passOn(blog), failed }, options)
  }

  /** Signs and stores this member's receipt; null where it was given before. The caller has seen that the post is whole. */
  give(post: SignedObject<'post'>): Promise<Receipt | null> {
    const running = this.#giving.get(post.id)
    if (running !== undefined) return running.then(() => null)
    const giving = this.#sign(post).finally(() => this.#giving.delete(post.id))
    this.#giving.set(post.id, giving)
    return giving
  }

  async #sign(post: SignedObject<'post'>): Promise<Receipt | null> {
    const sealed = await this.seal(post)
    if (sealed === null) return null
    await this.store(sealed)
    return sealed
  }

  /** This member's receipt, signed and not yet stored; null where it was given before. */
  async seal({ id, payload }: SignedObject<'post'>): Promise<Receipt | null> {
    const { ledger, signer, clock, sha256 } = this.#deps
    if (receiptGivers(id, await ledger.blog(payload.blog), ledger.roster()).has(this.#options.self)) return null
    const fields = { network: ledger.network.id, time: clock.nowMs(), blog: payload.blog, post: id }
    return seal('receipt', fields, signer, sha256)
  }

  /** What `seal` gave. Throws where the ledger refuses its own member. */
  async store(receipt: Receipt): Promise<void> {
    const [answer] = await this.#deps.ledger.accept([receipt.envelope], 'self')
    if (answer!.result === 'refused') throw new Error(`own receipt refused: ${answer!.code} ${answer!.message}`)
  }

  /** The member that took the post tells all mirrors; a mirror tells those that it knows to hold the post. */
  async announce(receipt: Receipt, mirrors: readonly MemberView[], isOrigin: boolean): Promise<void> {
    const { ledger, delivery } = this.#deps
    const roster = ledger.roster()
    const givers = receiptGivers(receipt.payload.post, await ledger.blog(receipt.payload.blog), roster)
    const others = (members: readonly MemberView[]) => members.filter((member) => member.id !== this.#options.self)
    const holding = others(roster.members.filter((member) => givers.has(member.id)))
    const targets = isOrigin || holding.length === 0 ? new Set([...holding, ...others(mirrors)]) : holding
    await Promise.all([...targets].map((member) => delivery.push(member, [receipt])))
  }

  /** Another mirror's receipt came back to the member that took the post: soon all mirrors hear of all. */
  gather({ blog, post }: Receipt['payload'], mirrorsOf: MirrorsOf): void {
    const gathered = this.#gathered.get(blog) ?? { posts: new Set(), mirrorsOf }
    this.#gathered.set(blog, gathered)
    gathered.posts.add(post)
    this.#due.note(blog)
  }

  async #passOn(blog: Hash): Promise<void> {
    const { posts, mirrorsOf } = this.#gathered.get(blog)!
    this.#gathered.delete(blog)
    const { receipt } = await this.#deps.ledger.blog(blog)
    const gathered = receipt.filter((receipt) => posts.has(receipt.payload.post))
    const others = (await mirrorsOf()).filter((mirror) => mirror.id !== this.#options.self)
    await Promise.all(others.map((member) => this.#deps.delivery.push(member, gathered))) // the absent get them by gossip
  }
}
