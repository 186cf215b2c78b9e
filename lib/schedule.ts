/**
 * Work that comes again and again, and work that waits for its turn. The server's own schedule uses node-cron; this one runs on
 * any clock.
 */
import { type Cancel, type Clock, pause } from './clock.ts'
import type { Log } from './log.ts'
import type { Random } from './random.ts'

export type Schedule = {
  /**
   * Runs `act` once every `intervalMs`, each time a random part of `jitterMs` late, so that members started together
   * do not knock together. A run that is not over when the next is due takes its place. Failures are logged.
   * Cancelling stops further runs; it does not interrupt one.
   */
  every(name: string, intervalMs: number, jitterMs: number, act: () => Promise<void>): Cancel
  /** Runs `act` soon after the start, and then at a time of the operator's own day. The rest is as with `every`. */
  at(name: string, time: CalendarTime, act: () => Promise<void>): Cancel
}

/** When people sleep and readers are few. */
export type CalendarTime = {
  /** Minute, hour, day, month, weekday, as cron has them. */
  readonly cron: string
  /** What that comes to on a clock that knows no nights. */
  readonly everyMs: number
  readonly jitterMs: number
}

const hourMs = 3_600_000
export const nightly: CalendarTime = { cron: '0 3 * * *', everyMs: 24 * hourMs, jitterMs: hourMs }
export const weekly: CalendarTime = { cron: '0 5 * * 1', everyMs: 7 * 24 * hourMs, jitterMs: hourMs }

export type ClockScheduleDeps = { readonly clock: Clock; readonly random: Random; readonly log: Log }

/** The first run comes after the jitter alone: a member that starts does its work soon. */
export function clockSchedule({ clock, random, log }: ClockScheduleDeps): Schedule {
  const schedule: Schedule = {
    every(name, intervalMs, jitterMs, act) {
      const startMs = clock.steadyMs()
      let turn = 0
      let running = false
      let cancel: Cancel = () => {}

      const plan = () => {
        const lateMs = jitterMs > 0 ? random.below(Math.ceil(jitterMs)) : 0
        const dueMs = startMs + turn * intervalMs + lateMs
        cancel = clock.after(Math.max(0, dueMs - clock.steadyMs()), run)
      }
      const run = () => {
        turn = Math.max(turn + 1, Math.floor((clock.steadyMs() - startMs) / intervalMs))
        plan()
        if (running) return log.debug('job-still-running', { job: name })
        running = true
        runLogged(log, name, act).finally(() => {
          running = false
        })
      }

      plan()
      return () => cancel()
    },
    at: (name, { everyMs, jitterMs }, act) => schedule.every(name, everyMs, jitterMs, act),
  }
  return schedule
}

