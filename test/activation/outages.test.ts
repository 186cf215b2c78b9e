import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listState, Outages } from '../../activation/outages.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import { hostPath } from '../../protocol/addresses.ts'
import type { BlogState } from '../../protocol/blog-state.ts'
import { textOf } from '../../protocol/bytes.ts'
import { addressHash, bucketOf, openList } from '../../protocol/outage-list.ts'
import type { TestBlog } from '../support/test-web.ts'
import { type WatchingMember, type WatchNetwork, watchNetwork } from './watching-members.ts'

const minuteMs = 60_000
const { sha256, verify } = nodePlatform

async function listing(net: WatchNetwork, member: WatchingMember): Promise<Outages> {
  const schedule = clockSchedule({ clock: net.clock, random: seededRandom(3), log: silentLog })
  const { ledger, signer } = member
  const outages = new Outages(
    { ledger, signer, schedule, clock: net.clock, platform: nodePlatform, log: silentLog },
    { self: signer.key, rebuildMs: minuteMs },
  )
  await outages.start()
  return outages
}

async function read(net: WatchNetwork, outages: Outages, bucket: string | null = null) {
  const bytes = await outages.answer(bucket)
  const trust = { network: net.network.id, keys: null, nowMs: net.clock.nowMs() }
  const opened = await openList(JSON.parse(textOf(bytes!)!), trust, verify)
  assert.ok(opened.ok, JSON.stringify(opened))
  return { list: opened.value, bytes: bytes! }
}

async function declare(net: WatchNetwork, blog: TestBlog, over: object = {}): Promise<void> {
  const until = net.clock.nowMs() + 60 * minuteMs
  const word = await net.seal(
    'declaration',
    { blog: blog.id, state: 'down', by: 'author', until, ...over },
    blog.posting,
  )
  for (const member of net.members) await member.ledger.accept([word.envelope], 'author')
}

test('a blog is on the list within a second of its declaration, and off it when it is over', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  const outages = await listing(net, net.members[0]!)
  assert.deepEqual((await read(net, outages)).list.entries, [])
  await declare(net, blog)
  await net.clock.advance(1_000)
  const { list } = await read(net, outages)
  const [entry] = list.entries
  assert.equal(list.entries.length, 1)
  assert.equal(entry!.address, addressHash(hostPath(blog.address), sha256))
  assert.deepEqual([entry!.blog, entry!.state, entry!.mirrors.length], [blog.id, 'down', 2])
  assert.equal(list.key, net.members[0]!.signer.key)
  await net.clock.advance(1_000)
  await declare(net, blog, { state: 'over' })
  await net.clock.advance(1_000)
  assert.deepEqual((await read(net, outages)).list.entries, [])
})

test('all members list the same blog, state and declaration, each with mirrors of its own choice', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  await net.start()
  await net.clock.advance(10 * minuteMs)
  const lists = await Promise.all(net.members.map((member) => listing(net, member)))
  blog.site = 'silent'
  await net.clock.advance(4 * minuteMs)
  const entries = await Promise.all(lists.map(async (list) => (await read(net, list)).list.entries[0]!))
  const names = new Set(entries.map((entry) => `${entry.blog} ${entry.state} ${entry.declaration}`))
  assert.equal(names.size, 1)
  assert.ok(new Set(entries.flatMap((entry) => entry.mirrors.map((two) => two.url))).size >= 4)
})

test('mirrors that are dead are not named while others are alive', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  await net.start()
  await net.clock.advance(10 * minuteMs)
  const mirrors = await net.mirrorsOf(blog)
  const dead = mirrors.slice(1, 4)
  for (const testMember of dead) await net.kill(testMember)
  blog.site = 'silent'
  const outages = await listing(net, mirrors[0]!)
  await net.clock.advance(10 * minuteMs)
  const { list } = await read(net, outages)
  for (const mirror of list.entries[0]!.mirrors)
    assert.ok(!dead.some((testMember) => testMember.signer.key === mirror.key))
})

