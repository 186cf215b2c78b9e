import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { Audits } from '../../network/audits.ts'
import { memberRecord, vouch } from '../../network/founding.ts'
import { SqlJoinRequestStore } from '../../network/join-request-store.ts'
import { type JoinPolicy, JoinRequests, type JoinRequestsDeps } from '../../network/join-requests.ts'
import { LiveSets } from '../../network/live-sets.ts'
import { invitationLink, memberInvitation, readInvitationLink } from '../../network/member-invitations.ts'
import { overQuota, type SponsoredBlog } from '../../network/quotas.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { founderVouchersPerMonth } from '../../protocol/limits.ts'
import { fieldsOf, urlOf } from '../support/network-founding.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { ask, hand, wholeMember } from '../support/whole-member.ts'

function blogsOf(sponsor: string, count: number, mirrors: readonly string[] = []): SponsoredBlog[] {
  return Array.from({ length: count }, (_, i) => ({ blog: `${sponsor} ${i}`, since: i, sponsor, mirrors }))
}

test('an operator that stores nothing for others has three blogs kept, and the fourth not', () => {
  assert.deepEqual([...overQuota(blogsOf('o1', 3), 3)], [])
  assert.deepEqual([...overQuota(blogsOf('o1', 4), 3)], ['o1 3'], 'the newest goes first')
})

test('every ten places that an operator fills for others let it sponsor one blog more', () => {
  assert.deepEqual([...overQuota([...blogsOf('o1', 4), ...blogsOf('o2', 3, ['o1'])], 3)], ['o1 3'])
  const ten = Array.from({ length: 5 }, (_, i) => blogsOf(`o${i + 2}`, 2, ['o1'])).flat()
  assert.deepEqual([...overQuota([...blogsOf('o1', 4), ...ten], 3)], [])
})

test('own blogs on own disks earn nothing', () => {
  assert.equal(overQuota(blogsOf('o1', 13, ['o1']), 3).size, 10)
})

test('a mirror that has the bytes passes an audit; without them it leaves new lists after three', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const { ledger } = net.member(0)
  const sets = new LiveSets({ ledger, clock: net.clock, sha256 })
  const deps = {
    ledger,
    sets,
    blobs: net.member(0).blobs,
    wire: net.wire('10.0.0.1'),
    random: net.random,
    clock: net.clock,
  }
  const audits = new Audits({ ...deps, log: silentLog, sha256 }, { self: net.member(0).key })
  const other = ledger.roster().members.find((member) => member.url === urlOf(1))!
  const bytes = utf8('what both should have')
  const blob = await net.member(0).blobs.put(bytes)
  await net.member(1).blobs.put(bytes)
  assert.equal(await audits.ask(other, blob), true)
  await net.member(1).blobs.remove(blob)
  for (const left of [true, true, false]) {
    assert.equal(await audits.ask(other, blob), false)
    assert.equal(audits.isTrusted(other.id), left)
  }
  net.member(1).deaf = true
  assert.equal(await audits.ask(other, blob), null, 'absence is no failure')
  net.heal()
  await net.member(1).blobs.put(bytes)
  assert.equal(await audits.ask(other, blob), true)
  assert.equal(audits.isTrusted(other.id), true)
})

test('what the operator refuses is neither taken nor shown, and comes back when the word is taken back', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  const root = await net.publishRoot('ana', member)
  await member.copies.start()
  const page = async () => (await ask(member, 'GET', `/m/${root.id}/?copy`)).status
  assert.equal(await page(), 200)
  await member.ledger.publish('refusal', { blog: root.id, reason: 'law' }, signerOf('m0'))
  await net.clock.advance(1_000)
  assert.equal(await page(), 404)
  const until = net.clock.nowMs() + 3_600_000
  const { ledger } = member
  await ledger.publish('declaration', { blog: root.id, state: 'down', by: 'author', until }, signerOf('ana posting'))
  const fields = { blog: root.id, draft: '11'.repeat(32), prevs: [], title: 'x', html: '<p>x</p>', attachments: [] }
  const times = { time: net.clock.nowMs(), published: net.clock.nowMs() }
  const post = await seal('post', { network: net.network.id, ...fields, ...times }, signerOf('ana posting'), sha256)
  assert.equal((await hand(member, post.envelope))[0]!.code, 'REFUSED')
  await net.clock.advance(1_000)
  await ledger.publish('refusal', { blog: root.id, reason: 'law', lifted: true }, signerOf('m0'))
  await net.clock.advance(1_000)
  assert.equal(await page(), 200)
})

const request = { member: 'a'.repeat(64), operator: 'b'.repeat(64), name: 'New', url: 'https://new.example/' }

const nobody = async () => null

