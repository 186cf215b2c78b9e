/** Work at a stranger's call, at most once in a while whoever calls; and the calls this member makes to passive ones. */

import type { Ledger } from '../ledger/ledger.ts'
import type { Peers } from '../ledger/peers.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Random, shuffled } from '../lib/random.ts'
import type { Key } from '../protocol/objects.ts'

export type WakeDeps = {
  readonly ledger: Ledger
  readonly peers: Peers
  readonly random: Random
  readonly clock: Clock
  readonly log: Log
}
export type WakeOptions = { readonly self: Key; readonly wakeMs: number }

/** Passive members that one round calls: with several callers each is still called within a round or two. */
const callsMax = 8

export class Wake {
  readonly #deps: WakeDeps
  readonly #options: WakeOptions
  #lastMs = Number.NEGATIVE_INFINITY
  #work: (() => Promise<void>) | null = null

  constructor(deps: WakeDeps, options: WakeOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** What a call sets going. An active member has timers and needs no call; it does a little gossip. */
  does(work: () => Promise<void>): void {
    this.#work = work
  }

  /** True where the call was followed; false where the last one is too near. The work is not waited for. */
  async called(): Promise<boolean> {
    const nowMs = this.#deps.clock.steadyMs()
    if (this.#work === null || nowMs - this.#lastMs < this.#options.wakeMs) return false
    this.#lastMs = nowMs
    this.#work().catch((error) => this.#deps.log.error('wake-failed', { error: String(error) }))
    return true
  }

  /** Calls a few passive members, those that leave too. They limit the calls themselves, so several callers do no harm. */
  async round(): Promise<void> {
    const { ledger, random, clock } = this.#deps
    const roster = ledger.roster()
    const records = (await ledger.live(null)).filter((object) => object.kind === 'member')
    const known = records.map((record) => roster.memberOf(record.payload.key)).filter((member) => member !== null)
    const passive = known.filter(
      (member) => member.passive && member.id !== this.#options.self && member.expires > clock.nowMs(),
    )
    const others = [...new Map(passive.map((member) => [member.id, member])).values()]
    const chosen = shuffled(random, others).slice(0, callsMax)
    await Promise.all(chosen.map((member) => this.#deps.peers.post(member.url, 'dgos/v1/wake', {}, 5_000)))
  }
}
