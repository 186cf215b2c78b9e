import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../lib/random.ts'
import { objectStoreContract } from '../ledger/object-store-contract.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { ForgettingObjectStore, SimDisk } from './disk.ts'
import { run } from './run.ts'

for (const seed of ['101', '102', '103']) {
  test(`a network of twelve keeps its promises through the faults of seed ${seed}, and again in the same way`, {
    timeout: 300_000,
  }, async (t) => {
    const first = await run({ seed, members: 12, blogs: 3 })
    assert.deepEqual(first.violations, [], `npm run sim -- --seed ${seed}`)
    assert.ok(first.declared >= 2, 'the two blogs that fell were declared')
    const again = await run({ seed, members: 12, blogs: 3 })
    assert.equal(again.traceHash, first.traceHash)
    assert.ok(first.revokedAfterMs.length >= 6, 'mirrors heard that a stolen key is revoked')
    const slowest = first.revokedAfterMs.at(-1)! / 1000
    t.diagnostic(`${first.acknowledged} posts acknowledged, ${first.messages} messages, revoked within ${slowest} s`)
  })
}

test('two friends alone declare, post and converge', async () => {
  const result = await run({ seed: '7', members: 3, blogs: 2 })
  assert.deepEqual(result.violations, [])
})

objectStoreContract('the forgetting disk', async () => {
  const disk = new SimDisk({ clock: instant(), random: seededRandom('disk') })
  return new ForgettingObjectStore(disk)
})

test('a crash loses what was not yet on disk, and nothing else', async () => {
  const clock = new VirtualClock()
  const disk = new SimDisk({ clock, random: seededRandom('crash') })
  const store = new ForgettingObjectStore(disk)
  const row = (n: number) => ({
    id: String(n).padStart(64, '0'),
    kind: 'post' as const,
    blog: null,
    time: n,
    envelope: { payload: '', payloadType: '', signatures: [] },
  })
  const first = store.put([row(1)])
  await clock.advance(100)
  await first
  void store.put([row(2)])
  disk.crash()
  await clock.advance(100)
  assert.notEqual(await store.get(row(1).id), null)
  assert.equal(await store.get(row(2).id), null)
})

/** A clock whose timers fire at once: the contract is about order and content, not about time. */
function instant() {
  return { nowMs: () => 0, steadyMs: () => 0, after: fireAtOnce }
}

function fireAtOnce(_: number, act: () => void): () => void {
  queueMicrotask(act)
  return () => {}
}
