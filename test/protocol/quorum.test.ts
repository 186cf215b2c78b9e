import assert from 'node:assert/strict'
import { test } from 'node:test'
import { downVerdict, evidenceHolds, upVerdict, votesNeeded } from '../../protocol/quorum.ts'
import { type SmallBlog, SmallNetwork, startMs } from '../support/small-network.ts'

const minute = 60_000
const alone = { standIns: [], strangers: 0 }

async function blogOf(members: number): Promise<SmallBlog> {
  const net = await SmallNetwork.found(members)
  const blog = await net.blog()
  await blog.head()
  return blog
}

function verdict(blog: SmallBlog, atMs = startMs) {
  const { observation: observations } = blog.objects()
  const input = { blog: blog.id, mirrors: blog.mirrors(), ...alone, observations, atMs, roster: blog.net.roster() }
  return { down: downVerdict(input), up: upVerdict(input) }
}

test('six of ten mirrors declare a blog down, five do not', async () => {
  const blog = await blogOf(10)
  for (let i = 0; i < 5; i++) await blog.observe(`m${i}`)
  assert.deepEqual([verdict(blog).down.down, verdict(blog).down.needed], [false, 6])
  await blog.observe('m5')
  assert.equal(verdict(blog).down.down, true)
  assert.equal(verdict(blog).up.up, false)
})

test('two of two or three mirrors are needed, and one alone decides nothing', async () => {
  assert.deepEqual(
    [1, 2, 3, 5, 10].map((n) => votesNeeded(n, n)),
    [2, 2, 2, 3, 6],
  )
  const pair = await blogOf(2)
  await pair.observe('m0')
  assert.equal(verdict(pair).down.down, false)
  await pair.observe('m1')
  assert.equal(verdict(pair).down.down, true)
})

test('mirrors that every voter cannot reach are absent, but four of ten must be there', async () => {
  const blog = await blogOf(10)
  const ids = (names: string[]) =>
    names.map((name) => blog.net.roster().members.find((member) => member.name === name)!.id)
  const unreachable = ids(['m4', 'm5', 'm6', 'm7', 'm8', 'm9'])
  for (let i = 0; i < 3; i++) await blog.observe(`m${i}`, { unreachable })
  assert.deepEqual([verdict(blog).down.down, verdict(blog).down.needed], [false, 4])
  await blog.observe('m3', { unreachable: unreachable.slice(1) })
  assert.equal(verdict(blog).down.absent.length, 5)
  assert.equal(verdict(blog).down.down, true)
})

test('a mirror that has spoken within five minutes is not absent', async () => {
  const blog = await blogOf(5)
  const ids = blog.net.roster().members.map((member) => member.id)
  await blog.observe('m0', { unreachable: ids })
  await blog.observe('m1', { unreachable: ids })
  assert.equal(verdict(blog).down.absent.length, 3)
  await blog.observe('m2', { state: 'up', time: startMs - 4 * minute })
  assert.equal(verdict(blog).down.absent.length, 2)
})

test('two failures are not a vote, a strangers word is none, a later word replaces a vote', async () => {
  const blog = await blogOf(3)
  await blog.observe('m0', { probes: 2 })
  await blog.observe('m1')
  await blog.observe('stranger')
  assert.equal(verdict(blog).down.votes.length, 1)
  await blog.observe('m1', { state: 'up', time: startMs + 1000 })
  assert.equal(verdict(blog).down.votes.length, 0)
})

test('a parked page counts as down after an hour, not before', async () => {
  const blog = await blogOf(3)
  await blog.observe('m0', { state: 'changed', since: startMs - 60 * minute })
  await blog.observe('m1', { state: 'changed', since: startMs - 60 * minute + 1 })
  assert.equal(verdict(blog).down.votes.length, 1)
})

test('votes outside five minutes do not count, and the time is the lower median', async () => {
  const blog = await blogOf(4)
  await blog.observe('m0', { time: startMs - 3 * minute })
  await blog.observe('m1', { time: startMs - 2 * minute })
  await blog.observe('m2', { time: startMs - minute })
  await blog.observe('m3', { time: startMs - 6 * minute })
  assert.equal(verdict(blog).down.votes.length, 3)
  assert.equal(verdict(blog).down.timeMs, startMs - 2 * minute)
  await blog.observe('m3', { time: startMs })
  assert.equal(verdict(blog).down.timeMs, startMs - 2 * minute, 'the lower of two in the middle')
})

test('two members of one operator have one vote', async () => {
  const net = await SmallNetwork.found(3)
  await net.vouch('o0', 'm0b', 'o0')
  await net.record('m0b', 'o0')
  const blog = await net.blog()
  const mirrors = [...net.roster().members]
  const observations = [await blog.observe('m0'), await blog.observe('m0b')]
  const result = downVerdict({ blog: blog.id, mirrors, ...alone, observations, atMs: startMs, roster: net.roster() })
  assert.deepEqual([result.votes.length, result.down], [1, false])
})

test('up needs the same count of three good probes', async () => {
  const blog = await blogOf(5)
  for (const name of ['m0', 'm1']) await blog.observe(name, { state: 'up' })
  await blog.observe('m2', { state: 'up', probes: 2 })
  assert.equal(verdict(blog).up.up, false)
  await blog.observe('m2', { state: 'up', time: startMs + 1000 })
  assert.equal(verdict(blog).up.up, true)
})

test('a declaration is proven by its votes, and by nothing added, removed or shifted', async () => {
  const blog = await blogOf(5)
  const votes = [await blog.observe('m0'), await blog.observe('m1', { time: startMs + 5 }), await blog.observe('m2')]
  const context = { mirrors: blog.mirrors(), ...alone, roster: blog.net.roster() }
  const good = await blog.declare(votes)
  assert.equal(evidenceHolds(good, { ...context, votes }), true)
  assert.equal(evidenceHolds(good, { ...context, votes: votes.slice(1) }), false, 'a vote withheld')
  assert.equal(evidenceHolds(good, { ...context, votes, strangers: 3 }), false, 'mirrors were kept from us')
  const few = await blog.declare(votes.slice(1))
  assert.equal(evidenceHolds(few, { ...context, votes: votes.slice(1) }), false, 'too few')
  const padded = [...votes, await blog.observe('m3', { state: 'up' })]
  assert.equal(evidenceHolds(await blog.declare(padded), { ...context, votes: padded }), false, 'padded')
  const twice = [...votes.slice(0, 2), votes[0]!]
  assert.equal(evidenceHolds(await blog.declare(twice), { ...context, votes: twice }), false, 'one vote twice')
  const wrongWay = await blog.declare(votes, 'over')
  assert.equal(evidenceHolds(wrongWay, { ...context, votes }), false, 'down votes do not end an outage')
  const envelopes = votes.map((vote) => vote.envelope)
  const word = { state: 'down' as const, by: 'quorum' as const, votes: envelopes }
  const shifted = await blog.add('declaration', 'm0', { ...word, time: startMs + 9, until: startMs + 10 })
  assert.equal(evidenceHolds(shifted, { ...context, votes }), false, 'not the median')
  const long = await blog.add('declaration', 'm0', { ...word, time: startMs, until: startMs + 31 * minute })
  assert.equal(evidenceHolds(long, { ...context, votes }), false, 'too long')
})
