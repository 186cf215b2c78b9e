/**
 * A small network in one process for the tests and figures of the watch: ledgers in memory, joined by a wire of delays on
 * a virtual clock, and one web in which blogs stand, fall and answer for life. Members push what they publish to all
 * others at once, which is what network/spread does for urgent objects.
 */

import { Verdict } from '../../activation/watch/verdict.ts'
import { Watch } from '../../activation/watch/watch.ts'
import { Ledger } from '../../ledger/ledger.ts'
import { Peers, type WireAnswer, type WireRequest } from '../../ledger/peers.ts'
import { pause } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import type { WebAnswer, WebRequest } from '../../lib/web.ts'
import { textOf, toHex, utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { spreadsTo } from '../../protocol/kinds.ts'
import { lifeEveryMs } from '../../protocol/limits.ts'
import { nextSince } from '../../protocol/lives.ts'
import { placementId } from '../../protocol/membership.ts'
import {
  blogOf,
  type Envelope,
  type Hash,
  type Kind,
  type Payloads,
  type SignedObject,
} from '../../protocol/objects.ts'
import { attesters, placeMirrors } from '../../protocol/placement.ts'
import type { Signer } from '../../protocol/platform.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryObjectStore } from '../support/memory-object-store.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const { sha256 } = nodePlatform
const dayMs = 86_400_000

export const pace = {
  probeMs: 300_000,
  retryMs: [15_000, 30_000],
  downProbeMs: 60_000,
} as const satisfies { probeMs: number; retryMs: readonly [number, number]; downProbeMs: number }

export type WatchNetworkOptions = {
  readonly members?: number
  readonly mirrors?: number
  readonly seed?: number
  /** How a dead host fails: at once, or by silence until the time is over. */
  readonly failure?: 'refused' | 'silent'
}

export type TestMember = {
  readonly name: string
  readonly url: string
  readonly signer: Signer
  readonly operator: Signer
  readonly ledger: Ledger
  readonly watch: Watch
  readonly verdict: Verdict
  readonly peers: Peers
  alive: boolean
  /** Cut off from the web and from all members, but running. */
  ill: boolean
  /** Cut off from the blogs only. */
  blind: boolean
  /** Told "too many requests" by every blog. */
  limited: boolean
}

export type TestBlog = {
  readonly id: Hash
  readonly address: string
  readonly recovery: Signer
  readonly posting: Signer
  readonly online: Signer
  readonly root: SignedObject<'root'>
  state: 'up' | 'silent' | 'parked' | 'flickering'
  /** What answers in the blog's place, whatever its state. */
  wall: Wall | null
  /** Whether its server runs its own code, which sends lives once `startLives` was called. */
  running: boolean
  /** Page requests received: their virtual times. */
  readonly probes: number[]
}

export type Wall = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
}

export class WatchNetwork {
  readonly clock = new VirtualClock()
  readonly random: Random
  readonly members: TestMember[] = []
  readonly blogs: TestBlog[] = []
  readonly network: SignedObject<'network'>
  readonly #records: SignedObject[]
  readonly #answers = new Map<TestMember, (path: string) => Promise<unknown> | null>()
  readonly #options: Required<WatchNetworkOptions>

  private constructor(network: SignedObject<'network'>, options: Required<WatchNetworkOptions>, random: Random) {
    this.network = network
    this.random = random
    this.#options = options
    this.#records = []
  }

  static async create(options: WatchNetworkOptions = {}): Promise<WatchNetwork> {
    const all = { members: 12, mirrors: 10, seed: 1, failure: 'silent' as const, ...options }
    const random = seededRandom(all.seed)
    const keys = Array.from({ length: all.members }, () => ({ member: signerOf(random), operator: signerOf(random) }))
    const startMs = new VirtualClock().nowMs() - 90 * dayMs
    const founders = keys.slice(0, 16).map((key) => key.member.key)
    const fields = { time: startMs, name: 'test', founders, nonce: toHex(random.bytes(32)), loopback: true }
    const network = (await seal('network', fields, keys[0]!.operator, sha256)) as SignedObject<'network'>
    const net = new WatchNetwork(network, all, random)
    for (const [i, { member, operator }] of keys.entries()) await net.#record(i, member, operator)
    for (const [i, { member, operator }] of keys.entries()) await net.#addMember(i, member, operator)
    return net
  }

