/**
 * Runs of one kind of work by name, asked for again and again: of each name at most one that runs and one that waits for
 * it, however many ask. What changes while one runs is seen by the next.
 */
import type { Cancel, Clock } from '../lib/clock.ts'

type RunOfName<T> = { readonly running: Promise<T>; next: Promise<T> | null }

export class CoalescedRuns<T> {
  readonly #run: (name: string) => Promise<T>
  readonly #runs = new Map<string, RunOfName<T>>()

  constructor(run: (name: string) => Promise<T>) {
    this.#run = run
  }

  has(name: string): boolean {
    return this.#runs.has(name)
  }

  /** The one that runs, else one that begins now: for whoever takes what there is. */
  current(name: string): Promise<T> {
    return this.#runs.get(name)?.running ?? this.#begin(name)
  }

  /** One that begins after this call: for changes. A failed one before it does not fail it. */
  next(name: string): Promise<T> {
    const run = this.#runs.get(name)
    if (run === undefined) return this.#begin(name)
    const begin = () => this.#begin(name)
    run.next ??= run.running.then(begin, begin)
    return run.next
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) {
      const runs = [...this.#runs.values()]
      await Promise.allSettled(runs.map(({ running, next }) => next ?? running))
    }
  }

  #begin(name: string): Promise<T> {
    const run: RunOfName<T> = { running: this.#run(name), next: null }
    this.#runs.set(name, run)
    const done = () => {
      if (run.next === null) this.#runs.delete(name)
    }
    run.running.then(done, done)
    return run.running
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
