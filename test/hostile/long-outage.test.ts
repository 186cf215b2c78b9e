/** An outage of a week is renewed to its end, by one member alone if need be: a renewal gives back the room of those before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOfAll } from '../../ledger/budgets.ts'
import { dayMs, signerOf, startMs } from '../support/small-network.ts'
import { attacked, prove, take } from './attacked.ts'

const quarterMs = 15 * 60_000
/** As many as a vote may name: others are dead as well. */
const unreachable = Array.from({ length: 10 }, (_, i) => signerOf(`dead ${i}`).key).sort()

test('seven days of renewals by one member are taken, and what they leave stays small', async (t) => {
  const world = await attacked(t, 12)
  const { blog, ledger, clock, net } = world
  await prove(world)
  const mirrors = Array.from({ length: 10 }, (_, i) => signerOf(`m${i}`).key)
  const place = { root: blog.id, rootVersion: 1, seq: 1, mirrors, time: startMs, expires: startMs + 7 * dayMs }
  assert.deepEqual(await take(ledger, [await blog.add('head', 'online', place)]), ['stored'])
  const words = new Map<string, number>()
  let most = 0
  for (let ms = quarterMs; ms <= 7 * dayMs; ms += quarterMs) {
    await clock.advance(quarterMs)
    const time = clock.nowMs()
    const vote = { time, since: startMs + 60_000, unreachable }
    const votes = await Promise.all(mirrors.map((_, i) => blog.observe(`m${i}`, vote)))
    const [word] = await take(ledger, [await blog.declare(votes)])
    words.set(word!, (words.get(word!) ?? 0) + 1)
    // half a day without the nightly sweep would already be too much
    if (ms % dayMs === 0) await ledger.sweep(blog.id)
    const { declaration } = await ledger.blog(blog.id)
    most = Math.max(most, bytesOfAll(declaration))
  }
  assert.deepEqual([...words], [['stored', (7 * dayMs) / quarterMs]])
  assert.ok(most < 349_525, `${most} bytes`)
  const { state, since } = await ledger.state(blog.id)
  assert.deepEqual([state, since], ['down', startMs + 60_000], 'and it is known since when')
  assert.ok(net.objects.length > 0)
})
