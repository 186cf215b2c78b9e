/** A test network whose members only watch blogs and declare, with the delays of real lines: for the watch and its figures. */
import { AbsentSeats } from '../../activation/watch/absent-seats.ts'
import { Verdict } from '../../activation/watch/verdict.ts'
import { Watch } from '../../activation/watch/watch.ts'
import { Peers } from '../../ledger/peers.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { spreadsTo } from '../../protocol/kinds.ts'
import { lifeEveryMs, standInsMax } from '../../protocol/limits.ts'
import { nextSince } from '../../protocol/lives.ts'
import { blogOf, type Payloads, type SignedObject } from '../../protocol/objects.ts'
import { currentSeating } from '../../protocol/seats.ts'
import { contradicts, isDoubted } from '../../protocol/watchers.ts'
import { bareAnswer, openLedger } from '../support/bare-member.ts'
import { MemoryObjectStore } from '../support/memory-object-store.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { type Ground, type Made, type TestMember, TestNetwork } from '../support/test-network.ts'
import type { TestBlog } from '../support/test-web.ts'

export const pace = {
  probeMs: 300_000,
  retryMs: [15_000, 30_000],
  downProbeMs: 60_000,
} as const satisfies { probeMs: number; retryMs: readonly [number, number]; downProbeMs: number }

export type WatchNetworkOptions = {
  readonly members?: number
  readonly mirrors?: number
  readonly standIns?: number
  readonly seed?: number
  /** How a dead host fails: at once, or by silence until the time is over. */
  readonly failure?: 'refused' | 'silent'
}

type WatchingParts = Made & {
  readonly watch: Watch
  readonly verdict: Verdict
  readonly peers: Peers
  /** Answers paths that the network itself does not know. */
  answerOther: (path: string) => Promise<unknown> | null
}
export type WatchingMember = TestMember<WatchingParts>
export type WatchNetwork = TestNetwork<WatchingParts>

export async function watchNetwork(t: Cleanup, options: WatchNetworkOptions = {}): Promise<WatchNetwork> {
  const { members = 12, mirrors = 10, standIns = standInsMax, seed = 1, failure = 'silent' } = options
  let net: WatchNetwork | null = null
  const make = (ground: Ground) =>
    watchingMember(ground, seed, (objects) => {
      const own = net?.members[ground.i]
      if (own !== undefined && !own.cutOff) void spread(net!, own, objects)
    })
  net = await TestNetwork.create(t, { members, copies: mirrors, standIns, seed, failure, delayMs: [10, 40], make })
  return net
}

async function watchingMember(
  ground: Ground,
  seed: number,
  published: (objects: readonly SignedObject[]) => void,
): Promise<WatchingParts> {
  const { clock, web, blobs, signer, wire, i } = ground
  const ledger = await openLedger(ground, { store: new MemoryObjectStore() })
  const random = seededRandom(`${seed}/${i}`)
  const schedule = clockSchedule({ clock, random, log: silentLog })
  const peers = new Peers({ wire })
  const log = silentLog
  const deps = { ledger, peers, schedule, random, signer, clock, platform: nodePlatform, log, web, blobs }
  const absentSeats = new AbsentSeats(deps)
  const watch = new Watch({ ...deps, absentSeats }, { ...pace, self: signer.key, userAgent: 'dgos-test' })
  const verdict = new Verdict(deps, { self: signer.key, turnMs: 2_000 })
  ledger.onStored((objects, via) => {
    if (via === 'self') published(objects)
  })
  const parts: WatchingParts = {
    ...{ ledger, watch, verdict, peers },
    answerOther: () => null,
    async answer(request) {
      const own = this.answerOther(request.path)
      if (own !== null) return { status: 200, body: utf8(JSON.stringify(await own)) }
      return bareAnswer({ ledger, blobs, clock }, request)
    },
    async start() {
      await watch.start()
      verdict.start()
    },
    stop() {
      watch.stop()
      verdict.stop()
    },
  }
  return parts
}

/** What network/spread does for urgent objects: everybody's kinds to everybody, the rest to the mirrors of the blog. */
export async function spread(net: WatchNetwork, from: WatchingMember, objects: readonly SignedObject[]): Promise<void> {
  for (const object of objects) {
    const blog = net.web.blogs.find((blog) => blog.id === blogOf(object))
    const known = await from.ledger.blog(blogOf(object)!)
    const nowMs = net.clock.nowMs()
    const narrow = blog !== undefined && spreadsTo(object) === 'mirrors' && !contradicts(object, known, nowMs)
    const { standIns } = currentSeating(known, from.ledger.roster(), nowMs)
    const sitting = isDoubted(known, nowMs) ? standIns.map(({ id }) => net.memberOf(id)) : []
    const targets = narrow ? [...(await net.mirrorsOf(blog)), ...sitting] : net.members
    for (const other of targets) if (other !== from) void from.peers.push(other.url, [object.envelope])
  }
}

/** What a blog with code of its own does: a life to each of its mirrors every five minutes. */
export function startLives(net: WatchNetwork, blog: TestBlog): void {
  let before: { readonly time: number; readonly since: number } | null = null
  const send = async () => {
    if (!blog.running) return
    const nowMs = net.clock.nowMs()
    const since = nextSince(before, nowMs)
    before = { time: nowMs, since }
    const life = await net.seal('life', { blog: blog.id, address: blog.address, since }, blog.online)
    for (const mirror of await net.mirrorsOf(blog)) await mirror.ledger.accept([life.envelope], 'author')
  }
  const again = () => {
    void send()
    net.clock.after(lifeEveryMs, again)
  }
  again()
}

/** An emergency post of the blog's author, handed to every member. */
export async function addPost(
  net: WatchNetwork,
  blog: TestBlog,
  over: Partial<Payloads['post']> = {},
): Promise<SignedObject<'post'>> {
  const draft = toHex(net.random.bytes(32))
  const text = { title: 'A post', html: '<p>Still here.</p>', attachments: [], prevs: [] }
  const fields = { blog: blog.id, draft, published: net.clock.nowMs(), ...text, ...over }
  const post = await net.seal('post', fields, blog.posting)
  await net.give([post])
  return post
}
