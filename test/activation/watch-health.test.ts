import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answersNeeded, Health } from '../../activation/watch/health.ts'
import { seededRandom } from '../../lib/random.ts'
import { WatchNetwork } from './watch-network.ts'

async function healthOf(members: number, dead: number, seed = 1) {
  const net = await WatchNetwork.create({ members, mirrors: 2, seed })
  const [own, ...others] = net.members
  for (const other of others.slice(0, dead)) other.alive = false
  const deps = { peers: own!.peers, clock: net.clock, random: seededRandom(seed) }
  const health = new Health(deps, { self: own!.signer.key })
  const roster = own!.ledger.roster()
  const well = async () => {
    const asked = health.well(roster)
    await net.clock.advance(20_000)
    return asked
  }
  return { net, own: own!, others, health, roster, well }
}

test('three answers of five are needed, fewer where fewer can be asked', () => {
  assert.deepEqual([5, 4, 3, 2, 1].map(answersNeeded), [3, 3, 2, 2, 1])
})

test('a watcher that reaches the others is well, one that reaches nobody is ill', async () => {
  assert.equal(await (await healthOf(12, 0)).well(), true)
  assert.equal(await (await healthOf(12, 11)).well(), false)
})

test('a watcher in a network of two asks the only other member', async () => {
  assert.equal(await (await healthOf(2, 0)).well(), true)
  assert.equal(await (await healthOf(2, 1)).well(), false)
})

test('half of all members dead together: nearly every watcher still finds itself well', async () => {
  let well = 0
  for (let seed = 1; seed <= 20; seed++) if (await (await healthOf(15, 7, seed)).well()) well++
  assert.ok(well >= 18, `${well} of 20`)
})

test('one result serves all blogs for a while, then the others are asked anew', async () => {
  const { net, others, well } = await healthOf(6, 0)
  assert.equal(await well(), true)
  for (const other of others) other.alive = false
  await net.clock.advance(1_000)
  assert.equal(await well(), false)
})

test('unreachable members are named, this member itself never', async () => {
  const { net, others, health, roster, own } = await healthOf(6, 2)
  const asked = health.unreachable(roster.members)
  await net.clock.advance(20_000)
  const named = await asked
  assert.deepEqual([...named].sort(), [others[0]!.signer.key, others[1]!.signer.key].sort())
  assert.ok(!named.includes(own.signer.key))
})
