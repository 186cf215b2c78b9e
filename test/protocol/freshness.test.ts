import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { nodePlatform } from '../../lib/platform.ts'
import { freshness } from '../../protocol/freshness.ts'
import { openWorld, type VectorFile } from '../../protocol/vectors/world.ts'

const text = await readFile(new URL('../../protocol/vectors/heads.json', import.meta.url), 'utf8')
const file = JSON.parse(text) as VectorFile
const world = await openWorld(file, nodePlatform)
const network = file.shared!.network as readonly string[]
const five = [1, 2, 3, 4, 5].map((i) => `checkpoint ${i}`)

test('freshness only ever falls as a reader is shown less, and as time passes', () => {
  const newest = world.object('checkpoint 1').payload.time
  const say = (objects: readonly string[], nowMs: number) =>
    freshness(world.blog('root1', ['root1', ...objects]), world.roster(network, nowMs), nowMs)
  for (let count = 5; count >= 0; count--)
    assert.deepEqual(say(['seq 2', ...five.slice(0, count)], newest), {
      fresh: count >= 5,
      confirming: count,
      needed: 5,
    })
  const hours = [0, 12, 24, 25, 48].map((hour) => say(['seq 2', ...five], newest + hour * 3_600_000).confirming)
  assert.deepEqual(hours, [5, 5, 5, 0, 0])
})

test('a mirror that has left the network confirms nothing', () => {
  const nowMs = world.object('checkpoint 1').payload.time
  const without = world.roster(
    network.filter((alias) => alias !== 'm1'),
    nowMs,
  )
  assert.equal(freshness(world.blog('root1', ['root1', 'seq 2', ...five]), without, nowMs).confirming, 4)
})