test('the list is signed anew every minute, so that readers see that it is not an old one', async (t) => {
  const net = await watchNetwork(t)
  const outages = await listing(net, net.members[0]!)
  const before = (await read(net, outages)).list.time
  await net.clock.advance(2 * minuteMs)
  assert.ok((await read(net, outages)).list.time >= before + minuteMs)
})

test('between changes the bytes are the same, and a bucket holds the entries of its hosts alone', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  const outages = await listing(net, net.members[0]!)
  await declare(net, blog)
  await net.clock.advance(1_000)
  assert.equal(await outages.answer(null), await outages.answer(null))
  const own = bucketOf(hostPath(blog.address), sha256)
  const other = own === '00' ? '01' : '00'
  assert.equal((await read(net, outages, own)).list.entries.length, 1)
  assert.equal((await read(net, outages, other)).list.entries.length, 0)
  for (const bad of ['', '0', 'zz', '000', 'all/..', 'split']) assert.equal(await outages.answer(bad), null)
})

test('above 200 entries the whole list says "split" and the buckets hold them all', async (t) => {
  const net = await watchNetwork(t, { members: 3, mirrors: 2 })
  const blogs: TestBlog[] = []
  for (let i = 0; i < 201; i++) blogs.push(await net.enrol(`blog${i}`))
  const until = net.clock.nowMs() + 60 * minuteMs
  for (const blog of blogs) {
    const word = await net.seal('declaration', { blog: blog.id, state: 'down', by: 'author', until }, blog.posting)
    await net.members[0]!.ledger.accept([word.envelope], 'author')
  }
  const outages = await listing(net, net.members[0]!)
  const { list } = await read(net, outages)
  assert.deepEqual([list.bucket, list.entries.length], ['split', 0])
  const buckets = new Set(blogs.map((blog) => bucketOf(hostPath(blog.address), sha256)))
  let entries = 0
  for (const bucket of buckets) entries += (await read(net, outages, bucket)).list.entries.length
  assert.equal(entries, 201)
})

test('an entry of one address costs at most 150 bytes more', async (t) => {
  const net = await watchNetwork(t, { members: 12 })
  const outages = await listing(net, net.members[0]!)
  const blogs: TestBlog[] = []
  for (let i = 0; i < 40; i++) blogs.push(await net.enrol(`blog${i}`))
  for (const blog of blogs.slice(0, 20)) await declare(net, blog)
  await net.clock.advance(1_000)
  const twenty = (await read(net, outages)).bytes.length
  for (const blog of blogs.slice(20)) await declare(net, blog)
  await net.clock.advance(1_000)
  const forty = (await read(net, outages)).bytes.length
  assert.ok((forty - twenty) / 20 <= 200, `${(forty - twenty) / 20} bytes an entry in base64`)
  assert.ok(((forty - twenty) / 20) * 0.75 <= 150)
})

test('states of blogs become states of the list; a blog that is only suspected is not on it', () => {
  const base = { disputed: false, exercise: false }
  const of = (state: Partial<BlogState>) => listState({ ...base, ...state } as BlogState)
  assert.equal(of({ state: 'up' }), null)
  assert.equal(of({ state: 'suspected' }), null)
  assert.equal(of({ state: 'down' }), 'down')
  assert.equal(of({ state: 'down', disputed: true }), 'disputed')
  assert.equal(of({ state: 'down', exercise: true }), 'exercise')
  assert.equal(of({ state: 'returning' }), 'returning')
})

test('a member names whom it would pin: itself, and one active member of each operator, alike on all members', async (t) => {
  const net = await watchNetwork(t)
  const keysOf = async (member: WatchingMember) => {
    const { list } = await read(net, await listing(net, member), 'pins')
    assert.deepEqual(list.entries, [])
    assert.equal(new Set(list.members.map((member) => member.operator)).size, list.members.length)
    return list.members.map((member) => member.key)
  }
  const first = await keysOf(net.members[0]!)
  assert.equal(first[0], net.members[0]!.signer.key)
  assert.ok(first.length > 2)
  assert.deepEqual((await keysOf(net.members[1]!)).sort(), [...first].sort())
})
