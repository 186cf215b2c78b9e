/** This member's own receipts: signed once a post, told at once to those who hold the post, soon to the other mirrors. */
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Ledger } from '../../mirror/ledger.ts'
import type { Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import type { MemberView } from '../../protocol/roster.ts'
import type { Delivery } from './delivery.ts'
import { receiptGivers } from './holders.ts'

export type ReceiptsDeps = {
  readonly ledger: Ledger
  readonly delivery: Delivery
  readonly clock: Clock
  readonly log: Log
  /** The member's own key. */
  readonly signer: Signer
}
/** `gatherMs`: how long receipts wait for each other on the way to mirrors that do not wait for them. */
export type ReceiptsOptions = { readonly self: Key; readonly gatherMs: number }

type Receipt = SignedObject<'receipt'>

export class Receipts {
  readonly #deps: ReceiptsDeps
  readonly #options: ReceiptsOptions
  readonly #giving = new Map<Hash, Promise<Receipt | null>>()
  readonly #later = new Map<Key, Receipt[]>()

  constructor(deps: ReceiptsDeps, options: ReceiptsOptions) {
    this.#deps = deps
    this.#options = options
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
    const { ledger, signer } = this.#deps
    const blog = await ledger.blog(post.payload.blog)
    if (receiptGivers(post.id, blog, ledger.roster()).has(this.#options.self)) return null
    return ledger.publish('receipt', { blog: post.payload.blog, post: post.id }, signer)
  }

  async announce(receipt: Receipt, mirrors: readonly MemberView[], toAll: boolean): Promise<void> {
    const { ledger, delivery } = this.#deps
    const roster = ledger.roster()
    const givers = receiptGivers(receipt.payload.post, await ledger.blog(receipt.payload.blog), roster)
    const holding = roster.members.filter((one) => givers.has(one.id))
    const targets = new Map([...holding, ...mirrors].map((one) => [one.id, one]))
    targets.delete(this.#options.self)
    const waiting = [...targets.values()]
    const now = waiting.filter((one) => toAll || givers.has(one.id))
    for (const member of waiting) if (!now.includes(member)) this.#queue(member, receipt)
    await Promise.all(now.map((member) => delivery.push(member, [receipt])))
  }

  #queue(member: MemberView, receipt: Receipt): void {
    const line = this.#later.get(member.id)
    if (line !== undefined) {
      line.push(receipt)
      return
    }
    this.#later.set(member.id, [receipt])
    this.#deps.clock.after(this.#options.gatherMs, () => {
      const receipts = this.#later.get(member.id) ?? []
      this.#later.delete(member.id)
      this.#deps.delivery
        .push(member, receipts) // who is absent gets them by gossip
        .catch((error) => this.#deps.log.error('receipts-failed', { error: String(error) }))
    })
  }
}
