/** Servers that say nothing, or each word as late as they may: they hold up their own, and nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Wire } from '../../ledger/peers.ts'
import { type Clock, pause } from '../../lib/clock.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import type { Web, WebRequest } from '../../lib/web.ts'
import type { ArchiveTask, Filled } from '../../mirror/archive/archive-filler.ts'
import { ArchiveRound, archiveRoundDefaults } from '../../mirror/archive/archive-round.ts'
import { SqlArchiveStore } from '../../mirror/archive/sql-archive-store.ts'
import { Attestor, attestorDefaults } from '../../mirror/attestor.ts'
import { Capture, type CaptureResult, captureDefaults } from '../../mirror/capture/capture.ts'
import { CaptureRound, captureRoundDefaults } from '../../mirror/capture-round.ts'
import { FairLanes } from '../../mirror/fair-lanes.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import { MirroringMembers, putSite, rootFields } from '../mirror/mirroring-members.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { urlOf } from '../support/network-founding.ts'
import { PageWeb } from '../support/page-web.ts'
import { signerOf } from '../support/small-network.ts'
import { type Ground, TestNetwork } from '../support/test-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { wholeMember } from '../support/whole-member.ts'

const minuteMs = 60_000
const { sha256 } = nodePlatform

/** Takes every request to a host of this name, and never answers. */
class SilentHosts implements Web {
  readonly #web: Web
  readonly #clock: Clock

  constructor(deps: { readonly web: Web; readonly clock: Clock }) {
    this.#web = deps.web
    this.#clock = deps.clock
  }

  async fetch(request: WebRequest) {
    if (!new URL(request.url).hostname.startsWith('silent')) return this.#web.fetch(request)
    await pause(this.#clock, request.timeMs)
    return { ok: false, reason: 'timeout', detail: request.url } as const
  }
}

/** Blogs of strangers, each with as many silent addresses as a root may name. */
async function silentBlogs(world: MirroringMembers, count: number): Promise<Hash[]> {
  const blogs: Hash[] = []
  for (let i = 0; i < count; i++) {
    const addresses = Array.from({ length: 8 }, (_, j) => `http://silent-${i}-${j}.example/`)
    const recovery = [signerOf(`stranger ${i}`).key]
    const root = await world.small.sign('root', `stranger ${i}`, {
      ...rootFields({ signers: ['m0'] }),
      recovery,
      addresses,
    })
    await world.member('m0').ledger.accept([root.envelope], 'author')
    blogs.push(root.id)
  }
  return blogs
}

test('thirty blogs with eight silent addresses each do not keep a new blog from its attestation', async (t) => {
  const world = await MirroringMembers.create(t, 4, { attested: false })
  const { clock } = world
  const { ledger, signer } = world.member('m0')
  const web = new SilentHosts({ web: world.web, clock })
  const dnsText = async () => {
    await pause(clock, 6_000)
    return []
  }
  const attestor = new Attestor(
    { ledger, web, dnsText, clock, log: silentLog, sha256, signer },
    { ...attestorDefaults, retryMs: minuteMs, userAgent: 'DGOS test' },
  )
  await silentBlogs(world, 30)
  const stop = attestor.start(clockSchedule({ clock, random: seededRandom('silence'), log: silentLog }), 5_000, 600_000)
  await clock.advance(20_000)
  putSite(world.web, world.blog.id)
  const { network: _, key: __, ...fields } = world.root.payload
  const next = await world.small.sign('root', 'ana recovery', {
    ...fields,
    version: 2,
    blog: world.blog.id,
    previous: world.root.id,
  })
  await ledger.accept([next.envelope], 'author')
  await clock.advance(minuteMs)
  stop()
  const given = (await ledger.blog(world.blog.id)).attestation
  assert.deepEqual(
    given.map(({ payload }) => [payload.key, payload.marker]),
    [[signer.key, 'tag']],
  )
})

/** Captures one blog at once, and of all others each for an hour. */
class HourLongCapture {
  readonly captured: Hash[] = []
  readonly #clock: Clock
  readonly #quick: Hash

  constructor(deps: { readonly clock: Clock }, options: { readonly quick: Hash }) {
    this.#clock = deps.clock
    this.#quick = options.quick
  }

