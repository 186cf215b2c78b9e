/** Work that comes again and again: every so often, or at a time of the day. This schedule runs on any clock. */
import type { Cancel, Clock } from './clock.ts'
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
