import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pause, within } from '../../lib/clock.ts'
import { type Log, silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

test('timers run in order of their time, then of their making, at their own time', async () => {
  const clock = new VirtualClock({ startMs: 1000 })
  const seen: string[] = []
  clock.after(30, () => seen.push(`c${clock.nowMs()}`))
  clock.after(10, () => seen.push(`a${clock.nowMs()}`))
  clock.after(10, () => seen.push(`b${clock.nowMs()}`))
  clock.after(10, () => seen.push('never'))()
  await clock.advance(29)
  assert.deepEqual(seen, ['a1010', 'b1010'])
  await clock.advance(1)
  assert.deepEqual(seen, ['a1010', 'b1010', 'c1030'])
  assert.equal(clock.waiting, 0)
})

test('what a timer sets going comes to rest before the next timer, disk calls included', async () => {
  const clock = new VirtualClock()
  const seen: string[] = []
  clock.after(1, async () => {
    await readFile(import.meta.filename)
    await null
    await readFile(import.meta.filename)
    seen.push('read')
  })
  clock.after(2, () => seen.push('second'))
  await clock.advance(2)
  assert.deepEqual(seen, ['read', 'second'])
})

test('a loop of pauses runs through one advance', async () => {
  const clock = new VirtualClock()
  let turns = 0
  const loop = (async () => {
    for (; turns < 100; turns++) await pause(clock, 50)
  })()
  await clock.advance(5000)
  await loop
  assert.equal(turns, 100)
})

test('a skewed view is wrong by its skew and silent once halted', async () => {
  const clock = new VirtualClock({ startMs: 0 })
  const ahead = clock.skewed(600)
  const seen: number[] = []
  ahead.after(10, () => seen.push(ahead.nowMs()))
  await clock.advance(10)
  ahead.after(10, () => seen.push(-1))
  ahead.halt()
  ahead.after(10, () => seen.push(-2))
  await clock.advance(100)
  assert.deepEqual(seen, [610])
})

test('advanceUntil stops at the first moment that holds, or says that none did', async () => {
  const clock = new VirtualClock({ startMs: 0 })
  let done = false
  clock.after(70, () => {
    done = true
  })
  clock.after(90, () => {})
  assert.equal(await clock.advanceUntil(() => done, 1000), true)
  assert.equal(clock.nowMs(), 70)
  assert.equal(await clock.advanceUntil(() => false, 1000), false)
  assert.equal(clock.nowMs(), 1070)
})

test('within gives the late value, and leaves no timer when the work was in time', async () => {
  const clock = new VirtualClock()
  assert.equal(await within(clock, 10, Promise.resolve('work'), 'late'), 'work')
  assert.equal(clock.waiting, 0)
  const late = within(clock, 10, new Promise<string>(() => {}), 'late')
  await clock.advance(10)
  assert.equal(await late, 'late')
})

test('a scheduled job keeps its mean interval, with jitter, until cancelled', async () => {
  const clock = new VirtualClock({ startMs: 0 })
  const schedule = clockSchedule({ clock, random: seededRandom(1), log: silentLog })
  const runs: number[] = []
  const cancel = schedule.every('probe', 1000, 300, async () => void runs.push(clock.nowMs()))
  await clock.advance(99_999)
  assert.equal(runs.length, 100)
  assert.ok(runs.every((atMs, turn) => atMs >= turn * 1000 && atMs < turn * 1000 + 300))
  assert.ok(new Set(runs.map((atMs) => atMs % 1000)).size > 10)
  cancel()
  await clock.advance(10_000)
  assert.equal(runs.length, 100)
  assert.equal(clock.waiting, 0)
})

test('a job never overlaps itself, and a slow run takes the place of the turns it missed', async () => {
  const clock = new VirtualClock()
  const schedule = clockSchedule({ clock, random: seededRandom(1), log: silentLog })
  let running = 0
  let most = 0
  let runs = 0
  schedule.every('slow', 100, 0, async () => {
    runs++
    most = Math.max(most, ++running)
    await pause(clock, 250)
    running--
  })
  await clock.advance(900)
  assert.equal(most, 1)
  assert.equal(runs, 4)
})

test('a job that throws is logged and runs again', async () => {
  const clock = new VirtualClock()
  const failures: unknown[] = []
  const log: Log = { ...silentLog, error: (event, facts) => failures.push([event, facts?.job]) }
  clockSchedule({ clock, random: seededRandom(1), log }).every('bad', 100, 0, async () => {
    throw new Error('no')
  })
  await clock.advance(250)
  assert.deepEqual(failures, [
    ['job-failed', 'bad'],
    ['job-failed', 'bad'],
    ['job-failed', 'bad'],
  ])
})
