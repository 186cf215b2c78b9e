/**
 * The server's schedule. Work that comes every whole minute, hour or day is kept by node-cron; what is shorter or does
 * not divide evenly is kept by the clock. Either way the first run comes soon after the start, not an hour later.
 */
import cron from 'node-cron'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import { clockSchedule, runLogged, type Schedule } from '../../lib/schedule.ts'

export type ServerScheduleDeps = { readonly clock: Clock; readonly random: Random; readonly log: Log }

export function serverSchedule(deps: ServerScheduleDeps): Schedule {
  const byClock = clockSchedule(deps)
  return {
    every(name, intervalMs, jitterMs, act) {
      const pattern = cronPattern(intervalMs, deps.random)
      return pattern === null
        ? byClock.every(name, intervalMs, jitterMs, act)
        : byCron(deps, name, pattern, jitterMs, act)
    },
  }
}

function byCron(
  deps: ServerScheduleDeps,
  name: string,
  pattern: string,
  jitterMs: number,
  act: () => Promise<void>,
): Cancel {
  const { clock, random, log } = deps
  let running = false
  const cancels = new Set<Cancel>()
  const later = () => {
    const cancel = clock.after(jitterMs > 0 ? random.below(Math.ceil(jitterMs)) : 0, () => {
      cancels.delete(cancel)
      if (running) return log.debug('job-still-running', { job: name })
      running = true
      runLogged(log, name, act).finally(() => {
        running = false
      })
    })
    cancels.add(cancel)
  }
  later()
  const task = cron.schedule(pattern, later, { name })
  return () => {
    for (const cancel of cancels) cancel()
    cancels.clear()
    Promise.resolve(task.destroy()).catch((error) => log.warn('job-not-ended', { job: name, error: String(error) }))
  }
}

const minuteMs = 60_000
const hourMs = 3_600_000

/** A six-field pattern whose second (and minute) is random, so that members do not knock together; null where cron cannot say it. */
export function cronPattern(intervalMs: number, random: Random): string | null {
  const second = random.below(60)
  const minutes = intervalMs / minuteMs
  if (Number.isInteger(minutes) && minutes < 60 && 60 % minutes === 0)
    return `${second} ${stepped(random.below(minutes), minutes, 59)} * * * *`
  const hours = intervalMs / hourMs
  if (Number.isInteger(hours) && hours <= 24 && 24 % hours === 0)
    return `${second} ${random.below(60)} ${stepped(random.below(hours), hours, 23)} * * *`
  return null
}

/** "7-59/15": every fifteenth from the seventh on. */
function stepped(from: number, step: number, last: number): string {
  return step === 1 ? '*' : `${from}-${last}/${step}`
}
