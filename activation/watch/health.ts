/**
 * A watcher doubts itself first (Lifeguard, Dadgar et al. 2018): it asks five members elsewhere, and with fewer than
 * three answers it is the one that is ill. Elsewhere means other regions first: a region that is cut off still reaches
 * itself. Where some answer but too few, five others are asked once more, since half
 * of all members may be gone together; where nobody answers, nobody else is asked.
 */

import type { Peers } from '../../ledger/peers.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Random, shuffled } from '../../lib/random.ts'
import type { Key } from '../../protocol/objects.ts'
import type { MemberView, Roster } from '../../protocol/roster.ts'

const askedMax = 5
const answersMin = 3
const pingTimeMs = 5_000
/** One result serves all blogs for this long: a site with many blogs may fall at once. */
const resultMs = 20_000

export type HealthDeps = { readonly peers: Peers; readonly clock: Clock; readonly random: Random }

/** Answers needed of so many that can be asked. Small networks scale: 3 of 5, 2 of 3, 1 of 1. */
export function answersNeeded(asked: number): number {
  return Math.min(answersMin, Math.ceil(asked * 0.6))
}

export class Health {
  readonly #deps: HealthDeps
  readonly #self: Key
  #test: { readonly atMs: number; readonly well: Promise<boolean> } | null = null
  readonly #pings = new Map<Key, { readonly atMs: number; readonly answered: Promise<boolean> }>()

  constructor(deps: HealthDeps, options: { readonly self: Key }) {
    this.#deps = deps
    this.#self = options.self
  }

  /** Whether this member reaches enough of the others to trust its own eyes. */
  well(roster: Roster): Promise<boolean> {
    const nowMs = this.#deps.clock.steadyMs()
    if (this.#test === null || nowMs - this.#test.atMs > resultMs) {
      this.#test = { atMs: nowMs, well: this.#selfTest(roster) }
    }
    return this.#test.well
  }

  /** Those of the given members that do not answer a ping. */
  async unreachable(members: readonly MemberView[]): Promise<readonly Key[]> {
    const others = members.filter((member) => member.id !== this.#self)
    const answered = await Promise.all(others.map((other) => this.#ping(other)))
    return others.filter((_, i) => !answered[i]).map((other) => other.id)
  }

  async #selfTest(roster: Roster): Promise<boolean> {
    const [first, second] = this.#elsewhere(roster)
    const answers = await this.#count(first)
    if (answers >= answersNeeded(first.length)) return first.length > 0
    if (answers === 0 || second.length === 0) return false
    return answers + (await this.#count(second)) >= answersMin
  }

  /** Two hands of five: other operators, one member each; first those of other regions and address blocks. */
  #elsewhere(roster: Roster): readonly [readonly MemberView[], readonly MemberView[]] {
    const own = roster.memberOf(this.#self)
    const others = shuffled(
      this.#deps.random,
      roster.members.filter((member) => member.operator !== own?.operator),
    )
    const onePerOperator = others.filter((other, i) => others.findIndex((two) => two.operator === other.operator) === i)
    const nearness = (member: MemberView) =>
      (member.region === own?.region ? 2 : 0) + (member.block === own?.block ? 1 : 0)
    const ordered = [...onePerOperator].sort((a, b) => nearness(a) - nearness(b))
    return [ordered.slice(0, askedMax), ordered.slice(askedMax, 2 * askedMax)]
  }

  async #count(members: readonly MemberView[]): Promise<number> {
    const answered = await Promise.all(members.map((member) => this.#ping(member)))
    return answered.filter(Boolean).length
  }

  #ping(member: MemberView): Promise<boolean> {
    const nowMs = this.#deps.clock.steadyMs()
    const before = this.#pings.get(member.id)
    if (before !== undefined && nowMs - before.atMs <= resultMs) return before.answered
    const answered = this.#deps.peers.get(member.url, 'dgos/v1/ping', pingTimeMs).then((answer) => answer !== null)
    this.#pings.set(member.id, { atMs: nowMs, answered })
    return answered
  }
}
