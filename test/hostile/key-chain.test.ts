/** A member that changes its key all the time costs the others no more than one that does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLive, liveOfNetwork } from '../../protocol/live.ts'
import { rosterOf } from '../../protocol/membership.ts'
import { dayMs, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { attacked, take } from './attacked.ts'
import { keyChain } from './inputs/key-chain.ts'

test('a chain of four thousand keys is walked in one go', async () => {
  const net = await SmallNetwork.found(3)
  const chain = await keyChain(net, 'm1', 4000, 1)
  let hashed = 0
  const counting = (bytes: Uint8Array) => {
    hashed++
    return sha256(bytes)
  }
  const roster = rosterOf(net.network, [...net.objects, ...chain], startMs + 10_000, counting)
  assert.equal(roster.memberOf(signerOf('m1').key)?.key, signerOf('m1 key 3999').key)
  assert.ok(hashed < 3 * chain.length, `${hashed} hashes`)
})

test('what counts of the network is the same, judged one by one or all at once', async () => {
  const net = await SmallNetwork.found(3)
  await net.record('m2', 'o2', { time: startMs + 5 })
  const chain = await keyChain(net, 'm1', 20, dayMs)
  const refusals = [1, 2].map((time) =>
    net.sign('refusal', 'm0', { blob: 'ab'.repeat(32), reason: 'law', time: startMs + time }),
  )
  const all = [net.network, ...net.objects, ...chain, ...(await Promise.all(refusals))]
  for (const nowMs of [startMs + 10, startMs + 25 * dayMs, startMs + 60 * dayMs]) {
    const alone = all.filter((object) => isLive(object, null, all, nowMs)).map((object) => object.id)
    assert.deepEqual(
      liveOfNetwork(all, nowMs).map((object) => object.id),
      alone,
    )
    assert.ok(alone.length < all.length)
  }
})

test('a key changes daily, not hourly', async (t) => {
  const daily = await attacked(t, 3)
  await daily.clock.advance(10 * dayMs)
  assert.deepEqual(await take(daily.ledger, await keyChain(daily.net, 'm1', 8, dayMs)), Array(8).fill('stored'))
  const hourly = await attacked(t, 3)
  await hourly.clock.advance(10 * dayMs)
  const words = await take(hourly.ledger, await keyChain(hourly.net, 'm1', 8, 3_600_000))
  assert.deepEqual(words.slice(0, 3), ['stored', 'stored', 'RATE'])
  assert.ok(words.slice(3).every((word) => word === 'BROKEN_CHAIN'))
})

test('two changes of a key within a day are refused, however long the first key was silent', async (t) => {
  const { net, ledger, clock } = await attacked(t, 3)
  await clock.advance(20 * dayMs)
  const changes = [0, 9 * dayMs, 9 * dayMs + 1_000]
  assert.deepEqual(await take(ledger, await keyChain(net, 'm1', 3, changes)), ['stored', 'stored', 'RATE'])
})

test('a newcomer that learns the newest record of each key takes the whole chain', async (t) => {
  const { net, ledger, clock, newcomer } = await attacked(t, 3)
  await clock.advance(10 * dayMs)
  await take(ledger, await keyChain(net, 'm1', 6, dayMs))
  const fresh = await newcomer(3)
  await take(fresh, await ledger.live(null))
  assert.equal(fresh.roster().memberOf(signerOf('m1').key)?.key, signerOf('m1 key 5').key)
})

test('records from before the network are refused, so that no chain is longer than its days', async (t) => {
  const { net, ledger } = await attacked(t, 3)
  const old = await net.record('m1', 'o1', { time: startMs - 1, expires: startMs + dayMs })
  assert.deepEqual(await take(ledger, [old]), ['RATE'])
})
