import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { answersNeeded, Health } from '../../activation/watch/health.ts'
import { seededRandom } from '../../lib/random.ts'
import { watchNetwork } from './watching-members.ts'

async function healthOf(t: TestContext, members: number, dead: number, seed = 1) {
  const net = await watchNetwork(t, { members, mirrors: 2, seed })
  const [own, ...others] = net.members
  for (const other of others.slice(0, dead)) other.cutOff = true
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

test('a watcher that reaches the others is well, one that reaches nobody is ill', async (t) => {
  assert.equal(await (await healthOf(t, 12, 0)).well(), true)
  assert.equal(await (await healthOf(t, 12, 11)).well(), false)
})

test('a watcher in a network of two asks the only other member', async (t) => {
  assert.equal(await (await healthOf(t, 2, 0)).well(), true)
  assert.equal(await (await healthOf(t, 2, 1)).well(), false)
})

test('half of all members dead together: nearly every watcher still finds itself well', async (t) => {
  let well = 0
  for (let seed = 1; seed <= 20; seed++) if (await (await healthOf(t, 15, 7, seed)).well()) well++
  assert.ok(well >= 18, `${well} of 20`)
})

test('one result serves all blogs for a while, then the others are asked anew', async (t) => {
  const { net, others, well } = await healthOf(t, 6, 0)
  assert.equal(await well(), true)
  for (const other of others) other.cutOff = true
  await net.clock.advance(1_000)
  assert.equal(await well(), false)
})

test('unreachable members are named, this member itself never', async (t) => {
  const { net, others, health, roster, own } = await healthOf(t, 6, 2)
  const asked = health.unreachable(roster.members)
  await net.clock.advance(20_000)
  const named = await asked
  assert.deepEqual([...named].sort(), [others[0]!.signer.key, others[1]!.signer.key].sort())
  assert.ok(!named.includes(own.signer.key))
})