  async #record(i: number, signer: Signer, operator: Signer): Promise<void> {
    const nowMs = this.clock.nowMs()
    const object = await this.seal(
      'member',
      {
        member: signer.key,
        name: `m${i}`,
        url: `http://127.0.0.1:${9000 + i}/`,
        operator: operator.key,
        contact: `m${i}@example.org`,
        passive: false,
        weight: 1,
        next: '0'.repeat(64),
        vouchers: [],
        placement: placementId(signer.key, [], this.network.id, sha256),
        expires: nowMs + 29 * dayMs,
      },
      signer,
      nowMs - dayMs,
    )
    this.#records.push(object)
  }

  async #addMember(i: number, signer: Signer, operator: Signer): Promise<void> {
    const ledger = await Ledger.open(
      { store: new MemoryObjectStore(), clock: this.clock, platform: nodePlatform, log: silentLog },
      { network: this.network, self: signer.key },
    )
    await accepted(
      ledger,
      this.#records.map((record) => record.envelope),
    )
    const random = seededRandom(`${this.#options.seed}/${i}`)
    const schedule = clockSchedule({ clock: this.clock, random, log: silentLog })
    const state = { alive: true, ill: false, blind: false, limited: false }
    const peers = new Peers({ wire: { request: (url, request) => this.#wire(member, url, request) } })
    const deps = {
      ledger,
      peers,
      schedule,
      random,
      signer,
      clock: this.clock,
      platform: nodePlatform,
      log: silentLog,
      web: { fetch: (request: WebRequest) => this.#web(member, request) },
      blobs: new MemoryBlobStore(),
    }
    const watch = new Watch(deps, { ...pace, self: signer.key, userAgent: 'dgos-test' })
    const verdict = new Verdict(deps, { self: signer.key, turnMs: 2_000 })
    const url = `http://127.0.0.1:${9000 + i}/`
    const member: TestMember = Object.assign(state, {
      name: `m${i}`,
      url,
      signer,
      operator,
      ledger,
      watch,
      verdict,
      peers,
    })
    ledger.onStored((objects, via) => {
      if (via === 'self' && member.alive) void this.spread(member, objects)
    })
    this.members.push(member)
  }

  /** A blog with a root, its marker attested, and a first head; known to every member. */
  async addBlog(name = 'ana'): Promise<TestBlog> {
    const recovery = signerOf(this.random)
    const posting = signerOf(this.random)
    const online = signerOf(this.random)
    const steward = this.members[0]!
    const address = `http://${name}.example/`
    const nowMs = this.clock.nowMs() - dayMs
    const root = await this.seal(
      'root',
      {
        version: 1,
        recovery: [recovery.key],
        posting: [{ key: posting.key, name: 'laptop' }],
        online: online.key,
        signers: [],
        addresses: [address],
        title: name,
        revoked: [],
      },
      recovery,
      nowMs,
    )
    const blog = root.id
    const roster = steward.ledger.roster()
    const seen = await Promise.all(
      attesters(address, roster, sha256).map((attester) =>
        this.seal('attestation', { blog, address, marker: 'tag' }, this.memberOf(attester.id).signer, nowMs),
      ),
    )
    const mirrors = placeMirrors(blog, roster, sha256, { copies: this.#options.mirrors }).map(
      (placeMirror) => placeMirror.id,
    )
    const head = await this.seal(
      'head',
      { blog, root: root.id, rootVersion: 1, seq: 1, mirrors, expires: nowMs + 7 * dayMs },
      online,
      nowMs,
    )
    const envelopes = [root, ...seen, head].map((entry) => entry.envelope)
    const own: TestBlog = {
      id: blog,
      address,
      recovery,
      posting,
      online,
      root,
      state: 'up',
      wall: null,
      running: true,
      probes: [],
    }
    this.blogs.push(own)
    for (const member of this.members) await accepted(member.ledger, envelopes)
    return own
  }

  /** What a blog with code of its own does: a life to each of its mirrors every five minutes. */
  startLives(blog: TestBlog): void {
    let before: { readonly time: number; readonly since: number } | null = null
    const send = async () => {
      const nowMs = this.clock.nowMs()
      if (blog.running) {
        const since = nextSince(before, nowMs)
        before = { time: nowMs, since }
        const life = await this.seal('life', { blog: blog.id, address: blog.address, since }, blog.online)
        for (const mirror of await this.mirrorsOf(blog)) await mirror.ledger.accept([life.envelope], 'author')
      }
    }
    const again = () => {
      void send()
      this.clock.after(lifeEveryMs, again)
    }
    again()
  }

  /** An emergency post of the blog's author, handed to every member. */
  async addPost(blog: TestBlog, over: Partial<Payloads['post']> = {}): Promise<SignedObject<'post'>> {
    const draft = toHex(this.random.bytes(32))
    const text = { title: 'A post', html: '<p>Still here.</p>', attachments: [], prevs: [] }
    const fields = { blog: blog.id, draft, published: this.clock.nowMs(), ...text, ...over }
    const post = await this.seal('post', fields, blog.posting)
    for (const member of this.members) await accepted(member.ledger, [post.envelope])
    return post
  }

  async start(): Promise<void> {
    for (const member of this.members) {
      await member.watch.start()
      member.verdict.start()
    }
  }

  kill(member: TestMember): void {
    member.alive = false
    member.watch.stop()
    member.verdict.stop()
  }

  /** Lets a member answer paths that the network itself does not know. */
  answerAt(member: TestMember, answer: (path: string) => Promise<unknown> | null): void {
    this.#answers.set(member, answer)
  }

  memberOf(key: string): TestMember {
    return this.members.find((member) => member.signer.key === key)!
  }

  /** The blog's mirrors in the order of its list. */
  async mirrorsOf(blog: TestBlog): Promise<readonly TestMember[]> {
    const { head } = await this.members[0]!.ledger.blog(blog.id)
    return head[0]!.payload.mirrors.map((key) => this.memberOf(key))
  }

  async stateAt(member: TestMember, blog: TestBlog): Promise<string> {
    return (await member.ledger.state(blog.id)).state
  }

  seal<K extends Kind>(
    kind: K,
    fields: Omit<Payloads[K], 'key' | 'network' | 'time'>,
    signer: Signer,
    timeMs = this.clock.nowMs(),
  ): Promise<SignedObject<K>> {
    const whole = { network: this.network.id, time: timeMs, ...fields } as unknown as Omit<Payloads[K], 'key'>
    return seal(kind, whole, signer, sha256)
  }

  /** What network/spread does: everybody's kinds to everybody, the rest to the mirrors of the blog. */
  async spread(from: TestMember, objects: readonly SignedObject[]): Promise<void> {
    for (const object of objects) {
      const blog = this.blogs.find((blog) => blog.id === blogOf(object))
      const narrow = blog !== undefined && spreadsTo(object) === 'mirrors'
      const targets = narrow ? await this.mirrorsOf(blog) : this.members
      for (const other of targets) if (other !== from) void from.peers.push(other.url, [object.envelope])
    }
  }

  async #wire(from: TestMember, url: string, request: WireRequest): Promise<WireAnswer> {
    const to = this.members.find((member) => member.url === url)
    const delayMs = 20 + this.random.below(60)
    if (to === undefined || !to.alive || to.ill || from.ill || !from.alive) {
      await pause(this.clock, request.timeMs)
      return { ok: false, reason: 'timeout' }
    }
    await pause(this.clock, delayMs)
    if (request.path === 'dgos/v1/ping') return { ok: true, status: 200, body: utf8('{}') }
    const own = this.#answers.get(to)?.(request.path) ?? null
    if (own !== null) return { ok: true, status: 200, body: utf8(JSON.stringify(await own)) }
    if (request.path !== 'dgos/v1/objects') return { ok: true, status: 404, body: utf8('{}') }
    const { objects } = JSON.parse(textOf(request.body!)!) as { objects: Envelope[] }
    const answers = await to.ledger.accept(objects, 'peer')
    return { ok: true, status: 200, body: utf8(JSON.stringify({ answers })) }
  }

  async #web(from: TestMember, { url, timeMs }: WebRequest): Promise<WebAnswer> {
    const blog = this.blogs.find((blog) => url.startsWith(blog.address))
    if (url === blog?.address) blog.probes.push(this.clock.nowMs())
    const flickers = blog?.state === 'flickering' && this.random.below(5) > 0
    const gone = blog === undefined || blog.state === 'silent' || flickers
    if (from.limited) return walled(url, { status: 429 })
    if (blog?.wall && !from.ill && !from.blind) return walled(url, blog.wall)
    if (gone || from.ill || from.blind) return this.#failure(this.#options.failure, timeMs)
    await pause(this.clock, 100 + this.random.below(400))
    if (blog.state === 'parked') return page(url, '<title>Parked</title>This domain is for sale')
    if (url === blog.address) return page(url, `<meta name="dgos" content="${blog.id}"><title>${blog.id}</title>`)
    if (url.endsWith('/.well-known/dgos.json'))
      return page(url, JSON.stringify({ blog: blog.id, life: `${blog.address}life` }))
    const nonce = new URL(url).searchParams.get('nonce') ?? ''
    const life = await this.seal('life', { blog: blog.id, address: blog.address, nonce }, blog.online)
    return page(url, JSON.stringify(life.envelope))
  }

  async #failure(how: 'refused' | 'silent', timeMs: number): Promise<WebAnswer> {
    await pause(this.clock, how === 'silent' ? timeMs : 50)
    return { ok: false, reason: how === 'silent' ? 'timeout' : 'connect', detail: '' }
  }
}

function walled(url: string, { status, headers = {}, text = '' }: Wall): WebAnswer {
  return { ok: true, status, headers, body: utf8(text), url }
}

function page(url: string, text: string): WebAnswer {
  return { ok: true, status: 200, headers: {}, body: utf8(text), url }
}

export function signerOf(random: Random): Signer {
  return nodeSigner(random.bytes(32))
}

export async function accepted(ledger: Ledger, envelopes: readonly unknown[]): Promise<void> {
  const bad = (await ledger.accept(envelopes, 'author')).filter((answer) => answer.result === 'refused')
  if (bad.length > 0) throw new Error(`refused: ${bad[0]!.code} ${bad[0]!.message}`)
}
