/**
 * A network of members for a test, ended with its context.
 *
 * What a member is made of is handed in (`make`): a whole one unless a test says otherwise. How members reach each other is
 * chosen (`wire`): calls in memory on a virtual clock, real HTTP on loopback, or processes of their own (process-network.ts).
 * Keys, records and blogs are those of SmallNetwork: member "m2" of operator "o2", the blog "ana".
 */
import type { Ledger } from '../../ledger/ledger.ts'
import type { Wire, WireRequest } from '../../ledger/peers.ts'
import { type Clock, pause, systemClock } from '../../lib/clock.ts'
import { type Database, openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import { clockSchedule, type Schedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import { acceptAll } from '../../network/gossip.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Hash, Key, Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import { attesters, placeMirrors } from '../../protocol/placement.ts'
import type { Signer } from '../../protocol/platform.ts'
import { placeStandIns } from '../../protocol/seats.ts'
import type { Api } from '../../server/http/api.ts'
import { type FastPath, HttpServer } from '../../server/http/server.ts'
import { createPeerWire } from '../../server/machine/peer-wire.ts'
import { MemoryBlobStore } from './memory-blob-store.ts'
import { type DelayMs, MemoryWire } from './memory-wire.ts'
import { foundedNetwork, memoryPort, urlOf } from './network-founding.ts'
import { reservePorts } from './ports.ts'
import { ProcessNetwork } from './process-network.ts'
import { dayMs, rootOf, type SmallNetwork, signerOf, startMs } from './small-network.ts'
import { type Cleanup, temporaryFolder } from './temporary-folder.ts'
import { TestBlog, TestWeb } from './test-web.ts'
import { VirtualClock } from './virtual-clock.ts'
import { type WholeMember, wholeMember } from './whole-member.ts'

const { sha256 } = nodePlatform

/** What a member stands on, and what a test may do to it. */
export type Ground = {
  readonly i: number
  readonly name: string
  readonly url: string
  readonly signer: Signer
  readonly operator: Signer
  readonly nextKey: Key
  readonly network: SignedObject<'network'>
  readonly clock: Clock
  readonly random: Random
  readonly schedule: Schedule
  readonly database: Database
  readonly blobs: MemoryBlobStore
  readonly web: Web
  readonly wire: Wire
  /** Hears no other member, but speaks. */
  deaf: boolean
  /** No way to members or blogs, but running. */
  cutOff: boolean
  /** Cut off from the blogs only. */
  blind: boolean
  /** Told "too many requests" by every blog. */
  limited: boolean
  /** What it was answered by others in memory. */
  receivedBytes: number
}

/** The least that a member is: it knows objects and answers others. */
export type Made = {
  readonly ledger: Ledger
  answer(request: WireRequest, remote: string): Promise<{ readonly status: number; readonly body: Uint8Array }>
  /** For the wire of HTTP. */
  readonly api?: Api
  readonly front?: FastPath
  start?(): Promise<void> | void
  stop?(): Promise<void> | void
}
export type MakeMember<M extends Made> = (ground: Ground) => Promise<M>
export type TestMember<M extends Made> = Ground & M & { statusOf(blog: string): Promise<string> }

export type TestNetworkOptions = {
  readonly members?: number
  readonly seed?: number | string
  readonly wire?: 'memory' | 'http'
  /** Of one way between members in memory, and of blogs; all is at once without it. */
  readonly delayMs?: DelayMs
  /** How a dead host fails. */
  readonly failure?: 'refused' | 'silent'
  /** Blogs that are enrolled; the members are then started. */
  readonly blogs?: readonly string[]
  /** In place of pages that are put and blogs that stand in memory. */
  readonly web?: Web
  /** Of the wire of HTTP: where members listen, half a round trip before and after each request, and who runs here. */
  readonly firstPort?: number
  readonly roundTripMs?: number
  readonly only?: readonly number[]
  /** What their records name, where others stand before them. */
  readonly urls?: (i: number) => string
  /** The time of what is signed in a network on the real clock. Browsers bring their own, so it is today's. */
  readonly nowMs?: () => number
  /** Mirrors of each blog. */
  readonly copies?: number
  /** Whether it is a network of this machine, as it is where nobody says otherwise. */
  readonly loopback?: boolean
  /** Stand-ins of each blog; as many as there are without it. */
  readonly standIns?: number
}

type AnyOptions =
  | { readonly wire: 'process'; readonly members: number }
  | (TestNetworkOptions & { readonly make?: MakeMember<Made> })

export class TestNetwork<M extends Made = WholeMember> {
  readonly clock: VirtualClock
  readonly random: Random
  readonly web: TestWeb
  readonly small: SmallNetwork
  readonly members: TestMember<M>[] = []
  readonly firstPort: number
  readonly #servers = new Map<number, HttpServer>()
  readonly #options: TestNetworkOptions
  readonly #make: MakeMember<M>
  readonly #wire: MemoryWire
  readonly #urlOf: (i: number) => string
  readonly #ends: (() => Promise<unknown> | unknown)[] = []

  private constructor(
    t: Cleanup,
    options: TestNetworkOptions,
    parts: Pick<TestNetwork<M>, 'clock' | 'random' | 'small'> & {
      readonly make: MakeMember<M>
      readonly urlOf: (i: number) => string
      readonly firstPort: number
    },
  ) {
    const { clock, random, small, make, urlOf, firstPort } = parts
    this.#options = options
    this.clock = clock
    this.random = random
    this.small = small
    this.#make = make
    this.#urlOf = urlOf
    this.firstPort = firstPort
    const delayMs = options.delayMs ?? null
    this.#wire = new MemoryWire({ clock, random, hosts: () => this.members }, { delayMs })
    const failure = options.failure ?? (delayMs === null ? 'refused' : 'silent')
    this.web = new TestWeb({ clock, random }, { delayed: delayMs !== null, failure })
    t.after(async () => {
      for (const end of this.#ends.splice(0).reverse()) await end()
    })
  }

  static create(t: Cleanup, options: { readonly wire: 'process'; readonly members: number }): Promise<ProcessNetwork>
  static create(t: Cleanup, options?: TestNetworkOptions): Promise<TestNetwork>
  static create<M extends Made>(
    t: Cleanup,
    options: TestNetworkOptions & { readonly make: MakeMember<M> },
  ): Promise<TestNetwork<M>>
  static async create(t: Cleanup, options: AnyOptions = {}) {
    return options.wire === 'process' ? processes(t, options.members) : TestNetwork.#inProcess(t, options)
  }

  static async #inProcess(t: Cleanup, options: TestNetworkOptions & { readonly make?: MakeMember<Made> }) {
    const { members = 12, wire = 'memory', make = wholeMember(), blogs = [] } = options
    const clock = new VirtualClock({ startMs })
    const random = seededRandom(options.seed ?? 1)
    const firstPort = options.firstPort ?? (wire === 'http' ? await reservePorts(members) : memoryPort)
    const url = options.urls ?? ((i: number) => urlOf(i, firstPort))
    const signing = wire === 'http' ? { ...systemClock, nowMs: options.nowMs ?? systemClock.nowMs } : clock
    const small = await foundedNetwork({ clock: signing, random }, members, url, options.loopback)
    const net = new TestNetwork<Made>(t, options, { clock, random, small, make, urlOf: url, firstPort })
    for (let i = 0; i < members; i++) if (options.only?.includes(i) !== false) await net.add(make, i)
    for (const name of blogs) await net.enrol(name)
    if (blogs.length > 0) await net.start()
    return net
  }

  /** One more member, or another in the place of the one with this number. It knows what founded the network. */
  async add<N extends M>(make: MakeMember<N> | MakeMember<M> = this.#make, i = this.members.length) {
    const ground = this.#ground(i)
    const made = (await make(ground)) as M
    const statusOf = async (name: string) => (await made.ledger.state(this.blog(name).id)).state
    const member: TestMember<M> = Object.assign(ground, made, { statusOf })
    await acceptAll(
      member.ledger,
      this.small.objects.map((object) => object.envelope),
    )
    this.members[i] = member
    this.#ends.push(
      () => member.database.close(),
      () => member.stop?.(),
    )
    if (this.#options.wire === 'http') {
      this.#ends.push(() => this.unplug(i))
      await this.plug(i)
    }
    return member as TestMember<N>
  }

  #ground(i: number): Ground {
    const isReal = this.#options.wire === 'http'
    const clock = isReal ? systemClock : this.clock
    const random = this.random
    const line = { url: this.#urlOf(i), deaf: false, cutOff: false, blind: false, limited: false, receivedBytes: 0 }
    const ground: Ground = Object.assign(line, {
      i,
      name: `m${i}`,
      signer: signerOf(`m${i}`),
      operator: signerOf(`o${i}`),
      nextKey: signerOf(`next ${i}`).key,
      network: this.network,
      clock,
      random,
      schedule: clockSchedule({ clock, random, log: silentLog }),
      database: openDatabase({ path: ':memory:' }),
      blobs: new MemoryBlobStore(),
      web: this.#options.web ?? this.web.seenBy(line),
      wire: isReal ? this.#realWire() : this.#wire.from(`10.0.${i}.1`, line),
    })
    return ground
  }

  #realWire(): Wire {
    const wire = createPeerWire({ loopback: true })
    this.#ends.push(() => wire.close())
    const halfMs = (this.#options.roundTripMs ?? 0) / 2
    if (halfMs === 0) return wire
    return {
      async request(memberUrl, request) {
        await pause(systemClock, halfMs)
        const answer = await wire.request(memberUrl, request)
        await pause(systemClock, halfMs)
        return answer
      },
    }
  }

  /** Opens the member's port. */
  async plug(i: number): Promise<void> {
    const { api, front } = this.members[i]!
    if (api === undefined) throw new TypeError('a member without an Api cannot be reached by HTTP')
    const http = new HttpServer(
      { api, front: front ?? { handle: () => false }, clock: systemClock, log: silentLog },
      { host: '127.0.0.1', port: this.firstPort + i, trustProxy: false, connectionsMax: 1000 },
    )
    await http.listen()
    this.#servers.set(i, http)
  }

  /** Closes it: nobody is there any more, but the member runs on. */
  async unplug(i: number): Promise<void> {
    const http = this.#servers.get(i)
    this.#servers.delete(i)
    await http?.close()
  }

  get network(): SignedObject<'network'> {
    return this.small.network
  }

  member(i: number): TestMember<M> {
    return this.members[i]!
  }

  memberOf(key: Key): TestMember<M> {
    return this.members.find((member) => member.signer.key === key)!
  }

  urlOf(i: number): string {
    return this.#urlOf(i)
  }

  /** The wire of somebody who is no member. */
  wire(remote: string): Wire {
    return this.#options.wire === 'http' ? this.#realWire() : this.#wire.from(remote)
  }

  async start(): Promise<void> {
    for (const member of this.members) await member.start?.()
  }

  /** Its process ends: nobody is told. */
  async kill(member: TestMember<M>): Promise<void> {
    member.cutOff = true
    await member.stop?.()
  }

  /** Everybody sees and hears everybody again. */
  heal(): void {
    for (const member of this.members)
      Object.assign(member, { deaf: false, cutOff: false, blind: false, limited: false })
  }

  async advance({ hours = 0, minutes = 0, seconds = 0, ms = 0 }): Promise<void> {
    await this.clock.advance(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
  }

  blog(name: string): TestBlog {
    const found = this.web.blogs.find((blog) => blog.name === name)
    if (found === undefined) throw new RangeError(`no blog "${name}"`)
    return found
  }

  /** A blog of yesterday with a root, its marker attested, and a first head; known to every member. */
  async enrol(name = 'ana'): Promise<TestBlog> {
    const address = `http://${name}.example/`
    const time = this.clock.nowMs() - dayMs
    const root = await this.small.sign('root', `${name} recovery`, { ...rootOf(name, address), time })
    const blog = new TestBlog(this.small, name, address, root)
    const roster = this.members[0]!.ledger.roster()
    for (const { id } of attesters(address, roster, sha256)) await blog.attestor(this.memberOf(id).name, time)
    const mirrors = placeMirrors(blog.id, roster, sha256, { copies: this.#options.copies ?? 10 }).map(({ id }) => id)
    const ranked = placeStandIns(blog.id, { mirrors, own: [] }, roster, sha256).map(({ id }) => id)
    const standIns = ranked.slice(0, this.#options.standIns)
    const place = { root: blog.id, rootVersion: 1, seq: 1, mirrors, standIns }
    await blog.add('head', 'online', { ...place, time, expires: time + 7 * dayMs })
    this.web.blogs.push(blog)
    await this.give(blog.kept)
    return blog
  }

  /** Root 1 of a blog whose heads "m0" signs, published by this member. */
  publishRoot(name: string, member: TestMember<M>, address = `http://${name}.example/`): Promise<SignedObject<'root'>> {
    const { online: _, ...fields } = rootOf(name, address)
    return member.ledger.publish('root', { ...fields, signers: [signerOf('m0').key] }, signerOf(`${name} recovery`))
  }

  /** All members attest an address of a blog that one of them knows: its address is then proven everywhere. */
  async prove(blog: Hash, address: string): Promise<void> {
    const known = (await Promise.all(this.members.map((member) => member.ledger.live(blog)))).flat()
    const words = { blog, address, marker: 'tag' as const }
    const said = await Promise.all(this.members.map((member) => this.seal('attestation', words, member.signer)))
    const envelopes = [...known, ...said].map((object) => object.envelope)
    for (const member of this.members) await acceptAll(member.ledger, envelopes)
  }

  /** Signs in this network, with the time of its clock. */
  seal<K extends Kind>(
    kind: K,
    fields: Omit<Payloads[K], 'key' | 'network' | 'time'>,
    signer: Signer,
    timeMs = this.small.nowMs(),
  ): Promise<SignedObject<K>> {
    const whole = { network: this.network.id, time: timeMs, ...fields } as unknown as Omit<Payloads[K], 'key'>
    return seal(kind, whole, signer, sha256)
  }

  /** Hands these to every member, as their author would. A refusal is thrown. */
  async give(objects: readonly SignedObject[]): Promise<void> {
    const envelopes = objects.map((object) => object.envelope)
    for (const member of this.members) {
      const bad = (await member.ledger.accept(envelopes, 'author')).find((answer) => answer.result === 'refused')
      if (bad !== undefined) throw new Error(`refused: ${bad.code} ${bad.message}`)
    }
  }

  /** The blog's mirrors in the order of its list. */
  async mirrorsOf(blog: { readonly id: Hash }): Promise<readonly TestMember<M>[]> {
    const { head } = await this.members[0]!.ledger.blog(blog.id)
    return head[0]!.payload.mirrors.map((key) => this.memberOf(key))
  }
}

/** Members in processes of their own, running. */
async function processes(t: Cleanup, members: number): Promise<ProcessNetwork> {
  const where = { dir: await temporaryFolder(t, 'network'), firstPort: await reservePorts(members) }
  const net = await ProcessNetwork.create(t, { ...where, members, fast: true })
  await net.start()
  return net
}
