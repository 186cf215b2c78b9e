/** Work that comes again and again. The server's own schedule uses node-cron; this one runs on any clock. */
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
}

export type ClockScheduleDeps = { readonly clock: Clock; readonly random: Random; readonly log: Log }

/** The first run comes after the jitter alone: a member that starts does its work soon. */
export function clockSchedule({ clock, random, log }: ClockScheduleDeps): Schedule {
  return {
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
  }
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