async function requestsOf(policy: JoinPolicy, more: Partial<JoinRequestsDeps> = {}, path = ':memory:') {
  const store = await SqlJoinRequestStore.open(openDatabase({ path }))
  return new JoinRequests({ clock: new VirtualClock(), store, invitation: nobody, vouch: null, ...more }, { policy })
}

test('a request to join waits for the operator where joining is by invitation, through a restart', async (t) => {
  const path = join(await temporaryFolder(t, 'requests'), 'member.db')
  const requests = await requestsOf('invitation', {}, path)
  assert.deepEqual(await requests.take(request), { ok: true, value: { status: 'waiting' } })
  const restarted = await requestsOf('invitation', {}, path)
  assert.deepEqual(await restarted.of(request.member), request)
})

test('requests are refused where joining is closed, where they are malformed, and beyond a hundred the oldest goes', async () => {
  const clock = new VirtualClock()
  assert.equal((await (await requestsOf('closed')).take(request)).ok, false)
  const requests = await requestsOf('invitation', { clock })
  assert.equal((await requests.take({ ...request, member: 'a' })).ok, false)
  assert.equal((await requests.take({ ...request, url: 'ftp://new.example/' })).ok, false)
  await requests.take(request)
  await clock.advance(1)
  for (let i = 0; i < 100; i++) await requests.take({ ...request, member: i.toString(16).padStart(64, '0') })
  assert.equal(await requests.of(request.member), null)
  assert.notEqual(await requests.of('0'.repeat(64)), null)
})

test('an open door vouches at once', async () => {
  const vouched: string[] = []
  const vouch = async ({ member }: { readonly member: string }) => vouched.push(member) > 0
  const requests = await requestsOf('open', { vouch })
  assert.deepEqual(await requests.take(request), { ok: true, value: { status: 'vouched' } })
  assert.deepEqual(vouched, [request.member])
})

test('a link of the operator vouches for as many as it says, until its day, and not once it is taken back', async (t) => {
  const net = await TestNetwork.create(t, { members: 2, make: wholeMember() })
  const [member, operator] = [signerOf('m0').key, signerOf('o0')]
  const line = async (uses: number, days: number, by = operator) =>
    memberInvitation(net, { member, uses, until: net.clock.nowMs() + days * 86_400_000 }, by)
  const join = async (name: string, invitation: string, at = 0) => {
    const who = { ...request, member: signerOf(name).key, operator: signerOf(`${name} o`).key, invitation }
    return (await ask(net.member(at), 'POST', '/dgos/v1/join', who)).json() as { status?: string; error?: string }
  }
  const good = await line(2, 14)
  assert.deepEqual(await join('n1', good.line), { status: 'vouched' })
  assert.deepEqual(await join('n1', good.line), { status: 'vouched' }, 'asking again uses nothing up')
  assert.deepEqual(await join('n2', good.line), { status: 'vouched' })
  assert.equal((await join('n3', good.line)).error, 'NOT_ALLOWED', 'for two members')
  const vouchers = net
    .member(0)
    .ledger.networkObjects.filter(({ kind, payload }) => kind === 'voucher' && payload.key === operator.key)
  assert.ok(
    ['n1', 'n2'].every((name) =>
      vouchers.some((entry) => entry.kind === 'voucher' && entry.payload.invited === signerOf(name).key),
    ),
  )
  assert.equal((await join('n4', (await line(1, 14, signerOf('o1'))).line)).error, 'NOT_ALLOWED', 'of another operator')
  assert.equal((await join('n4', good.line, 1)).error, 'NOT_ALLOWED', 'at another member')
  assert.equal((await join('n4', good.line.replace('.2.', '.9.'))).error, 'NOT_ALLOWED', 'altered')
  const old = await line(1, -1)
  assert.equal((await join('n4', old.line)).error, 'EXPIRED')
})

test('a link that was taken back brings nobody; who came by it stays', async () => {
  const store = await SqlJoinRequestStore.open(openDatabase({ path: ':memory:' }))
  const invitation = { mark: 'a'.repeat(16), uses: 3, until: 1 }
  assert.equal(await store.use(invitation, 'b'.repeat(64)), true)
  await store.revoke(invitation.mark, 0)
  assert.equal(await store.use(invitation, 'c'.repeat(64)), false)
})

test('a link names its network and keeps its line behind the #, however people paste it', () => {
  const network = 'ab'.repeat(32)
  assert.deepEqual(readInvitationLink(` ${invitationLink('https://ada.example/', network, 'x.1.y.z')} `), {
    url: 'https://ada.example/',
    network,
    line: 'x.1.y.z',
  })
  for (const link of [
    'https://ada.example',
    'https://ada.example/',
    'https://ada.example/join',
    'https://ada.example/join?invitation=x',
  ])
    assert.deepEqual(readInvitationLink(link), { url: 'https://ada.example/', network: null, line: '' })
  assert.equal(readInvitationLink(`https://ada.example/#${network}`).network, network)
})

