import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../server/member.ts'
import { ask, MemberWorld, signerOf, urlOf } from '../server/member-world.ts'

const minuteMs = 60_000

async function knows(member: Member, id: string): Promise<boolean> {
  return (await member.ledger.object(id)) !== null
}

test('what one member learns, all have after some rounds', async (t) => {
  const world = await MemberWorld.found(t, 8)
  const root = await world.blog('ana', world.member(3))
  const everyone = async () => {
    for (const member of world.members) if (!(await knows(member, root.id))) return false
    return true
  }
  for (let round = 0; round < 6 && !(await everyone()); round++) {
    for (const member of world.members) await member.gossip.round()
  }
  assert.ok(await everyone())
})

test('a talk moves what each side lacks, and a second one moves nothing', async (t) => {
  const world = await MemberWorld.found(t, 2)
  world.silent.add(urlOf(0)).add(urlOf(1))
  for (const name of ['a', 'b', 'c']) await world.blog(name, world.member(0))
  for (const name of ['d', 'e']) await world.blog(name, world.member(1))
  world.silent.clear()
  const partner = world
    .member(0)
    .ledger.roster()
    .members.find((member) => member.url === urlOf(1))!
  const first = await world.member(0).gossip.syncWith(partner)
  assert.deepEqual(first, { fetched: 2, handed: 3 })
  assert.deepEqual(await world.member(0).gossip.syncWith(partner), { fetched: 0, handed: 0 })
})

test('of more than one batch, what others hang on is handed over first', async (t) => {
  const world = await MemberWorld.found(t, 2)
  world.silent.add(urlOf(1))
  const blogs: string[] = []
  for (let i = 0; i < 70; i++) blogs.push((await world.blog(`blog${i}`, world.member(0))).id)
  const { ledger } = world.member(0)
  for (const blog of blogs) await ledger.publish('refusal', { blog, reason: 'law' }, signerOf('m0'))
  world.silent.clear()
  const partner = ledger.roster().members.find((member) => member.url === urlOf(1))!
  assert.deepEqual(await world.member(0).gossip.syncWith(partner), { fetched: 0, handed: 140 })
})

test('three hundred blogs reach a newcomer in one talk', async (t) => {
  const world = await MemberWorld.found(t, 2)
  world.silent.add(urlOf(1))
  for (let i = 0; i < 300; i++) await world.blog(`blog${i}`, world.member(0))
  world.silent.clear()
  const partner = world
    .member(1)
    .ledger.roster()
    .members.find((member) => member.url === urlOf(0))!
  assert.equal((await world.member(1).gossip.syncWith(partner))?.fetched, 300)
})

test('a member that does not answer is no error', async (t) => {
  const world = await MemberWorld.found(t, 2)
  world.silent.add(urlOf(1))
  const partner = world
    .member(0)
    .ledger.roster()
    .members.find((member) => member.url === urlOf(1))!
  assert.equal(await world.member(0).gossip.syncWith(partner), null)
})

test('an urgent object is with every member of a small network at once', async (t) => {
  const world = await MemberWorld.found(t, 6)
  const root = await world.blog('ana', world.member(2))
  await world.clock.advance(10)
  for (const member of world.members) assert.ok(await knows(member, root.id))
})

test('who lacks what an urgent object hangs on is given it', async (t) => {
  const world = await MemberWorld.found(t, 2)
  world.silent.add(urlOf(1))
  const root = await world.blog('ana', world.member(0))
  await world.clock.advance(10)
  assert.equal(await knows(world.member(1), root.id), false)
  world.silent.clear()
  const time = world.clock.nowMs()
  const word = await world
    .member(0)
    .ledger.publish(
      'declaration',
      { blog: root.id, state: 'down', by: 'author', until: time + minuteMs },
      signerOf('ana posting'),
    )
  await world.clock.advance(100)
  assert.ok(await knows(world.member(1), root.id), 'the root came first')
  assert.equal((await world.member(1).ledger.state(root.id)).state, 'down')
  assert.ok(await knows(world.member(1), word.id))
})

test('mirrors share more than others: a sync names their common blogs, and strangers get none', async (t) => {
  const world = await MemberWorld.found(t, 2)
  const root = await world.blog('ana', world.member(0))
  await world.clock.advance(10)
  const self = world.member(1).key
  const body = { from: self, scope: 'mirrors', ranges: [{ from: '', to: '', ids: [] }], blogs: [root.id] }
  assert.deepEqual((await ask(world.member(0), 'POST', '/dgos/v1/sync', body)).status, 200)
  const stranger = { ...body, from: '0'.repeat(64) }
  assert.equal((await ask(world.member(0), 'POST', '/dgos/v1/sync', stranger)).status, 403)
  const wrong = { ...body, blogs: [root.id, 'f'.repeat(64)] }
  assert.deepEqual((await ask(world.member(0), 'POST', '/dgos/v1/sync', wrong)).json(), { blogs: [root.id] })
})

test('a sync that is malformed or too long is refused', async (t) => {
  const world = await MemberWorld.found(t, 1)
  const from = world.member(0).key
  const sync = (body: unknown) => ask(world.member(0), 'POST', '/dgos/v1/sync', body)
  assert.equal((await sync({ from, scope: 'network', ranges: [] })).status, 200)
  assert.equal((await sync({ from, scope: 'all', ranges: [] })).status, 400)
  assert.equal((await sync({ from, scope: 'network', ranges: [{ from: '', to: '', ids: ['x'] }] })).status, 400)
  const ranges = Array.from({ length: 1025 }, (_, i) => ({
    from: i.toString(16).padStart(4, '0'),
    to: '',
    fp: '0'.repeat(32),
  }))
  assert.equal((await sync({ from, scope: 'network', ranges })).status, 400)
})

test('a member renews its record before it runs out, and once is enough', async (t) => {
  const world = await MemberWorld.found(t, 1)
  const member = world.member(0)
  const records = () => member.ledger.networkObjects.filter((networkObject) => networkObject.kind === 'member').length
  assert.equal(records(), 1)
  await member.membership.keep()
  assert.equal(records(), 1, 'nothing changed, nothing is due')
  await world.clock.advance(17 * 86_400_000)
  await member.membership.keep()
  await member.membership.keep()
  assert.equal(records(), 2)
  assert.ok(member.ledger.roster().memberOf(member.key)!.expires > world.clock.nowMs() + 29 * 86_400_000)
})

test('a member that leaves says so and stands on no new list', async (t) => {
  const world = await MemberWorld.found(t, 3)
  await world.member(2).membership.leave()
  await world.clock.advance(minuteMs)
  const roster = world.member(0).ledger.roster()
  assert.deepEqual(roster.members.map((member) => member.url).sort(), [urlOf(0), urlOf(1)])
  assert.equal(roster.memberOf(world.member(2).key)?.leaving, true)
  await world.member(2).membership.keep()
  assert.equal(world.member(2).ledger.roster().memberOf(world.member(2).key)?.leaving, true, 'it stays said')
})
