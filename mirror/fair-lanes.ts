/**
 * Work that waits for other people's servers, a few pieces at a time. Whoever was slow before waits in a line of its own, so
 * that silent servers hold up each other and nobody else. Nothing is begun twice, and nothing fails: that is logged.
 */

import type { Log } from '../lib/log.ts'
import { FairQueue, runLogged, type Turn } from '../lib/schedule.ts'

export type FairLanesOptions = {
  /** The job's name in the log. */
  readonly name: string
  /** Pieces at one time, of those that were quick before and of the others. */
  readonly quick: number
  readonly slow: number
  /** Pieces of one owner that run at one time, and that may wait. */
  readonly sideBySide?: number
  readonly ownerLengthMax?: number
}

/** Beyond so many that wait, work is begun with the next tick. */
const lengthMax = 20_000

export class FairLanes {
  readonly #log: Log
  readonly #name: string
  readonly #quick: FairQueue
  readonly #slow: FairQueue
  readonly #underWay = new Set<string>()

  constructor(deps: { readonly log: Log }, options: FairLanesOptions) {
    const { name, quick, slow, sideBySide = 1, ownerLengthMax = 1 } = options
    this.#log = deps.log
    this.#name = name
    this.#quick = new FairQueue({ concurrency: quick, lengthMax, sideBySide, ownerLengthMax })
    this.#slow = new FairQueue({ concurrency: slow, lengthMax, sideBySide: 1, ownerLengthMax })
  }

  /** Resolves when `act` is over. null where work under this name is under way, or there is no room: begin it later. */
  begin(name: string, turn: Turn, isSlow: boolean, act: () => Promise<void>): Promise<void> | null {
    if (this.#underWay.has(name)) return null
    const begun = (isSlow ? this.#slow : this.#quick).add(turn, async () => {
      await runLogged(this.#log, this.#name, act)
      this.#underWay.delete(name)
    })
    if (begun !== null) this.#underWay.add(name)
    return begun
  }

  /** Resolves when nothing runs and nothing waits. */
  async drain(): Promise<void> {
    await Promise.all([this.#quick.drain(), this.#slow.drain()])
  }
}