  async capture(blog: Hash): Promise<CaptureResult> {
    if (blog !== this.#quick) await pause(this.#clock, 60 * minuteMs)
    this.captured.push(blog)
    return { ok: false, reason: 'timeout', detail: '' }
  }

  async feedChanged(): Promise<boolean> {
    return false
  }
}

test('blogs whose capture lasts keep a quick one waiting once, and then never again', async (t) => {
  const world = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  const { clock } = world
  const { ledger } = world.member('m0')
  for (const blog of await silentBlogs(world, 12)) {
    for (const member of world.all()) {
      const address = (await ledger.blog(blog)).root[0]!.payload.addresses[0]!
      const word = await world.small.sign('attestation', member.name, { blog, address, marker: 'tag' })
      await ledger.accept([word.envelope], 'peer')
    }
  }
  const random = seededRandom('captures')
  const capture = new HourLongCapture({ clock }, { quick: world.blog.id })
  const signerOfKey = (key: string) => (key === signerOf('m0').key ? signerOf('m0') : null)
  const captures = new MemoryCaptureStore()
  const deps = { ledger, capture, captures, clock, random, log: silentLog, sha256, signerOf: signerOfKey }
  const round = new CaptureRound(deps, { ...captureRoundDefaults, captureMs: 10 * minuteMs })
  const stop = round.start(clockSchedule({ clock, random, log: silentLog }), 5_000)
  await clock.advance(3 * 60 * minuteMs)
  const before = capture.captured.filter((blog) => blog === world.blog.id).length
  await clock.advance(2 * 60 * minuteMs)
  stop()
  const after = capture.captured.filter((blog) => blog === world.blog.id).length
  assert.ok(after - before >= 10, `${after - before} rounds in two hours`)
})

/** Fills the archive of one blog at once, and of all others each for an hour. */
class HourLongFiller {
  readonly filled: Hash[] = []
  readonly #clock: Clock
  readonly #quick: Hash

  constructor(deps: { readonly clock: Clock }, options: { readonly quick: Hash }) {
    this.#clock = deps.clock
    this.#quick = options.quick
  }

