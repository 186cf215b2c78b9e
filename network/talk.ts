/** One talk with a partner: it has an end, and the partner must get on with it. A member that answers late on purpose holds nobody up. */
import type { Clock } from '../lib/clock.ts'

/** From the first request to the last answer. What is left over waits for another round. */
const talkMs = 60_000
const callMs = 10_000
/** An answer that takes longer is a slow one; a talk bears so many of them. */
const slowMs = 4_000
const slowMax = 3

export class Talk {
  readonly #clock: Clock
  readonly #startMs: number
  #slow = 0
  #cut = false

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock
    this.#startMs = deps.clock.steadyMs()
  }

  /** Nothing more is asked. */
  get isOver(): boolean {
    return this.#slow >= slowMax || this.#leftMs <= 0
  }

  /** Every answer came soon. */
  get wasQuick(): boolean {
    return this.#slow === 0
  }

  /** It ended before all was said. */
  get wasCut(): boolean {
    return this.#cut
  }

  /** The answer, asked for within what is left of the time; null where the talk is over. */
  async ask<T>(request: (timeMs: number) => Promise<T>): Promise<T | null> {
    if (this.isOver) {
      this.#cut = true
      return null
    }
    const askedMs = this.#clock.steadyMs()
    const answer = await request(Math.min(callMs, this.#leftMs))
    if (this.#clock.steadyMs() - askedMs > slowMs) this.#slow++
    return answer
  }

  get #leftMs(): number {
    return this.#startMs + talkMs - this.#clock.steadyMs()
  }
}
