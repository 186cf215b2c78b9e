/** The server's schedule: intervals by the clock, times of the day by node-cron, which knows the zone and summer time. */
import cron from 'node-cron'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import { type CalendarTime, clockSchedule, runLogged, type Schedule } from '../../lib/schedule.ts'

export type ServerScheduleDeps = { readonly clock: Clock; readonly random: Random; readonly log: Log }

/** How much shorter a member's nights and weeks are with `--fast`: as its other intervals are. */
const fastDivisor = 100

/** `fast`: what others do at night comes every quarter of an hour. */
export function serverSchedule(deps: ServerScheduleDeps, { fast }: { readonly fast: boolean }): Schedule {
  const byClock = clockSchedule(deps)
  return {
    ...byClock,
    at(name, time, act) {
      if (!fast) return byCron(deps, name, time, act)
      const short = { everyMs: time.everyMs / fastDivisor, jitterMs: time.jitterMs / fastDivisor }
      return byClock.at(name, { ...time, ...short }, act)
    },
  }
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