test('an open door vouches as often as its vouchers count, then requests wait', async (t) => {
  const net = await TestNetwork.create(t, {
    members: 2,
    make: wholeMember({ fields: { ...fieldsOf(0, urlOf(0)), join: 'open' } }),
  })
  const join = async (i: number) => {
    const asked = { ...request, member: signerOf(`new ${i}`).key, operator: signerOf(`new o${i}`).key }
    return (await ask(net.member(0), 'POST', '/dgos/v1/join', asked)).json() as { status: string }
  }
  assert.deepEqual(await join(1), { status: 'vouched' })
  assert.deepEqual(await join(1), { status: 'vouched' }, 'asking again costs nothing')
  for (let i = 2; i < founderVouchersPerMonth; i++) assert.deepEqual(await join(i), { status: 'vouched' })
  assert.deepEqual(await join(20), { status: 'waiting' }, 'the own member took one of twenty')
})

test('with one of two vouchers a member is a guest, with the second a full one, and keeps its place', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const deps = { clock: net.clock, random: net.random, sha256 }
  const invite = async (by: number) => {
    const place = { region: 'region-2', block: '10.2.0.0/16' }
    const fields = { invited: signerOf('m2').key, operator: signerOf('o2').key, ...place }
    const voucher = await vouch(deps, net.network, signerOf(`o${by}`), fields)
    await net.member(by).ledger.accept([voucher.envelope], 'author')
    await net.clock.advance(100)
    return voucher
  }
  net.small.objects.push(await invite(0))
  const guest = await net.add()
  await guest.membership.keep()
  await net.clock.advance(100)
  const seen = () => net.member(1).ledger.roster().memberOf(guest.key)
  const first = seen()
  assert.equal(first?.standing, 'guest')
  await invite(1)
  assert.equal(seen()?.standing, 'full')
  await guest.gossip.round()
  await guest.membership.keep()
  await net.clock.advance(100)
  assert.equal(seen()?.standing, 'full')
  assert.equal(seen()?.record.payload.vouchers.length, 2, 'its next record names both')
  assert.equal(seen()?.placement, first?.placement)
})

test('a member is vouched for twice by one operator and once by another, and is a full one', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const deps = { clock: net.clock, random: net.random, sha256 }
  const place = { region: 'region-2', block: '10.2.0.0/16' }
  const fields = { invited: signerOf('m2').key, operator: signerOf('o2').key, ...place }
  for (const by of ['o0', 'o0', 'o1']) {
    const voucher = await vouch(deps, net.network, signerOf(by), fields)
    for (const i of [0, 1]) await net.member(i).ledger.accept([voucher.envelope], 'author')
    net.small.objects.push(voucher)
    await net.clock.advance(100)
  }
  const comer = await net.add()
  assert.ok((await comer.membership.keep()).ok)
  await net.clock.advance(100)
  assert.equal(net.member(1).ledger.roster().memberOf(comer.key)?.standing, 'full')
  assert.equal(comer.ledger.roster().memberOf(comer.key)?.record.payload.vouchers.length, 2)
})

test('a record whose placement was made of a voucher that does not count is made anew', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const deps = { clock: net.clock, random: net.random, sha256 }
  const place = { region: 'region-2', block: '10.2.0.0/16' }
  const who = { member: signerOf('m2').key, operator: signerOf('o2').key }
  const vouchers = []
  for (const by of ['o0', 'o0'])
    vouchers.push(
      await vouch(deps, net.network, signerOf(by), { invited: who.member, operator: who.operator, ...place }),
    )
  const fields = { name: 'm2', url: 'https://m2.example/', contact: '', weight: 1, passive: false, contentUrl: null }
  const record = await memberRecord(
    deps,
    net.network,
    signerOf('m2'),
    { ...who, nextKey: signerOf('next 2').key, vouchers, placement: null },
    { ...fields, join: 'invitation' },
  )
  net.small.objects.push(...vouchers, record)
  await net.clock.advance(100)
  const comer = await net.add()
  assert.equal(comer.ledger.roster().memberOf(comer.key), null)
  assert.ok((await comer.membership.keep()).ok)
  assert.equal(comer.ledger.roster().memberOf(comer.key)?.standing, 'guest')
  const now = comer.ledger.roster().memberOf(comer.key)?.record.id
  await net.clock.advance(100)
  assert.ok((await comer.membership.keep()).ok)
  assert.equal(comer.ledger.roster().memberOf(comer.key)?.record.id, now, 'once')
})
