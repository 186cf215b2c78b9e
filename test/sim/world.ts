/** A whole network in one process: members, blogs, authors and the wire between them, all from one seed. */
import { createHash } from 'node:crypto'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import type { Web } from '../../lib/web.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import type { Platform } from '../../protocol/platform.ts'
import type { Intervals } from '../../server/machine/intervals.ts'
import { fieldsOf, foundedNetwork } from '../support/network-founding.ts'
import { signerOf } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { SimAuthor } from './author.ts'
import { SimBlog } from './blog.ts'
import { drawLiars } from './faults.ts'
import { SimMember } from './member.ts'
import { calm, SimNet } from './wire.ts'

export type WorldOptions = {
  readonly seed: string
  readonly members: number
  readonly blogs: number
  readonly intervals: Intervals
  readonly liars?: boolean
}

export class World {
  readonly clock = new VirtualClock()
  readonly random: Random
  readonly net: SimNet
  readonly members: SimMember[] = []
  readonly authors: SimAuthor[] = []
  readonly options: WorldOptions
  readonly #cutFromBlogs = new Set<string>()

  private constructor(options: WorldOptions) {
    this.options = options
    this.random = seededRandom(options.seed)
    this.net = new SimNet({ clock: this.clock, random: this.random })
  }

  /** All members of one founding, running; all blogs enrolled at one of them. */
  static async create(options: WorldOptions): Promise<World> {
    const world = new World(options)
    const network = await world.#found()
    for (const member of world.members) await world.settle(member.boot())
    for (let n = 0; n < options.blogs; n++) await world.#addBlog(n, network)
    return world
  }

  /** Lets virtual time pass until the work is done. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let done = false
    const watched = work.finally(() => {
      done = true
    })
    watched.catch(() => {})
    await this.clock.advanceUntil(() => done, 120_000)
    return watched
  }

  get honest(): readonly SimMember[] {
    return this.members.filter((member) => member.honest)
  }

  cut(a: number, b: number): void {
    this.net.cut.add(`${this.#url(a)} ${this.#url(b)}`)
  }

  join(a: number, b: number): void {
    this.net.cut.delete(`${this.#url(a)} ${this.#url(b)}`)
  }

  /** No way to any member or blog, in either direction. */
  isolate(number: number): void {
    for (let other = 0; other < this.members.length; other++) {
      this.cut(number, other)
      this.cut(other, number)
    }
    this.#cutFromBlogs.add(this.#url(number))
  }

  reunite(number: number): void {
    for (let other = 0; other < this.members.length; other++) {
      this.join(number, other)
      this.join(other, number)
    }
    this.#cutFromBlogs.delete(this.#url(number))
  }

  isIsolated(number: number): boolean {
    return this.#cutFromBlogs.has(this.#url(number))
  }

  fillDisk(number: number, full: boolean): void {
    this.members[number]!.disk.full = full
  }

  skew(number: number, ms: number): void {
    this.members[number]!.skew(ms)
  }

  /** Ends every fault; dead members start again. Liars go on lying. */
  async heal(): Promise<void> {
    this.net.faults = calm
    this.net.cut.clear()
    this.#cutFromBlogs.clear()
    for (const member of this.members) {
      member.skew(0)
      member.disk.full = false
      await this.settle(member.boot())
    }
  }

  #url(number: number): string {
    return this.members[number]!.options.url
  }

  async #found(): Promise<SignedObject<'network'>> {
    const { clock, random } = this
    const { members, intervals } = this.options
    const liars = this.options.liars === false ? new Map() : drawLiars(random, members)
    const url = (i: number) => `https://m${i}.example/`
    const { network, objects: founding } = await foundedNetwork({ clock, random }, members, url)
    const web = (member: SimMember) => this.#webOf(member)
    const deps = { clock, net: this.net, random, web, platform: rememberingPlatform() }
    for (let index = 0; index < members; index++) {
      const keys = { signer: signerOf(`m${index}`), operator: signerOf(`o${index}`) }
      const who = { ...keys, index, url: url(index), nextKey: signerOf(`next ${index}`).key }
      const fields = fieldsOf(index, url(index))
      const lie = liars.get(index) ?? null
      this.members.push(new SimMember(deps, { ...who, fields, network, founding, intervals, lie }))
    }
    return network
  }

  async #addBlog(n: number, network: SignedObject<'network'>): Promise<void> {
    const fresh = () => nodeSigner(this.random.bytes(32))
    const blog = new SimBlog(`https://blog${n}.example/`, { recovery: fresh(), posting: fresh(), online: fresh() })
    const { recovery, posting, online } = blog.keys
    const stewards = this.honest.map((honest) => honest.options.signer.key)
    const root = await seal(
      'root',
      {
        network: network.id,
        time: this.clock.nowMs(),
        version: 1,
        recovery: [recovery.key],
        posting: [{ key: posting.key, name: 'laptop' }],
        online: online.key,
        signers: [0, 1, 2, 3].map((i) => stewards[(n + i) % stewards.length]!),
        addresses: [blog.address],
        title: `Blog ${n}`,
        revoked: [],
      },
      recovery,
      nodePlatform.sha256,
    )
    blog.id = root.id
    blog.network = network.id
    blog.posts = [
      { slug: 'first', text: `The first post of blog ${n}. ${'It tells a story. '.repeat(20)}` },
      { slug: 'second', text: `The second post of blog ${n}. ${'And it goes on. '.repeat(20)}` },
    ]
    this.authors.push(new SimAuthor({ world: this, blog }))
    const enrolled = this.honest[n % this.honest.length]!.running!
    await this.settle(enrolled.ledger.accept([root.envelope], 'author'))
  }

  blogOf(id: Hash): SimBlog {
    return this.authors.find((author) => author.blog.id === id)!.blog
  }

  /** The open web as one member sees it: blogs only, through the same weather. */
  #webOf(member: SimMember): Web {
    return {
      fetch: async (request) => {
        const blog = this.authors
          .map((author) => author.blog)
          .find((simBlog) => request.url.startsWith(simBlog.address))
        const [least, most] = this.net.faults.delayMs
        await new Promise<void>((resolve) => this.clock.after(least + this.random.below(most), resolve))
        this.net.note(`${member.options.url} GET ${request.url}`)
        const lost =
          this.#cutFromBlogs.has(member.options.url) || this.random.below(1000) < this.net.faults.lossPermille
        if (blog === undefined || lost) return { ok: false, reason: 'timeout', detail: 'lost' }
        const answer = await blog.answer(request.url, this.clock.nowMs())
        if (!answer.ok || answer.body.length <= request.bytesMax) return answer
        return request.cut === true
          ? { ...answer, body: answer.body.slice(0, request.bytesMax) }
          : { ok: false, reason: 'too-large', detail: '' }
      },
    }
  }
}

/** Twelve members check the same signatures in one process: each is checked for real once, and its verdict remembered. */
function rememberingPlatform(): Platform {
  const verdicts = new Map<string, boolean>()
  return {
    sha256: nodePlatform.sha256,
    verify(key, message, signature) {
      const name = createHash('sha256').update(key).update(signature).update(message).digest('base64')
      const known = verdicts.get(name)
      if (known !== undefined) return known
      const verdict = nodePlatform.verify(key, message, signature) as boolean
      verdicts.set(name, verdict)
      return verdict
    },
  }
}
