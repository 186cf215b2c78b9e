import assert from 'node:assert/strict'
import { test } from 'node:test'
import cron from 'node-cron'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { nightly, weekly } from '../../lib/schedule.ts'
import { serverSchedule } from '../../server/machine/schedule.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

function arrange({ fast = false } = {}) {
  const clock = new VirtualClock()
  const runs: string[] = []
  const schedule = serverSchedule({ clock, random: seededRandom(1), log: silentLog }, { fast })
  return { clock, runs, schedule }
}

/** The times at which node-cron will run jobs of this name. */
const planned = (name: string) => [...cron.getTasks().values()].filter((task) => task.name === name)

test('nightly work comes soon after the start, then in the night of the operator; cancelled, it is planned no more', async () => {
  const { clock, runs, schedule } = arrange()
  const cancel = schedule.at('sweep', nightly, async () => void runs.push('sweep'))
  const [task] = planned('sweep')
  assert.deepEqual([task!.getNextRun()!.getHours(), task!.getNextRun()!.getMinutes()], [3, 0])
  await clock.advance(nightly.jitterMs)
  assert.deepEqual(runs, ['sweep'])
  cancel()
  assert.deepEqual(planned('sweep'), [])
  assert.equal(clock.waiting, 0)
})

test('weekly work comes on Monday mornings', () => {
  const { schedule } = arrange()
  const cancel = schedule.at('doctor', weekly, async () => {})
  const [task] = planned('doctor')
  assert.deepEqual([task!.getNextRun()!.getDay(), task!.getNextRun()!.getHours()], [1, 5])
  cancel()
})

test('an interval, also of whole hours, is kept by the clock', async () => {
  const { clock, runs, schedule } = arrange()
  const cancel = schedule.every('hourly', 3_600_000, 0, async () => void runs.push('hourly'))
  assert.deepEqual(planned('hourly'), [])
  await clock.advance(2 * 3_600_000)
  assert.equal(runs.length, 3)
  cancel()
})

test('a failure of nightly work is logged and ends nothing', async () => {
  const { clock, schedule } = arrange()
  const cancel = schedule.at('sweep', nightly, async () => Promise.reject(new Error('disk full')))
  await clock.advance(nightly.jitterMs)
  assert.equal(planned('sweep').length, 1)
  cancel()
})

test('with short intervals a night comes every quarter of an hour, and asks no calendar', async () => {
  const { clock, runs, schedule } = arrange({ fast: true })
  const cancel = schedule.at('sweep', nightly, async () => void runs.push('sweep'))
  assert.deepEqual(planned('sweep'), [])
  await clock.advance(nightly.jitterMs / 100)
  assert.deepEqual(runs, ['sweep'])
  await clock.advance((3 * nightly.everyMs) / 100)
  assert.equal(runs.length, 4)
  cancel()
  assert.equal(clock.waiting, 0)
})
