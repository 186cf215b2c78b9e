/** The network that tests stand on keeps its word itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestNetwork } from './test-network.ts'
import { until } from './until.ts'

test('a blog silent for three probes of ten mirrors is declared down', async (t) => {
  const net = await TestNetwork.create(t, { members: 12, seed: 7, delayMs: [10, 40], blogs: ['ana'] })
  await net.advance({ minutes: 10 })
  assert.equal(await net.member(2).statusOf('ana'), 'up')
  net.blog('ana').goSilent()
  await net.advance({ minutes: 3 })
  assert.equal(await net.member(2).statusOf('ana'), 'down')
})

test('a member that is deaf hears nothing until it is healed; one that is cut off says nothing either', async (t) => {
  const net = await TestNetwork.create(t, { members: 3 })
  net.member(1).deaf = true
  net.member(2).cutOff = true
  const known = async (i: number) => (await net.member(i).ledger.blog(root.id)).root.length === 1
  const root = await net.small.sign('root', 'ana recovery', (await net.enrol('ana')).root.payload)
  assert.ok(await known(0))
  const fromAbroad = await net.wire('192.0.2.9').request(net.urlOf(1), ping)
  assert.deepEqual(fromAbroad, { ok: false, reason: 'silent' })
  assert.deepEqual(await net.member(2).wire.request(net.urlOf(0), ping), { ok: false, reason: 'silent' })
  assert.equal((await net.member(1).wire.request(net.urlOf(0), ping)).ok, true)
  net.heal()
  assert.equal((await net.wire('192.0.2.9').request(net.urlOf(1), ping)).ok, true)
})

test('the same members speak real HTTP', async (t) => {
  const net = await TestNetwork.create(t, { members: 2, wire: 'http' })
  const answer = await fetch(`${net.urlOf(1)}dgos/v1/ping`)
  assert.equal(answer.status, 200)
  const told = await net.member(0).wire.request(net.urlOf(1), ping)
  assert.ok(told.ok && told.status === 200)
  await until(
    () =>
      net
        .member(0)
        .gossip.round()
        .then(() => true),
    'a round of gossip',
  )
})

test('members are processes of their own where a test wants them to be killed', async (t) => {
  const net = await TestNetwork.create(t, { wire: 'process', members: 2 })
  const [first, second] = net.members as [(typeof net.members)[0], (typeof net.members)[0]]
  const known = (await (await fetch(`${second.url}dgos/v1/members`)).json()) as { objects: { payload: string }[] }
  const texts = known.objects.map(({ payload }) => Buffer.from(payload, 'base64').toString())
  for (const { url } of net.members) assert.ok(texts.some((text) => text.includes(url)))
  await net.kill(first.url)
  await assert.rejects(fetch(`${first.url}readyz`))
  assert.deepEqual(net.alive, [second])
  net.startMember(first.url)
  await net.answers(`${first.url}readyz`)
})

const ping = { method: 'GET', path: 'dgos/v1/ping', bytesMax: 1024, timeMs: 1000 } as const