/** Runs one turn of a job. A failure is an event in the log, never the end of the process or of the job. */
export async function runLogged(log: Log, name: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    log.error('job-failed', {
      job: name,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
}

/** Whom a task is for: tasks of one owner, or about one place, never hold more than their share of the hands. */
export type Turn = {
  /** A blog, a member, a key. */
  readonly owner: string
  /** An address, where several owners may name the same; else the owner. */
  readonly place?: string
}

export type FairQueueOptions = {
  /** Tasks that run at one time. */
  readonly concurrency: number
  /** Tasks that may wait besides, of all owners. One more is refused. */
  readonly lengthMax: number
  /** Tasks of one owner, and about one place, that run at one time. */
  readonly sideBySide: number
  /** Tasks of one owner that may wait. One more is refused. */
  readonly ownerLengthMax: number
}

type FairTask = { readonly place: string; run(): Promise<void> }

/**
 * Work done a few at a time, each owner in turn: whoever brings a thousand slow tasks waits for them alone. Bounded, for
 * each owner and in all.
 */
export class FairQueue {
  readonly #options: FairQueueOptions
  /** In the order in which owners come next. */
  readonly #waiting = new Map<string, FairTask[]>()
  readonly #running = new Map<string, number>()
  readonly #places = new Map<string, number>()
  #length = 0
  #active = 0
  #drained: (() => void)[] = []

  constructor(options: FairQueueOptions) {
    this.#options = options
  }

  get active(): number {
    return this.#active
  }

  get waiting(): number {
    return this.#length
  }

  /** The outcome of `act`, in its owner's turn, or null at once where the line, or the owner's part of it, is full. */
  add<T>(turn: Turn, act: () => Promise<T>): Promise<T> | null {
    const { owner, place = owner } = turn
    const line = this.#waiting.get(owner) ?? []
    if (line.length >= this.#options.ownerLengthMax || this.#length >= this.#options.lengthMax) return null
    return new Promise<T>((resolve, reject) => {
      line.push({ place, run: () => act().then(resolve, reject) })
      this.#waiting.set(owner, line)
      this.#length++
      this.#startNext()
    })
  }

  /** Resolves when nothing runs and nothing waits. */
  drain(): Promise<void> {
    if (this.#active === 0 && this.#length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained.push(resolve)
    })
  }

  #startNext(): void {
    const { concurrency, sideBySide } = this.#options
    for (const [owner, line] of [...this.#waiting]) {
      if (this.#active >= concurrency) return
      const { place } = line[0]!
      if ((this.#running.get(owner) ?? 0) >= sideBySide || (this.#places.get(place) ?? 0) >= sideBySide) continue
      const task = line.shift()!
      // Whoever had a turn goes to the end of the line.
      this.#waiting.delete(owner)
      if (line.length > 0) this.#waiting.set(owner, line)
      this.#length--
      this.#start(owner, task)
    }
  }

  #start(owner: string, task: FairTask): void {
    this.#active++
    count(this.#running, owner, 1)
    count(this.#places, task.place, 1)
    void task.run().finally(() => {
      this.#active--
      count(this.#running, owner, -1)
      count(this.#places, task.place, -1)
      this.#startNext()
      if (this.#active > 0 || this.#length > 0) return
      for (const tell of this.#drained.splice(0)) tell()
    })
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by
  if (sum === 0) counts.delete(key)
  else counts.set(key, sum)
}

/** `proven`: whoever the work is for has shown that it has a claim. The others share a part of the time. */
export type WorkTurn = Turn & { readonly proven: boolean }

export type SharedTimeOptions = {
  /** Tasks that run at one time. */
  readonly threads: number
  /** Part of all threads' time that the unproven get together. */
  readonly unprovenShare: number
  /** Milliseconds of it that may be saved up. */
  readonly savedMsMax: number
}

/** Work of the proven, each owner in turn, and of the unproven within a part of all time: they wait for themselves alone. */
export class SharedTime {
  readonly #clock: Clock
  readonly #options: SharedTimeOptions
  readonly #queue: FairQueue
  readonly #unproven: FairQueue
  /** Milliseconds of a thread that the unproven may use now; used up before they are counted. */
  #credit: { readonly ms: number; readonly atMs: number }

  constructor(deps: { readonly clock: Clock }, options: SharedTimeOptions) {
    this.#clock = deps.clock
    this.#options = options
    const { threads, savedMsMax } = options
    this.#queue = new FairQueue({
      concurrency: threads,
      lengthMax: 2_000,
      // One blog's documents never hold every thread.
      sideBySide: Math.max(1, threads - 1),
      ownerLengthMax: 400,
    })
    this.#unproven = new FairQueue({ concurrency: 1, lengthMax: 500, sideBySide: 1, ownerLengthMax: 20 })
    this.#credit = { ms: savedMsMax, atMs: deps.clock.steadyMs() }
  }

  /** The outcome of `act` in its turn; null where the line is full. */
  async add<T>(turn: WorkTurn, act: () => Promise<T>): Promise<T | null> {
    if (turn.proven) return this.#queue.add(turn, act)
    return this.#unproven.add(turn, () => this.#withinShare(turn, act))
  }

  /** Waits until the unproven have time left, and counts what this one uses once it runs. */
  async #withinShare<T>(turn: Turn, act: () => Promise<T>): Promise<T | null> {
    const { threads, unprovenShare } = this.#options
    const rate = threads * unprovenShare
    for (let ms = this.#accrued(rate); ms <= 0; ms = this.#accrued(rate))
      await pause(this.#clock, Math.min(1_000, 1 - ms / rate))
    return this.#queue.add(turn, async () => {
      const startMs = this.#clock.steadyMs()
      try {
        return await act()
      } finally {
        this.#credit = { ...this.#credit, ms: this.#credit.ms - (this.#clock.steadyMs() - startMs) }
      }
    })
  }

  #accrued(rate: number): number {
    const atMs = this.#clock.steadyMs()
    const ms = Math.min(this.#options.savedMsMax, this.#credit.ms + (atMs - this.#credit.atMs) * rate)
    this.#credit = { ms, atMs }
    return ms
  }
}
