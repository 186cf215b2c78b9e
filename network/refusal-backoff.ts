/**
 * What was refused, so that it is not carried over the network again with every round. Reasons pass (a root arrives, a
 * quota is raised), so nothing is given up: each time it is refused again it rests twice as long.
 */
import type { Time } from '../protocol/objects.ts'

const restMsMin = 10_000
const restMsMax = 3_600_000
/** Names remembered. The oldest make room: they are asked for once more. */
const namesMax = 20_000

export class RefusalBackoff {
  readonly #rests = new Map<string, { readonly untilMs: Time; readonly restMs: number }>()

  note(name: string, nowMs: Time): void {
    const before = this.#rests.get(name)
    const restMs = Math.min(restMsMax, before === undefined ? restMsMin : 2 * before.restMs)
    this.#rests.delete(name)
    this.#rests.set(name, { untilMs: nowMs + restMs, restMs })
    if (this.#rests.size > namesMax) this.#rests.delete(this.#rests.keys().next().value!)
  }

  isResting(name: string, nowMs: Time): boolean {
    return (this.#rests.get(name)?.untilMs ?? Number.NEGATIVE_INFINITY) > nowMs
  }
}
