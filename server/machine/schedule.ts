/** The server's schedule: intervals by the clock, times of the day by node-cron, which knows the zone and summer time. */
import cron from 'node-cron'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import { type CalendarTime, clockSchedule, runLogged, type Schedule } from '../../lib/schedule.ts'

export type ServerScheduleDeps = { readonly clock: Clock; readonly random: Random; readonly log: Log }

export function serverSchedule(deps: ServerScheduleDeps): Schedule {
  return { ...clockSchedule(deps), at: (name, time, act) => byCron(deps, name, time, act) }
}

function byCron(
  deps: ServerScheduleDeps,
  name: string,
  { cron: pattern, jitterMs }: CalendarTime,
  act: () => Promise<void>,
): Cancel {
  const { clock, random, log } = deps
  let running = false
  const cancels = new Set<Cancel>()
  const later = () => {
    const cancel = clock.after(random.below(jitterMs), () => {
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
