/** The judgements of the tools that attack and measure: pure, and as strict as they say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures, isPlain, middle, over, type Price } from '../../bench/hostile/figures.ts'
import { namedRoutes } from '../../bench/hostile/routes.ts'
import { growth, type Sample } from '../../bench/soak/growth.ts'

const free: Price = { turnMs: 0, elsewhereMs: 0, mainMiB: 0, rssMiB: 0, diskMiB: 0, died: false }

test('a price at a figure is within it, and one above is not, each for itself', () => {
  const most = { turnMs: figures.turnMs, elsewhereMs: figures.elsewhereMs, mainMiB: figures.mainMiB, diskMiB: 1 }
  assert.deepEqual(over({ ...free, ...most, rssMiB: 288 }), [])
  for (const [name, value] of Object.entries({ ...most, rssMiB: 288 }))
    assert.equal(over({ ...free, [name]: value + 1 }).length, 1, name)
  assert.equal(over({ ...free, died: true }).length, 1)
})

test('a busy machine excuses time, and neither memory, disk nor death', () => {
  assert.deepEqual(over({ ...free, turnMs: 500, elsewhereMs: 9_000 }, false), [])
  assert.equal(over({ ...free, mainMiB: 33, diskMiB: 2 }, false).length, 2)
  assert.equal(over({ ...free, died: true }, false).length, 1)
})

test('a line far below every figure is looked at once; the middle of several looks counts, and one death', () => {
  assert.equal(isPlain({ ...free, turnMs: 24 }), true)
  assert.equal(isPlain({ ...free, turnMs: 26 }), false)
  const looks = [10, 90, 20, 30, 80].map((turnMs) => ({ ...free, turnMs }))
  assert.equal(middle(looks).turnMs, 30)
  assert.equal(middle([free, { ...free, died: true }]).died, true)
})

test('the price list knows every route that the sources name', () => {
  const routes = namedRoutes().map(({ method, path }) => `${method} ${path}`)
  assert.ok(routes.length >= 55, `${routes.length}`)
  for (const route of [
    'POST /dgos/v1/objects',
    'GET /m/:rest*',
    'POST /xmlrpc',
    'GET /go/:place*',
    'POST /micropub/media',
  ])
    assert.ok(routes.includes(route), route)
})

test('a member that grows by a tenth is found, one that breathes is not', () => {
  const samples = (rss: (hour: number) => number): Sample[] =>
    Array.from({ length: 36 }, (_, hour) => ({
      hour,
      members: [{ rssMiB: rss(hour), heapMiB: 40, externalMiB: 10, handles: 20, files: 50, diskMiB: 1 }],
    }))
  assert.equal(growth(samples((hour) => 150 + 2 * hour)).missed.length, 1)
  assert.deepEqual(growth(samples((hour) => 150 + (hour % 5))).missed, [])
})