  async fill({ blog }: ArchiveTask): Promise<Filled> {
    if (blog !== this.#quick) await pause(this.#clock, 60 * minuteMs)
    this.filled.push(blog)
    return { requests: 0, complete: false }
  }
}

test('blogs whose archive fills slowly keep a quick one waiting once, and then never again', async (t) => {
  const world = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  const { clock, small } = world
  const { ledger } = world.member('m0')
  const copied = async (blog: Hash, root: Hash, address: string) => {
    const snapshot = await small.sign('snapshot', 'm0', {
      blog,
      address,
      title: 'Blog',
      pages: [{ path: '/', url: address, blob: blog, type: 'text/html', bytes: 1 }],
      assets: [],
      alike: blog,
    })
    const place = {
      root,
      rootVersion: 1,
      seq: 1,
      snapshot: snapshot.id,
      mirrors: [],
      expires: clock.nowMs() + 7 * 86_400_000,
    }
    const head = await small.sign('head', 'm0', { blog, ...place })
    for (const { envelope } of [snapshot, head]) {
      const [answer] = await ledger.accept([envelope], 'self')
      assert.equal(answer!.result, 'stored', JSON.stringify(answer))
    }
  }
  for (const blog of await silentBlogs(world, 6)) {
    const address = (await ledger.blog(blog)).root[0]!.payload.addresses[0]!
    for (const member of world.all()) {
      const word = await small.sign('attestation', member.name, { blog, address, marker: 'tag' })
      await ledger.accept([word.envelope], 'peer')
    }
    await copied(blog, blog, address)
  }
  await copied(world.blog.id, world.blog.id, world.blog.address)
  const filler = new HourLongFiller({ clock }, { quick: world.blog.id })
  const signerOfKey = (key: string) => (key === signerOf('m0').key ? signerOf('m0') : null)
  const database = openDatabase({ path: ':memory:' })
  t.after(() => database.close())
  const archives = await SqlArchiveStore.open(database)
  const deps = { ledger, filler, archives, blobs: new MemoryBlobStore(), clock, log: silentLog, sha256 }
  const round = new ArchiveRound({ ...deps, signerOf: signerOfKey }, archiveRoundDefaults)
  const stop = round.start(clockSchedule({ clock, random: seededRandom('archives'), log: silentLog }))
  await clock.advance(4 * 60 * minuteMs)
  const before = filler.filled.filter((blog) => blog === world.blog.id).length
  assert.ok(filler.filled.length > before, 'the slow ones have their turn too')
  await clock.advance(4 * 60 * minuteMs)
  stop()
  const after = filler.filled.filter((blog) => blog === world.blog.id).length
  assert.ok(after - before >= 12, `${after - before} fills in four hours`)
})

test('a blog with hundreds of pictures on silent servers is captured without them within four minutes', async () => {
  const clock = new VirtualClock()
  const pages = new PageWeb()
  const pictures = Array.from({ length: 250 }, (_, i) => `<img src="http://silent-${i}.example/a.png">`)
  pages.put('http://ana.example/', `<title>Ana</title><h1>Ana writes about beans</h1>${pictures.join('')}`)
  const web = new SilentHosts({ web: pages, clock })
  const deps = { web, blobs: new MemoryBlobStore(), captures: new MemoryCaptureStore(), clock, log: silentLog, sha256 }
  const options = { ...captureDefaults, ...limitDefaults, userAgent: 'DGOS test' }
  let result: CaptureResult | null = null
  void new Capture(deps, options).capture('b'.repeat(64), 'http://ana.example/', null, []).then((captured) => {
    result = captured
  })
  assert.ok(await clock.advanceUntil(() => result !== null, 4 * minuteMs))
  const { ok, fields } = result as unknown as Extract<CaptureResult, { ok: true }>
  assert.deepEqual([ok, fields.pages.length, fields.assets.length], [true, 1, 0])
})

test('work that was slow waits with what was slow, and nothing is begun twice', async () => {
  const clock = new VirtualClock()
  const lines = new FairLanes({ log: silentLog }, { name: 'test', quick: 1, slow: 1 })
  const done: string[] = []
  const work = (name: string, ms: number) => async () => {
    await pause(clock, ms)
    done.push(name)
  }
  void lines.begin('a', { owner: 'a' }, true, work('a', 1000))
  void lines.begin('b', { owner: 'b' }, true, work('b', 1000))
  void lines.begin('c', { owner: 'c' }, false, work('c', 10))
  assert.equal(lines.begin('a', { owner: 'a' }, false, work('a again', 1)), null)
  await clock.advance(10)
  assert.deepEqual(done, ['c'])
  await clock.advance(2000)
  await lines.drain()
  assert.deepEqual(done, ['c', 'a', 'b'])
  const failed = lines.begin('d', { owner: 'd' }, false, async () => {
    throw new Error('no')
  })
  await failed
  assert.notEqual(lines.begin('d', { owner: 'd' }, false, work('d', 0)), null)
})

/** A member that hands out one object at a time, each answer as late as it may. */
function dripping(wire: Wire, url: string, clock: Clock, asked: string[]): Wire {
  return {
    async request(memberUrl, request) {
      const answer = await wire.request(memberUrl, request)
      if (memberUrl !== url) return answer
      asked.push(request.path)
      await pause(clock, 9_900)
      if (!answer.ok || !request.path.includes('?ids=')) return answer
      const { objects } = JSON.parse(Buffer.from(answer.body).toString('utf8')) as { objects: unknown[] }
      const left = request.path.split('?ids=')[1]!.split(',').slice(1)
      return { ...answer, body: utf8(JSON.stringify({ objects: objects.slice(0, 1), left })) }
    },
  }
}

test('a partner that answers each request after ten seconds holds one talk for a minute, and rests', async (t) => {
  const net = await TestNetwork.create(t, { members: 3 })
  for (const i of [0, 2]) net.member(i).deaf = true
  for (let i = 0; i < 80; i++) {
    const blog = await net.small.blog(`blog${i}`)
    await blog.attestations()
    const envelopes = blog.kept.map((object) => object.envelope)
    await net.member(1).ledger.accept(envelopes, 'peer')
  }
  net.heal()
  const asked: string[] = []
  const slow = (ground: Ground) => wholeMember()({ ...ground, wire: dripping(ground.wire, urlOf(1), net.clock, asked) })
  const member = await net.add(slow, 0)
  let isOver = false
  const talks = member.gossip.round().then(() => {
    isOver = true
  })
  assert.ok(await net.clock.advanceUntil(() => isOver, 3 * minuteMs))
  await talks
  const before = asked.length
  assert.ok(before > 2 && before <= 12, `${before} requests`)
  isOver = false
  const again = member.gossip.round().then(() => {
    isOver = true
  })
  await net.clock.advanceUntil(() => isOver, 3 * minuteMs)
  await again
  assert.equal(asked.length, before)
})
