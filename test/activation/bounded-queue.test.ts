import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedQueue } from '../../activation/posts/bounded-queue.ts'
import { pause } from '../../lib/clock.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

test('a queue runs few at a time, lets few wait, and refuses one more at once', async () => {
  const clock = new VirtualClock()
  const queue = new BoundedQueue({ concurrency: 2, lengthMax: 3 })
  let active = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++active)
    await pause(clock, 10)
    active--
  }
  const added = Array.from({ length: 6 }, () => queue.add(work))
  assert.deepEqual(
    added.map((outcome) => outcome !== null),
    [true, true, true, true, true, false],
  )
  await clock.advance(100)
  await Promise.all(added)
  assert.equal(most, 2)
})

test('a task that fails rejects alone and gives its place to the next', async () => {
  const queue = new BoundedQueue({ concurrency: 1, lengthMax: 5 })
  const bad = queue.add(async () => {
    throw new Error('no')
  })
  const good = queue.add(async () => 'yes')
  await assert.rejects(bad!, /no/)
  assert.equal(await good, 'yes')
})

test('drain resolves when nothing runs and nothing waits, at once where that is so', async () => {
  const clock = new VirtualClock()
  const queue = new BoundedQueue({ concurrency: 1, lengthMax: 5 })
  await queue.drain()
  for (let i = 0; i < 3; i++) void queue.add(() => pause(clock, 10))
  let drained = false
  void queue.drain().then(() => {
    drained = true
  })
  await clock.advance(29)
  assert.equal(drained, false)
  await clock.advance(1)
  assert.equal(drained, true)
  assert.deepEqual([queue.active, queue.waiting], [0, 0])
})
