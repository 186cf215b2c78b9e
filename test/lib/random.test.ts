import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom, shuffled, systemRandom } from '../../lib/random.ts'

test('the same seed gives the same stream, however it is asked for', () => {
  const [a, b] = [seededRandom(7), seededRandom(7)]
  const whole = a.bytes(100)
  const parts = [b.bytes(1), b.bytes(31), b.bytes(33), b.bytes(35)].flatMap((part) => [...part])
  assert.deepEqual([...whole], parts)
  assert.notDeepEqual(seededRandom(8).bytes(32), seededRandom(7).bytes(32))
})

test('below stays below, and reaches everything', () => {
  for (const random of [seededRandom('x'), systemRandom]) {
    const seen = new Set(Array.from({ length: 500 }, () => random.below(5)))
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4])
  }
})

test('shuffling keeps every item, once, and leaves the given list alone', () => {
  const items = Object.freeze(Array.from({ length: 50 }, (_, i) => i))
  const mixed = shuffled(seededRandom(1), items)
  assert.notDeepEqual(mixed, items)
  assert.deepEqual(
    [...mixed].sort((a, b) => a - b),
    items,
  )
})
