/**
 * Time that moves only when a test says so.
 *
 * `advance` runs the due timers one by one, in order of their time and then of their making, and lets everything that
 * a timer set going come to rest before the next one: promises, immediates and disk calls of this process. So the
 * same program from the same seed does the same things in the same order. Sockets are not waited for.
 */
import type { Cancel, Clock } from '../../lib/clock.ts'

type Timer = { readonly dueMs: number; readonly order: number; readonly act: () => void; cancelled: boolean }

export type VirtualClockOptions = { readonly startMs?: number; readonly skewMs?: number }

/** A member's own view of the time: wrong by `skewMs`, and silent once halted (its timers died with it). */
export type SkewedClock = Clock & { skewMs: number; halt(): void }

export class VirtualClock implements Clock {
  readonly #skewMs: number
  #timeMs: number
  #steadyMs = 0
  #made = 0
  readonly #timers: Timer[] = []

  /** Starts at noon of 1 January 2027 UTC unless told otherwise. */
  constructor(options: VirtualClockOptions = {}) {
    this.#timeMs = options.startMs ?? Date.UTC(2027, 0, 1, 12)
    this.#skewMs = options.skewMs ?? 0
  }

  nowMs(): number {
    return this.#timeMs + this.#skewMs
  }

  steadyMs(): number {
    return this.#steadyMs
  }

  after(ms: number, act: () => void): Cancel {
    const timer: Timer = { dueMs: this.#steadyMs + Math.max(0, ms), order: this.#made++, act, cancelled: false }
    this.#timers.splice(this.#placeOf(timer), 0, timer)
    return () => this.#cancel(timer)
  }

  /** Timers that wait. A part that was stopped leaves none. */
  get waiting(): number {
    return this.#timers.length
  }

  skewed(skewMs: number): SkewedClock {
    const running = new Set<Cancel>()
    let halted = false
    const clock = this
    return {
      skewMs,
      nowMs() {
        return clock.nowMs() + this.skewMs
      },
      steadyMs: () => clock.steadyMs(),
      after(ms, act) {
        if (halted) return () => {}
        const cancel = clock.after(ms, () => {
          running.delete(cancel)
          act()
        })
        running.add(cancel)
        return () => {
          running.delete(cancel)
          cancel()
        }
      },
      halt() {
        halted = true
        for (const cancel of running) cancel()
        running.clear()
      },
    }
  }

  /** Moves on by `ms`. What a timer throws is thrown here. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#steadyMs + ms
    await settled()
    while (this.#timers[0] !== undefined && this.#timers[0].dueMs <= untilMs) await this.#runNext()
    this.#moveTo(untilMs)
  }

  /** Moves on from timer to timer until `holds`, for at most `msMax`. False where it never held. */
  async advanceUntil(holds: () => boolean | Promise<boolean>, msMax: number): Promise<boolean> {
    const untilMs = this.#steadyMs + msMax
    await settled()
    while (!(await holds())) {
      const next = this.#timers[0]
      if (next === undefined || next.dueMs > untilMs) {
        this.#moveTo(untilMs)
        return await holds()
      }
      await this.#runNext()
    }
    return true
  }

  async #runNext(): Promise<void> {
    const timer = this.#timers.shift()!
    this.#moveTo(timer.dueMs)
    timer.act()
    await settled()
  }

  #moveTo(steadyMs: number): void {
    this.#timeMs += steadyMs - this.#steadyMs
    this.#steadyMs = steadyMs
  }

  #placeOf(timer: Timer): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#timers[middle]!.dueMs <= timer.dueMs) low = middle + 1
      else high = middle
    }
    return low
  }

  #cancel(timer: Timer): void {
    if (timer.cancelled) return
    timer.cancelled = true
    const at = this.#timers.indexOf(timer)
    if (at >= 0) this.#timers.splice(at, 1)
  }
}

/** What the event loop has under way that a test should see the end of. */
const unsettled = new Set(['Immediate', 'FSReqCallback', 'FSReqPromise', 'CloseReq'])

/** Resolves when no promise, immediate or disk call of this process is under way. */
export async function settled(): Promise<void> {
  do {
    await new Promise<void>((resolve) => setImmediate(resolve))
  } while (process.getActiveResourcesInfo().some((name) => unsettled.has(name)))
}
