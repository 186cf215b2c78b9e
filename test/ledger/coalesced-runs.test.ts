import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CoalescedRuns, DueRuns } from '../../ledger/coalesced-runs.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

function openRuns() {
  const begun: PromiseWithResolvers<number>[] = []
  const runs = new CoalescedRuns<number>(() => {
    const run = Promise.withResolvers<number>()
    begun.push(run)
    return run.promise
  })
  return { begun, runs }
}

test('whoever asks while a run is under way shares it, and another name has its own', async () => {
  const { begun, runs } = openRuns()
  const [first, second, other] = [runs.current('a'), runs.current('a'), runs.current('b')]
  begun[0]!.resolve(1)
  begun[1]!.resolve(2)
  assert.deepEqual(await Promise.all([first, second, other]), [1, 1, 2])
  assert.equal(begun.length, 2)
})

test('what changes while a run is under way is seen by one more, however many changes, and though the first failed', async () => {
  const { begun, runs } = openRuns()
  const first = runs.current('a')
  const [second, third] = [runs.next('a'), runs.next('a')]
  begun[0]!.reject(new Error('ill'))
  await assert.rejects(first)
  await Promise.resolve()
  begun[1]!.resolve(2)
  assert.deepEqual([await second, await third, begun.length], [2, 2, 2])
  await runs.idle()
  assert.equal(runs.has('a'), false)
})

test('what is noted within the gathering time makes one run, what comes after it another, and stopping ends what is due', async () => {
  const clock = new VirtualClock()
  const ran: string[] = []
  const failed: string[] = []
  const run = async (name: string) => {
    ran.push(name)
    if (name === 'ill') throw new Error('ill')
  }
  const due = new DueRuns({ clock, run, failed: (name) => failed.push(name) }, { gatherMs: 1000 })
  for (const name of ['a', 'a', 'ill']) due.note(name)
  await clock.advance(999)
  assert.deepEqual(ran, [])
  await clock.advance(1)
  assert.deepEqual([ran, failed], [['a', 'ill'], ['ill']])
  due.note('a')
  due.stop()
  await clock.advance(1000)
  due.note('a')
  await clock.advance(1000)
  assert.deepEqual(ran, ['a', 'ill', 'a'])
})
