/** Whoever fills every budget in reach mutes no author: one test for each. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { bytesOfAll, groupBytesMax } from '../../ledger/budgets.ts'
import { Ledger } from '../../ledger/ledger.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { Unproven, unprovenMost } from '../../ledger/unproven.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { objectsOf } from '../../protocol/blog-objects.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { Api } from '../../server/http/api.ts'
import { Rates } from '../../server/http/rates.ts'
import { blogRoutes } from '../../server/http/routes/blogs.ts'
import { dayMs, type SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { attacked, prove, take } from './attacked.ts'
import { paddedDelegations, paddedObservations, strangersRoots } from './inputs/padded-objects.ts'

const mebi = 1024 * 1024
const image = { blob: 'ab'.repeat(32), bytes: 10, type: 'image/png', name: 'a.png', alt: '' }

async function arrange(t: TestContext, members = 3) {
  const world = await attacked(t, members)
  await prove(world)
  return world
}

/** Forty members: sixteen founders, whose operators vouch for the others; and a ledger that knows a blog. */
async function crowd(t: TestContext) {
  const net = await SmallNetwork.found(16)
  for (let i = 16; i < 40; i++) {
    for (const by of [2 * i, 2 * i + 1]) await net.vouch(`o${by % 16}`, `m${i}`, `o${i}`)
    await net.record(`m${i}`, `o${i}`)
  }
  const database = openDatabase({ path: ':memory:' })
  t.after(() => database.close())
  const store = await SqlObjectStore.open(database)
  const deps = { store, clock: new VirtualClock({ startMs }), platform: nodePlatform, log: silentLog }
  const ledger = await Ledger.open(deps, { network: net.network, self: signerOf('m0').key })
  // founders first: whom they vouch for is known by then
  for (let times = 0; times < 2; times++) await take(ledger, net.objects)
  const blog = await net.blog()
  await take(ledger, blog.kept)
  return { net, blog, ledger }
}

async function authorIsHeard(blog: SmallBlog, ledger: Ledger): Promise<void> {
  assert.deepEqual(await take(ledger, [await blog.post('still here', startMs + 1)]), ['stored'])
  assert.deepEqual(await take(ledger, [await blog.say('down', startMs + 1, 3_600_000)]), ['stored'])
}

async function keptBytes(ledger: Ledger, blog: SmallBlog): Promise<number> {
  return bytesOfAll(objectsOf(await ledger.blog(blog.id)))
}

function counted(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Map.groupBy(words, (word) => word)
      .entries()
      .map(([word, all]) => [word, all.length]),
  )
}

async function takeAll(ledger: Ledger, objects: readonly SignedObject[]) {
  const words: string[] = []
  for (let at = 0; at < objects.length; at += 64) words.push(...(await take(ledger, objects.slice(at, at + 64))))
  return counted(words)
}

test('an observation of four kibibytes is kept, a longer one is not, whatever its fields', async (t) => {
  const { blog, ledger } = await arrange(t)
  const [[small], [large]] = [
    await paddedObservations(blog, 'm1', 1, 3_000),
    await paddedObservations(blog, 'm2', 1, 4_000),
  ]
  assert.deepEqual(await take(ledger, [small!, large!]), ['stored', 'TOO_LARGE'])
})

test('padded observations of one member end with its own bytes; other watchers and the author are heard', async (t) => {
  const { blog, ledger } = await arrange(t)
  const { RATE } = await takeAll(ledger, await paddedObservations(blog, 'm1', 600, 3_000))
  assert.ok(RATE! > 400, `${RATE} refused`)
  assert.ok((await keptBytes(ledger, blog)) < mebi)
  assert.deepEqual(await take(ledger, [await blog.observe('m2')]), ['stored'])
  await authorIsHeard(blog, ledger)
})

