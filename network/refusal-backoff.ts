/**
 * What was refused, so that it is not carried over the network again with every round. Reasons pass (a root arrives, a
 * quota is raised), so nothing is given up: each time it is refused again it rests twice as long.
 */
import type { Time } from '../protocol/objects.ts'

/** Names remembered. The oldest make room: they are asked for once more. */
const namesMax = 20_000

export type RestLimits = { readonly minMs: Time; readonly maxMs: Time }
const refusalRests: RestLimits = { minMs: 10_000, maxMs: 3_600_000 }

export class RefusalBackoff {
  readonly #limits: RestLimits
  readonly #rests = new Map<string, { readonly untilMs: Time; readonly restMs: number }>()

  constructor(limits: RestLimits = refusalRests) {
    this.#limits = limits
  }

  note(name: string, nowMs: Time): void {
    const { minMs, maxMs } = this.#limits
    const before = this.#rests.get(name)
    const restMs = Math.min(maxMs, before === undefined ? minMs : 2 * before.restMs)
    this.#rests.delete(name)
    this.#rests.set(name, { untilMs: nowMs + restMs, restMs })
    if (this.#rests.size > namesMax) this.#rests.delete(this.#rests.keys().next().value!)
  }

  forget(name: string): void {
    this.#rests.delete(name)
  }

  isResting(name: string, nowMs: Time): boolean {
    return (this.#rests.get(name)?.untilMs ?? Number.NEGATIVE_INFINITY) > nowMs
  }
}
