/**
 * Runs of one kind of work by name, asked for again and again: of each name at most one that runs and one that waits for
 * it, however many ask. What changes while one runs is seen by the next.
 */
import type { Cancel, Clock } from '../lib/clock.ts'

type Turn<T> = { readonly running: Promise<T>; next: Promise<T> | null }

export class CoalescedRuns<T> {
  readonly #run: (name: string) => Promise<T>
  readonly #turns = new Map<string, Turn<T>>()

  constructor(run: (name: string) => Promise<T>) {
    this.#run = run
  }

  has(name: string): boolean {
    return this.#turns.has(name)
  }

  /** The one that runs, else one that begins now: for whoever takes what there is. */
  current(name: string): Promise<T> {
    return this.#turns.get(name)?.running ?? this.#begin(name)
  }

  /** One that begins after this call: for changes. A failed one before it does not fail it. */
  next(name: string): Promise<T> {
    const turn = this.#turns.get(name)
    if (turn === undefined) return this.#begin(name)
    const begin = () => this.#begin(name)
    turn.next ??= turn.running.then(begin, begin)
    return turn.next
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#turns.size > 0) {
      const turns = [...this.#turns.values()]
      await Promise.allSettled(turns.map(({ running, next }) => next ?? running))
    }
  }

  #begin(name: string): Promise<T> {
    const turn: Turn<T> = { running: this.#run(name), next: null }
    this.#turns.set(name, turn)
    const done = () => {
      if (turn.next === null) this.#turns.delete(name)
    }
    turn.running.then(done, done)
    return turn.running
  }
}

export type DueRunsDeps = {
  readonly clock: Clock
  readonly run: (name: string) => Promise<unknown>
  readonly failed: (name: string, error: unknown) => void
}

/** Runs that are due soon: what is noted of one name within `gatherMs` makes one run. */
export class DueRuns {
  readonly #deps: DueRunsDeps
  readonly #gatherMs: number
  readonly #due = new Map<string, Cancel>()

  constructor(deps: DueRunsDeps, { gatherMs }: { readonly gatherMs: number }) {
    this.#deps = deps
    this.#gatherMs = gatherMs
  }

  note(name: string): void {
    if (this.#due.has(name)) return
    const { clock, run, failed } = this.#deps
    const cancel = clock.after(this.#gatherMs, () => {
      this.#due.delete(name)
      run(name).catch((error: unknown) => failed(name, error))
    })
    this.#due.set(name, cancel)
  }

  /** What is due is not run any more. */
  stop(): void {
    for (const cancel of this.#due.values()) cancel()
    this.#due.clear()
  }
}