test('padded delegations of sixteen keys end with the bytes of their kind, and the author is heard', async (t) => {
  const { net, ledger, clock } = await attacked(t, 3)
  const names = Array.from({ length: 16 }, (_, i) => `posting ${i}`)
  const root = await net.sign('root', 'ben recovery', {
    version: 1,
    recovery: [signerOf('ben recovery').key],
    posting: names.map((name) => ({ key: signerOf(name).key, name: 'k' })),
    signers: [],
    revoked: [],
    addresses: ['https://ben.example/'],
    title: 'Ben',
  })
  const words = { blog: root.id, address: 'https://ben.example/', marker: 'tag' as const }
  await take(ledger, [
    root,
    ...(await Promise.all(['m0', 'm1', 'm2'].map((name) => net.sign('attestation', name, words)))),
  ])
  const large = await paddedDelegations(net, root.id, names[0]!, 3, 60_000)
  assert.deepEqual(await takeAll(ledger, large), { TOO_LARGE: 3 })
  for (const name of names.slice(1, 5)) await takeAll(ledger, await paddedDelegations(net, root.id, name, 200, 3_500))
  assert.ok(bytesOfAll((await ledger.blog(root.id)).delegation) <= 2 * mebi)
  const text = { blog: root.id, draft: signerOf('d').key, title: 'a', html: '', attachments: [], prevs: [] }
  const post = await net.sign('post', names[3]!, { ...text, published: clock.nowMs() })
  assert.deepEqual(await take(ledger, [post]), ['stored'])
})

test('a delegated key fills its own quarter, and the author is heard', async (t) => {
  const { blog, ledger, clock } = await arrange(t)
  const to = signerOf('app').key
  await take(ledger, [await blog.add('delegation', 'posting', { to, may: ['post'], until: startMs + 390 * dayMs })])
  const words: string[] = []
  for (let i = 0; i < 8; i++) {
    await clock.advance(1)
    const text = {
      draft: signerOf(`${i}`).key,
      title: 'x',
      html: '',
      padding: 'x'.repeat(700_000),
      attachments: [],
      prevs: [],
    }
    words.push(
      ...(await take(ledger, [
        await blog.add('post', 'app', { ...text, published: startMs, time: clock.nowMs() } as never),
      ])),
    )
  }
  assert.deepEqual(counted(words), { stored: 5, QUOTA: 3 })
  assert.ok((await keptBytes(ledger, blog)) < groupBytesMax.delegated + mebi)
  await authorIsHeard(blog, ledger)
})

test('the server of a blog fills its own part with heads, and the author is heard', async (t) => {
  const { blog, ledger } = await arrange(t)
  const mirrors = blog.mirrors().map((mirror) => mirror.id)
  const heads: SignedObject[] = []
  for (let seq = 1; seq <= 170; seq++) {
    const chain = heads.length === 0 ? {} : { previous: heads.at(-1)!.id }
    const place = { root: blog.id, rootVersion: 1, seq, ...chain, mirrors, expires: startMs + dayMs }
    heads.push(await blog.add('head', 'online', { ...place, padding: 'x'.repeat(60_000) } as never))
  }
  const { stored, RATE } = await takeAll(ledger, heads)
  assert.ok(stored! < 80 && RATE! > 0, `${stored} stored`)
  await authorIsHeard(blog, ledger)
})

test('members that are no mirrors give no receipts and no checkpoints; mirrors do', async (t) => {
  const { blog, net, ledger } = await crowd(t)
  await take(ledger, [await blog.head()])
  const post = await blog.post('a', startMs)
  await take(ledger, [post])
  const near = new Set(blog.mirrors().map((mirror) => mirror.key))
  const members = net.roster().members.map((member, i) => ({ name: `m${i}`, key: member.key }))
  const receipts = await Promise.all(members.map(({ name }) => blog.add('receipt', name, { post: post.id })))
  const words = counted(await take(ledger, receipts))
  assert.deepEqual(words, { stored: 32, NOT_ALLOWED: 8 })
  const given = new Set((await ledger.blog(blog.id)).receipt.map((receipt) => receipt.payload.key))
  for (const key of near) assert.ok(given.has(key))
})

test('members far from a blog fill a part of their own, and its watchers are heard', async (t) => {
  const { blog, ledger } = await crowd(t)
  await prove({ blog, ledger })
  await take(ledger, [await blog.head()])
  const mirrors = new Set(blog.mirrors().map((mirror) => mirror.key))
  const names = Array.from({ length: 40 }, (_, i) => `m${i}`)
  const far = names.filter((name) => !mirrors.has(signerOf(name).key))
  for (const name of far) await takeAll(ledger, await paddedObservations(blog, name, 30, 3_900 - 500))
  const watcher = names.find((name) => mirrors.has(signerOf(name).key))!
  assert.deepEqual(await take(ledger, [await blog.observe(watcher)]), ['stored'])
  await authorIsHeard(blog, ledger)
})

