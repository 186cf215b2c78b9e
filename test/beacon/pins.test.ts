import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { currentRecord, followed } from '../../embed-beacon/pins.ts'
import type { Pin, Pins, Tag } from '../../embed-beacon/tag.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import type { Member, SignedObject } from '../../protocol/objects.ts'
import { type OutageMember, sealList } from '../../protocol/outage-list.ts'
import { type SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { FallenBlog, friendBlog, type LoopbackMember, newReader, outcome } from './loopback-members.ts'

const minute = 60_000
const nowMs = startMs + 2 * minute
const pinOf = ({ name, url }: LoopbackMember): Pin => ({ key: signerOf(name).key, url })
const rowOf = (loopbackMember: LoopbackMember, operator = `o${loopbackMember.name.slice(1)}`): OutageMember => ({
  ...pinOf(loopbackMember),
  operator: signerOf(operator).key,
})
const fresh: Pins = { of: 'tag', members: '', listed: {}, recorded: {} }

/** Members of which the first `pinned` are in the tag. */
async function world(t: TestContext, count: number, pinned: number) {
  const fallen = await FallenBlog.create(t, count)
  const { members, net } = fallen
  const tag: Tag = {
    network: net.network.id,
    pins: members.slice(0, pinned).map(pinOf),
    linkedOnly: false,
    modes: ['notice'],
    second: [],
  }
  /** These name themselves and those, in a list that `by` signs. */
  const name = async (who: readonly number[], rows: readonly OutageMember[], time = nowMs, by = '') => {
    for (const i of who) {
      const fields = { network: net.network.id, time, bucket: 'pins', entries: [] }
      const own = rows.some((row) => row.key === pinOf(members[i]!).key) ? [] : [rowOf(members[i]!)]
      const sealed = await sealList({ ...fields, members: [...own, ...rows] }, signerOf(by || members[i]!.name))
      members[i]!.buckets.set('pins', sealed)
    }
  }
  const follow = (pins = fresh, at = nowMs, given = tag) => followed(given, pins, nodePlatform.verify, at)
  return { fallen, members, net, tag, name, follow }
}

/** The record of m0 that commits to the key of `next`, and the one that `next` signs at `url`. */
async function moved(net: SmallNetwork, next: string, url: string, fields: Partial<Member> = {}) {
  const key = signerOf('m0').key
  const first = net.objects.find(
    (object) => object.kind === 'member' && object.payload.key === key,
  ) as SignedObject<'member'>
  const { placement } = first.payload
  const hash = toHex(sha256(fromHex(signerOf(next).key)))
  const promise = await net.record('m0', 'o0', { next: hash, url: first.payload.url, time: startMs + 1000 })
  const place = { member: key, previous: key, placement, url, time: startMs + minute }
  return [promise, await net.record(next, 'o0', { ...place, ...fields })]
}

test('a pinned member that changed key and address is followed by its own records', async (t) => {
  const { members, net, name, follow, tag } = await world(t, 4, 3)
  const [gone, home] = [members[0]!, members[3]!]
  gone.mood = 'dead'
  const records = await moved(net, 'new key', home.url)
  for (const loopbackMember of [members[1]!, members[2]!]) loopbackMember.records.set(signerOf('m0').key, records)
  await name([1, 2], [])
  const { tag: next, pins } = await follow()
  assert.deepEqual(next?.pins, [{ key: signerOf('new key').key, url: home.url }, ...tag.pins.slice(1)])
  assert.match(pins.members, new RegExp(`^${home.url}=${signerOf('new key').key},`))
  const again = await follow(pins, nowMs, next!)
  assert.equal(again.tag, null, 'nothing more to follow')
})

test('records that are forged, old, expired or of another network move no pin', async (t) => {
  const { members, net, name, follow } = await world(t, 4, 3)
  members[0]!.mood = 'dead'
  await name([1, 2], [])
  const url = members[3]!.url
  const show = async (records: readonly SignedObject[], pins = fresh) => {
    for (const loopbackMember of [members[1]!, members[2]!]) loopbackMember.records.set(signerOf('m0').key, records)
    return (await follow(pins)).tag
  }
  const [promise, stranger] = await moved(net, 'thief', url)
  const key = signerOf('m0').key
  assert.equal(await show([stranger!]), null, 'nobody committed to this key')
  const other = await net.record('m0', 'o0', { url, network: 'ee'.repeat(32), time: startMs + minute })
  assert.equal(await show([other]), null, 'another network')
  const envelope = { ...promise!.envelope, payload: stranger!.envelope.payload }
  assert.equal(await show([{ ...promise!, envelope }]), null, 'signed by another')
  const leaving = await net.record('m0', 'o0', { url, time: startMs + minute, leaving: true })
  assert.equal(await show([leaving]), null, 'leaving')
  const late = await net.record('m0', 'o0', { url, time: startMs + minute, expires: startMs + minute + 1 })
  assert.equal(await show([late]), null, 'expired')
  const good = await net.record('m0', 'o0', { url, time: startMs + minute })
  assert.equal(await show([good], { ...fresh, recorded: { [key]: startMs + minute + 1 } }), null, 'older than one seen')
  assert.equal((await show([good]))?.pins[0]?.url, url, 'the same key at a new address')
  assert.equal(currentRecord(key, [good], startMs), null, 'from the future')
})

test('a majority of the pins gives the place of one that is gone to another member', async (t) => {
  const { members, name, follow, tag } = await world(t, 6, 5)
  members[0]!.mood = 'dead'
  members[1]!.mood = 'dead'
  const heir = members[5]!
  await name([2, 3], [rowOf(heir)])
  await name([4], [])
  assert.equal((await follow()).tag, null, 'two of five are no majority')
  await name([4], [rowOf(heir)])
  const { tag: next, pins } = await follow()
  assert.deepEqual(next?.pins, [pinOf(heir), ...tag.pins.slice(1)], 'one operator takes one place; who answers stays')
  assert.ok((pins.listed[signerOf('m2').key] ?? 0) === nowMs)
  await name([2, 3, 4], [rowOf(heir, 'o2')])
  assert.equal((await follow()).tag, null, 'an operator who has a pin gets no second one')
})

test('old, forged and repeated lists count for no successor', async (t) => {
  const { members, name, follow } = await world(t, 6, 5)
  members[0]!.mood = 'dead'
  const rows = [rowOf(members[5]!)]
  await name([1, 2], rows)
  const unmoved = async (why: string, pins = fresh) => assert.equal((await follow(pins)).tag, null, why)
  await name([3, 4], rows, nowMs - 16 * minute)
  await unmoved('older than a quarter of an hour')
  await name([3, 4], rows, nowMs, 'mallory')
  await unmoved('signed by a stranger')
  await name([3, 4], rows, nowMs, 'm1')
  await unmoved('the word of one pin, repeated by others')
  await name([3, 4], [rows[0]!, rows[0]!], nowMs - minute)
  const listed = Object.fromEntries(['m3', 'm4'].map((name) => [signerOf(name).key, nowMs]))
  await unmoved('older than what was seen of them', { ...fresh, listed })
  for (const i of [3, 4]) members[i]!.mood = 'garbage'
  await unmoved('no list at all')
  for (const i of [3, 4]) members[i]!.mood = 'ok'
  assert.notEqual((await follow()).tag, null)
})

test('a site whose pins moved shows the notice and remembers where they are', async (t) => {
  const { fallen, members, name } = await world(t, 4, 3)
  await name([1, 2], [rowOf(members[3]!)])
  members[0]!.mood = 'dead'
  members[2]!.list = null
  const reader = await newReader(t)
  if (reader === null) return
  await reader.page.clock.setSystemTime(nowMs)
  const pins = members.slice(0, 3).map((member) => `${member.url}=${signerOf(member.name).key}`)
  const tag = fallen.tag().replace(/data-members="[^"]*"/, `data-members="${pins}"`)
  const friend = await friendBlog(t, tag)
  await reader.page.goto(friend)
  assert.equal(await outcome(reader.page), 'notice', 'two of three pins name the member that has the second list')
  assert.equal(members[3]!.asked.filter((asked) => asked === '/dgos/v1/outages').length, 1)
  const kept = () => reader.page.evaluate(() => JSON.parse(localStorage.getItem('dgos-beacon') ?? '{}').pins)
  assert.equal((await kept()).of, `${pins}`)
  assert.ok((await kept()).members.includes(members[3]!.url))
  await reader.page.clock.setSystemTime(nowMs + 6 * minute)
  for (const member of members)
    if (member.list !== null) await fallen.list([fallen.entry()], [member.name], nowMs + 6 * minute)
  const before = fallen.asked(/outages\/pins/)
  await reader.page.reload()
  assert.equal(await outcome(reader.page), 'notice')
  assert.equal(fallen.asked(/outages\/pins/), before, 'the remembered pins answer')
  assert.deepEqual(reader.problems, [])
})
