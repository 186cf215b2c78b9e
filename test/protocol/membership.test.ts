import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import { countedVouchers, placementId } from '../../protocol/membership.ts'
import type { MemberView } from '../../protocol/roster.ts'
import { dayMs, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

const later = startMs + 40 * dayMs

function member(net: SmallNetwork, name: string, nowMs = startMs): MemberView | null {
  return net.roster(nowMs).memberOf(signerOf(name).key)
}

test('founders are full members at once, whatever order their records come in', async () => {
  const net = await SmallNetwork.found(3)
  const roster = net.roster()
  assert.equal(roster.members.length, 3)
  assert.equal(roster.operators.length, 3)
  assert.ok(roster.members.every((member) => member.standing === 'full' && member.inviters.length === 0))
  net.objects.reverse()
  assert.deepEqual(net.roster().members, roster.members)
})

test('with two founders one voucher makes a guest, the second a full member', async () => {
  const net = await SmallNetwork.found(2)
  await net.vouch('o0', 'ben', 'ben-op')
  await net.record('ben', 'ben-op')
  const guest = member(net, 'ben')
  assert.equal(guest?.standing, 'guest')
  await net.vouch('o1', 'ben', 'ben-op', startMs + 1000)
  const full = member(net, 'ben', startMs + 1000)
  assert.equal(full?.standing, 'full')
  assert.equal(full?.placement, guest?.placement, 'the placement of the first record stays')
  await net.record('ben', 'ben-op', { time: startMs + 2000 })
  assert.equal(member(net, 'ben', startMs + 2000)?.standing, 'full')
  assert.deepEqual(
    full?.inviters,
    ['o0', 'o1'].map((name) => signerOf(name).key),
  )
})

test('a friend of a single founder is full with one voucher', async () => {
  const net = await SmallNetwork.found(1)
  await net.vouch('o0', 'ben', 'ben-op')
  await net.record('ben', 'ben-op')
  assert.equal(member(net, 'ben')?.standing, 'full')
})

test('an operator vouches after 30 days, not a moment before', async () => {
  const net = await SmallNetwork.found(1)
  await net.vouch('o0', 'ben', 'ben-op')
  await net.record('ben', 'ben-op')
  await net.vouch('ben-op', 'cat', 'cat-op', startMs + 30 * dayMs - 1)
  await net.record('cat', 'cat-op', { time: later })
  assert.equal(member(net, 'cat', later), null)
  const counts = await net.vouch('ben-op', 'cat', 'cat-op', startMs + 30 * dayMs)
  await net.record('cat', 'cat-op', { time: later + 1, vouchers: [counts.id] })
  assert.equal(member(net, 'cat', later)?.standing, 'guest')
})

test('a founder’s vouchers of one month count until twenty operators are full, and again the next month', async () => {
  const net = await SmallNetwork.found(1)
  for (let i = 1; i <= 20; i++) {
    await net.vouch('o0', `m${i}`, `m${i}-op`, startMs + i)
    await net.record(`m${i}`, `m${i}-op`, { time: startMs + i })
  }
  assert.equal(member(net, 'm19')?.standing, 'full')
  assert.equal(member(net, 'm20'), null)
  await net.vouch('o0', 'e', 'e-op', later)
  await net.record('e', 'e-op', { time: later })
  assert.equal(member(net, 'e', later)?.standing, 'guest', 'by then there are four who could vouch')
})

test('a full operator brings in its own further machine alone, and passes its inviter on', async () => {
  const net = await SmallNetwork.found(1)
  await net.vouch('o0', 'ben', 'ben-op')
  await net.record('ben', 'ben-op')
  await net.vouch('ben-op', 'ben2', 'ben-op', startMs + 1)
  await net.record('ben2', 'ben-op')
  assert.equal(member(net, 'ben2')?.standing, 'full')
  assert.deepEqual(member(net, 'ben2')?.inviters, [signerOf('o0').key])
  await net.vouch('eve-op', 'eve', 'eve-op', startMs + 1)
  await net.record('eve', 'eve-op')
  assert.equal(member(net, 'eve'), null, 'nobody vouches for itself into the network')
})

test('a record with a ground placement, a foreign operator or too long a life is no record', async () => {
  const net = await SmallNetwork.found(1)
  await net.vouch('o0', 'ben', 'ben-op')
  await net.record('ben', 'ben-op', { placement: '77'.repeat(32) })
  assert.equal(member(net, 'ben'), null)
  await net.record('ben', 'other-op', { time: startMs + 1 })
  assert.equal(member(net, 'ben'), null)
  await net.record('ben', 'ben-op', { time: startMs + 2, expires: startMs + 3 + 30 * dayMs })
  assert.equal(member(net, 'ben'), null)
  await net.record('ben', 'ben-op', { time: startMs + 3 })
  assert.equal(member(net, 'ben')?.standing, 'full')
})

test('an expired or leaving member is known but not on the roster', async () => {
  const net = await SmallNetwork.found(3)
  assert.equal(net.roster(startMs + 31 * dayMs).members.length, 0)
  assert.ok(member(net, 'm1', startMs + 31 * dayMs))
  await net.record('m1', 'o1', { time: startMs + 5, leaving: true })
  assert.deepEqual(
    net
      .roster(startMs + 10)
      .members.map((member) => member.name)
      .sort(),
    ['m0', 'm2'],
  )
})

test('a member changes to the key that it promised, and to no other', async () => {
  const net = await SmallNetwork.found(2)
  const next = toHex(sha256(fromHex(signerOf('m1 second').key)))
  const first = await net.record('m1', 'o1', { time: startMs + 1, next })
  const change = { previous: first.payload.key, member: first.payload.key, placement: first.payload.placement }
  await net.record('thief', 'o1', { ...change, time: startMs + 9, url: 'https://thief.example/' })
  assert.equal(member(net, 'm1', startMs + 10)?.url, 'https://m1.example.org/')
  await net.record('m1 second', 'o1', { ...change, time: startMs + 9, url: 'https://new.example/' })
  const moved = member(net, 'm1', startMs + 10)
  assert.equal(moved?.url, 'https://new.example/')
  assert.equal(moved?.key, signerOf('m1 second').key)
  assert.equal(moved?.id, first.payload.key)
  assert.equal(member(net, 'm1 second', startMs + 10)?.id, moved?.id)
  await net.record('m1', 'o1', { time: startMs + 20, url: 'https://old-key.example/' })
  assert.equal(member(net, 'm1', startMs + 20)?.url, 'https://new.example/', 'the old key speaks no more')
})

test('objects of another network and from the future do not count', async () => {
  const net = await SmallNetwork.found(2)
  const other = await SmallNetwork.found(3)
  assert.notEqual(net.network.id, other.network.id)
  net.objects.push(...other.objects)
  assert.equal(net.roster().members.length, 2)
  await net.record('m0', 'o0', { time: startMs + 11 * 60_000, url: 'https://future.example/' })
  assert.equal(member(net, 'm0')?.url, 'https://m0.example.org/')
})

test('the order of nonces does not change a placement id', () => {
  const nonces = ['22'.repeat(32), '11'.repeat(32)]
  const id = placementId('ab'.repeat(32), nonces, 'cd'.repeat(32), sha256)
  assert.equal(placementId('ab'.repeat(32), nonces.reverse(), 'cd'.repeat(32), sha256), id)
})

test('a second word of one operator, and that of an operator of yesterday, count for nothing', async () => {
  const net = await SmallNetwork.found(2)
  const first = await net.vouch('o0', 'ben', 'ben-op')
  await net.vouch('o0', 'ben', 'ben-op', startMs + 1)
  const second = await net.vouch('o1', 'ben', 'ben-op', startMs + 2)
  await net.record('ben', 'ben-op', { time: startMs + 3, vouchers: [first.id, second.id] })
  await net.vouch('ben-op', 'cat', 'cat-op', startMs + 4)
  const third = await net.vouch('o0', 'cat', 'cat-op', startMs + 5)
  const counted = (name: string) =>
    countedVouchers(
      net.network,
      net.objects,
      later,
      { member: signerOf(name).key, operator: signerOf(`${name}-op`).key },
      sha256,
    ).map((countedVoucher) => countedVoucher.id)
  assert.deepEqual(counted('ben'), [first.id, second.id])
  assert.deepEqual(counted('cat'), [third.id])
  assert.deepEqual(counted('dan'), [])
  assert.equal(member(net, 'ben', later)?.standing, 'full')
  await net.record('cat', 'cat-op', { time: later })
  assert.equal(member(net, 'cat', later), null, 'a placement made of both fits no roster')
})