test('a blog without a proven address has 64 KiB and no images, with one it has room', async (t) => {
  const world = await attacked(t, 3)
  const { blog, net, ledger } = world
  const [large] = await strangersRoots(net, 1, 33_000)
  const [fits] = await strangersRoots(net, 1, 30_000)
  assert.deepEqual(await take(ledger, [large!, fits!]), ['TOO_LARGE', 'stored'])
  const write = (name: string, over: object) => {
    const text = { draft: signerOf(name).key, title: name, html: '', attachments: [], prevs: [], published: startMs }
    return blog.add('post', 'posting', { ...text, ...over } as never)
  }
  const [long, pictured] = [
    await write('long', { padding: 'x'.repeat(70_000) }),
    await write('pictured', { attachments: [image] }),
  ]
  assert.deepEqual(await take(ledger, [await write('short', {}), long, pictured]), ['stored', 'QUOTA', 'QUOTA'])
  await prove(world)
  assert.deepEqual(await take(ledger, [long, pictured]), ['stored', 'stored'])
})

test('two thousand roots from one address block close enrolment for nobody else', async (t) => {
  const { net, ledger } = await attacked(t, 3)
  const roots = await strangersRoots(net, unprovenMost.blogs + 2)
  const accept = async (some: readonly SignedObject[], from: string) =>
    counted(
      (
        await ledger.accept(
          some.map((root) => root.envelope),
          'author',
          from,
        )
      ).map((answer) => answer.code ?? answer.result),
    )
  await accept(roots.slice(0, -2), '198.51')
  assert.deepEqual(await accept(roots.slice(-2, -1), '198.51'), { QUOTA: 1 })
  assert.deepEqual(await accept(roots.slice(-1), '192.0'), { stored: 1 })
  assert.equal(ledger.blogs().length, unprovenMost.blogs)
  assert.ok(ledger.blogs().includes(roots.at(-1)!.id))
})

test('six hundred roots of nobody stand in no list, and a blog that is proven does', async (t) => {
  const world = await attacked(t, 3)
  const { net, blog, ledger, clock } = world
  await prove(world)
  await takeAll(ledger, await strangersRoots(net, 600))
  const routes = blogRoutes({ ledger, clock, sha256, refusesObject: async () => false })
  const api = new Api({ clock, log: silentLog, rates: new Rates({ clock }, { perMinute: 100 }) }, { routes })
  const empty = { query: new URLSearchParams(), headers: {}, body: new Uint8Array(0), remote: '' }
  const { body } = await api.handle({ method: 'GET', path: '/dgos/v1/blogs', ...empty })
  const listed = JSON.parse(Buffer.from(body).toString()) as { blog: string }[]
  assert.deepEqual(
    listed.map((blog) => blog.blog),
    [blog.id],
  )
})

test('where unproven blogs fill their room, the block that handed in most makes some', () => {
  const unproven = new Unproven()
  const each = 64 * 1024
  for (let i = 0; i < 600; i++) unproven.weigh(`many ${i}`, each, '10.0', i)
  for (let i = 0; i < 424; i++) unproven.weigh(`few ${i}`, each, `10.${i + 1}`, i)
  assert.deepEqual(unproven.roomFor('new', each, '192.0', 1000), ['many 0'])
  assert.equal(unproven.roomFor('new', each, '10.0', 1000), null, 'its own neighbours are safe for an hour')
  assert.deepEqual(unproven.roomFor('new', each, '10.0', 3_700_000), ['many 0'])
})

test('one batch leaves less than a mebibyte of strangers’ roots, and what is too large is refused by its length alone', async (t) => {
  const { net, blog, ledger } = await attacked(t, 3)
  const answers = await take(ledger, await strangersRoots(net, 64, 20_000))
  const stored = answers.filter((word) => word === 'stored').length
  assert.ok(stored >= 30 && (stored * 20_000 * 4) / 3 <= 1024 * 1024, `${stored} stored`)
  assert.ok(answers.slice(stored).every((word) => word === 'QUOTA'))
  const { envelope, ...rest } = (await paddedDelegations(net, blog.id, 'ana posting', 1, 5_000))[0]!
  const unsigned = { ...envelope, signatures: [{ keyid: rest.payload.key, sig: 'A' }] }
  assert.deepEqual(await take(ledger, [{ ...rest, envelope: unsigned }]), ['TOO_LARGE'])
})
