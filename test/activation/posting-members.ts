/** Members that only store and replicate posts, joined by an in-memory wire on a virtual clock. */
import { Attachments } from '../../activation/posts/attachments.ts'
import { Delivery } from '../../activation/posts/delivery.ts'
import { SqlHintStore } from '../../activation/posts/hint-store.ts'
import { Replication } from '../../activation/posts/replication.ts'
import { Ledger } from '../../ledger/ledger.ts'
import type { ObjectRow, ObjectStore } from '../../ledger/object-store.ts'
import { type ObjectAnswer, Peers, type Wire, type WireAnswer } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { type Database, openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import type { Envelope, SignedObject } from '../../protocol/objects.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { type SmallBlog, SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

/**
 * A disk that can stop for a while: what is handed to it then neither lands nor answers, as in a crash before fsync.
 * While it is `unreadable`, nothing of a blog is read from it.
 */
export class StoppingStore implements ObjectStore {
  readonly #inner: ObjectStore
  stopped = false
  unreadable = false

  constructor(inner: ObjectStore) {
    this.#inner = inner
  }

  put(rows: readonly ObjectRow[]): Promise<void> {
    return this.stopped ? new Promise(() => {}) : this.#inner.put(rows)
  }
  get: ObjectStore['get'] = (id) => this.#inner.get(id)
  ofBlog: ObjectStore['ofBlog'] = async (blog) => {
    if (this.unreadable && blog !== null) throw new Error('the disk cannot be read')
    return this.#inner.ofBlog(blog)
  }
  ofKind: ObjectStore['ofKind'] = (kind) => this.#inner.ofKind(kind)
  blogs: ObjectStore['blogs'] = () => this.#inner.blogs()
  remove: ObjectStore['remove'] = (ids) => this.#inner.remove(ids)
}

export class PostingMember {
  readonly name: string
  readonly url: string
  readonly database: Database
  readonly store: StoppingStore
  readonly blobs = new MemoryBlobStore()
  readonly #net: PostingMembers
  ledger!: Ledger
  replication!: Replication
  reachable = true
  requests: string[] = []

  private constructor(net: PostingMembers, name: string, database: Database, store: ObjectStore) {
    this.#net = net
    this.name = name
    this.url = `https://${name}.example.org/`
    this.database = database
    this.store = new StoppingStore(store)
  }

  static async create(net: PostingMembers, name: string): Promise<PostingMember> {
    const database = openDatabase({ path: ':memory:' })
    const member = new PostingMember(net, name, database, await SqlObjectStore.open(database))
    await member.start()
    return member
  }

  get key(): string {
    return signerOf(this.name).key
  }

  /** Starts anew on the same disk, as after a crash: nothing of the old process is asked to end well. */
  async start(): Promise<void> {
    this.replication?.stop()
    const { clock, wire, small } = this.#net
    const log = silentLog
    const { sha256 } = nodePlatform
    const peers = new Peers({ wire: wire(this) })
    this.ledger = await Ledger.open(
      { store: this.store, clock, platform: nodePlatform, log },
      { network: small.network, self: this.key },
    )
    const attachments = new Attachments({ ledger: this.ledger, blobs: this.blobs, peers, sha256 })
    const delivery = new Delivery({ ledger: this.ledger, peers })
    const hints = await SqlHintStore.open(this.database)
    this.replication = new Replication(
      { ledger: this.ledger, attachments, delivery, hints, clock, log, sha256, signer: signerOf(this.name) },
      { self: this.key },
    )
    this.replication.start(clockSchedule({ clock, random: seededRandom(this.name), log }))
  }

  handIn(objects: readonly SignedObject[]): Promise<readonly ObjectAnswer[]> {
    return this.ledger.accept(
      objects.map((entry) => entry.envelope),
      'author',
    )
  }

  async answer(method: string, path: string, body: Uint8Array | undefined): Promise<WireAnswer> {
    this.requests.push(`${method} ${path}`)
    if (method === 'POST' && path === 'dgos/v1/objects') {
      const { objects } = JSON.parse(textOf(body!)!) as { objects: Envelope[] }
      const answers = await this.ledger.accept(objects, 'peer')
      return { ok: true, status: 200, body: utf8(JSON.stringify({ answers })) }
    }
    const blob = await this.blobs.get(path.split('/').at(-1)!)
    return { ok: true, status: blob === null ? 404 : 200, body: blob ?? new Uint8Array(0) }
  }
}

export class PostingMembers {
  readonly clock = new VirtualClock({ startMs })
  readonly small: SmallNetwork
  readonly blog: SmallBlog
  readonly oneWayMs: number
  members: PostingMember[] = []

  private constructor(small: SmallNetwork, blog: SmallBlog, oneWayMs: number) {
    this.small = small
    this.blog = blog
    this.oneWayMs = oneWayMs
  }

  /** A network of `count` members; the blog has a head with its mirrors, and is declared down unless `up` is set. */
  static async create(count: number, options: { up?: boolean; oneWayMs?: number } = {}): Promise<PostingMembers> {
    const small = await SmallNetwork.found(count)
    const blog = await small.blog()
    const head = await blog.head()
    const net = new PostingMembers(small, blog, options.oneWayMs ?? 20)
    const word = options.up === true ? [] : [await blog.say('down', startMs, 6 * 3_600_000)]
    for (let i = 0; i < count; i++) {
      const member = await PostingMember.create(net, `m${i}`)
      const first = await member.handIn([...small.objects, blog.root, head, ...word])
      if (first.some((answer) => answer.result === 'refused')) throw new Error(JSON.stringify(first))
      member.requests = []
      net.members.push(member)
    }
    return net
  }

  get mirrors(): PostingMember[] {
    return this.blog.mirrors().map((mirror) => this.members.find((member) => member.key === mirror.id)!)
  }

  get others(): PostingMember[] {
    return this.members.filter((member) => !this.mirrors.includes(member))
  }

  async close(): Promise<void> {
    for (const member of this.members) {
      member.replication.stop()
      await member.database.close()
    }
  }

  /** Half a round trip there, half back; a member that is not reachable is silence until the time is up. */
  readonly wire = (from: PostingMember): Wire => ({
    request: async (memberUrl, { method, path, body, timeMs }) => {
      await this.#travel()
      const target = this.members.find((member) => member.url === memberUrl)
      if (target === undefined || !target.reachable || !from.reachable) {
        await new Promise<void>((resolve) => this.clock.after(timeMs, resolve))
        return { ok: false, reason: 'timeout' }
      }
      const answer = await target.answer(method, path, body)
      await this.#travel()
      return answer
    },
  })

  #travel(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(this.oneWayMs, resolve)
    })
  }
}
