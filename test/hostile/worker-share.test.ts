/** Blogs that prove nothing get a tenth of the threads' time, whoever waits, and delay nobody by more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pause } from '../../lib/clock.ts'
import { SharedTime } from '../../lib/schedule.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const taskMs = 100
const minuteMs = 60_000

/** Ten minutes of threads, and what each kind of blog had of them. `proven` and `unproven`: blogs that always have work. */
async function tenMinutes(threads: number, proven: number, unproven: number) {
  const clock = new VirtualClock()
  const time = new SharedTime({ clock }, { threads, unprovenShare: 0.1, savedMsMax: 2_000 })
  const had = { proven: 0, unproven: 0 }
  const untilMs = clock.steadyMs() + 10 * minuteMs
  const keepAsking = (owner: string, isProven: boolean) => {
    const act = async () => {
      await pause(clock, taskMs)
      had[isProven ? 'proven' : 'unproven'] += taskMs
    }
    void time.add({ owner, proven: isProven }, act).then(() => {
      if (clock.steadyMs() < untilMs) keepAsking(owner, isProven)
    })
  }
  for (let i = 0; i < unproven; i++) for (let many = 0; many < 10; many++) keepAsking(`unproven ${i}`, false)
  for (let i = 0; i < proven; i++) keepAsking(`proven ${i}`, true)
  await clock.advance(10 * minuteMs)
  const all = threads * 10 * minuteMs
  return { proven: had.proven / all, unproven: had.unproven / all }
}

/** What they had saved up at the beginning, and the task that is under way. */
const saved = (2_000 + taskMs) / (10 * minuteMs)

for (const threads of [1, 2, 4])
  test(`of ${threads} threads fifty unproven blogs with work for hours get a tenth, and the proven the rest`, async () => {
    const { proven, unproven } = await tenMinutes(threads, 2 * threads, 50)
    assert.ok(unproven <= 0.1 + saved, `${unproven}`)
    assert.ok(proven >= 0.9 - saved, `${proven}`)
  })

test('the unproven get their tenth, and no more where nobody else waits', async () => {
  const { unproven } = await tenMinutes(2, 0, 50)
  assert.ok(unproven <= 0.1 + saved && unproven >= 0.09, `${unproven}`)
})

test('the proven alone have all the time', async () => {
  const { proven } = await tenMinutes(2, 4, 0)
  assert.ok(proven >= 1 - saved, `${proven}`)
})
