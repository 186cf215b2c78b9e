import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attestationsNeeded } from '../../protocol/address-proof.ts'
import type { Member } from '../../server/member.ts'
import { urlOf } from '../support/network-founding.ts'
import { signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask } from '../support/whole-member.ts'

const minuteMs = 60_000

/** A blog that one member knows, and knows to be proven: of others no talk speaks. */
async function provenBlog(net: TestNetwork, name: string, i: number) {
  const root = await net.publishRoot(name, net.member(i))
  const words = { blog: root.id, address: `http://${name}.example/`, marker: 'tag' as const }
  const needed = attestationsNeeded(net.members.length)
  for (const by of [...net.members.keys()].slice(0, needed)) {
    const said = await net.seal('attestation', words, signerOf(`m${by}`))
    await net.member(i).ledger.accept([said.envelope], 'peer')
  }
  return root
}

async function knows(member: Member, id: string): Promise<boolean> {
  return (await member.ledger.object(id)) !== null
}

test('what one member learns, all have after some rounds', async (t) => {
  const net = await TestNetwork.create(t, { members: 8 })
  for (const member of net.members) member.deaf = true
  const root = await provenBlog(net, 'ana', 3)
  net.heal()
  const everyone = async () => {
    for (const member of net.members) if (!(await knows(member, root.id))) return false
    return true
  }
  for (let round = 0; round < 6 && !(await everyone()); round++) {
    for (const member of net.members) await member.gossip.round()
  }
  assert.ok(await everyone())
})

test('a talk moves what each side lacks, and a second one moves nothing', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  for (const i of [0, 1]) net.member(i).deaf = true
  for (const name of ['a', 'b', 'c']) await provenBlog(net, name, 0)
  for (const name of ['d', 'e']) await provenBlog(net, name, 1)
  net.heal()
  const partner = net
    .member(0)
    .ledger.roster()
    .members.find((member) => member.url === urlOf(1))!
  const first = await net.member(0).gossip.syncWith(partner)
  assert.deepEqual(first, { fetched: 4, handed: 6 })
  assert.deepEqual(await net.member(0).gossip.syncWith(partner), { fetched: 0, handed: 0 })
})

test('of more than one batch, what others hang on is handed over first', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  net.member(1).deaf = true
  const blogs: string[] = []
  for (let i = 0; i < 70; i++) blogs.push((await provenBlog(net, `blog${i}`, 0)).id)
  const { ledger } = net.member(0)
  for (const blog of blogs) await ledger.publish('refusal', { blog, reason: 'law' }, signerOf('m0'))
  net.heal()
  const partner = ledger.roster().members.find((member) => member.url === urlOf(1))!
  assert.deepEqual(await net.member(0).gossip.syncWith(partner), { fetched: 0, handed: 210 })
})

test('three hundred blogs reach a newcomer in one talk', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  net.member(1).deaf = true
  for (let i = 0; i < 300; i++) await provenBlog(net, `blog${i}`, 0)
  net.heal()
  const partner = net
    .member(1)
    .ledger.roster()
    .members.find((member) => member.url === urlOf(0))!
  assert.equal((await net.member(1).gossip.syncWith(partner))?.fetched, 600)
})

test('a member that does not answer is no error', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  net.member(1).deaf = true
  const partner = net
    .member(0)
    .ledger.roster()
    .members.find((member) => member.url === urlOf(1))!
  assert.equal(await net.member(0).gossip.syncWith(partner), null)
})

test('an urgent object is with every member of a small network at once', async (t) => {
  const net = await TestNetwork.create(t, { members: 6 })
  const root = await net.publishRoot('ana', net.member(2))
  await net.clock.advance(10)
  for (const member of net.members) assert.ok(await knows(member, root.id))
})

test('who lacks what an urgent object hangs on is given it', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  net.member(1).deaf = true
  const root = await net.publishRoot('ana', net.member(0))
  await net.clock.advance(10)
  assert.equal(await knows(net.member(1), root.id), false)
  net.heal()
  const time = net.clock.nowMs()
  const word = await net
    .member(0)
    .ledger.publish(
      'declaration',
      { blog: root.id, state: 'down', by: 'author', until: time + minuteMs },
      signerOf('ana posting'),
    )
  await net.clock.advance(100)
  assert.ok(await knows(net.member(1), root.id), 'the root came first')
  assert.equal((await net.member(1).ledger.state(root.id)).state, 'down')
  assert.ok(await knows(net.member(1), word.id))
})

test('mirrors share more than others: a sync names their common blogs, and strangers get none', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const root = await provenBlog(net, 'ana', 0)
  await net.clock.advance(10)
  const self = net.member(1).key
  const body = { from: self, scope: 'mirrors', ranges: [{ from: '', to: '', ids: [] }], blogs: [root.id] }
  assert.deepEqual((await ask(net.member(0), 'POST', '/dgos/v1/sync', body)).status, 200)
  const stranger = { ...body, from: '0'.repeat(64) }
  assert.equal((await ask(net.member(0), 'POST', '/dgos/v1/sync', stranger)).status, 403)
  const wrong = { ...body, blogs: [root.id, 'f'.repeat(64)] }
  assert.deepEqual((await ask(net.member(0), 'POST', '/dgos/v1/sync', wrong)).json(), { blogs: [root.id] })
})

test('a sync that is malformed or too long is refused', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const from = net.member(0).key
  const sync = (body: unknown) => ask(net.member(0), 'POST', '/dgos/v1/sync', body)
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
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  const records = () => member.ledger.networkObjects.filter((networkObject) => networkObject.kind === 'member').length
  assert.equal(records(), 1)
  await member.membership.keep()
  assert.equal(records(), 1, 'nothing changed, nothing is due')
  await net.clock.advance(17 * 86_400_000)
  await member.membership.keep()
  await member.membership.keep()
  assert.equal(records(), 2)
  assert.ok(member.ledger.roster().memberOf(member.key)!.expires > net.clock.nowMs() + 29 * 86_400_000)
})

test('a member that leaves says so and stands on no new list', async (t) => {
  const net = await TestNetwork.create(t, { members: 3 })
  await net.member(2).membership.leave()
  await net.clock.advance(minuteMs)
  const roster = net.member(0).ledger.roster()
  assert.deepEqual(roster.members.map((member) => member.url).sort(), [urlOf(0), urlOf(1)])
  assert.equal(roster.memberOf(net.member(2).key)?.leaving, true)
  await net.member(2).membership.keep()
  assert.equal(net.member(2).ledger.roster().memberOf(net.member(2).key)?.leaving, true, 'it stays said')
})
