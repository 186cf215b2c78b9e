/** A test network whose members only store and replicate posts, half a round trip apart, and the blog of its author. */
import { Attachments } from '../../activation/posts/attachments.ts'
import { Delivery } from '../../activation/posts/delivery.ts'
import { SqlHintStore } from '../../activation/posts/hint-store.ts'
import { Replication } from '../../activation/posts/replication.ts'
import type { ObjectRow, ObjectStore } from '../../ledger/object-store.ts'
import { Peers } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { type BareMember, bareAnswer, openLedger } from '../support/bare-member.ts'
import { type SmallBlog, startMs } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { type Ground, type MakeMember, type TestMember, TestNetwork } from '../support/test-network.ts'

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

type Running = Pick<BareMember, 'ledger'> & { readonly replication: Replication }
type PostingParts = BareMember &
  Running & {
    readonly store: StoppingStore
    /** What others asked of it. */
    readonly requests: string[]
    start(): Promise<void>
  }
export type PostingMember = TestMember<PostingParts>

/** `start` begins anew on the same disk, as after a crash: nothing of the old process is asked to end well. */
const postingMember: MakeMember<PostingParts> = async (ground) => {
  const store = new StoppingStore(await SqlObjectStore.open(ground.database))
  const requests: string[] = []
  let running = await run(ground, store)
  return {
    ...running,
    store,
    requests,
    handIn: (objects) =>
      running.ledger.accept(
        objects.map((object) => object.envelope),
        'author',
      ),
    answer(request) {
      requests.push(`${request.method} ${request.path}`)
      return bareAnswer({ ...ground, ledger: running.ledger, uploads: running.replication }, request)
    },
    async start() {
      running.replication.stop()
      running = await run(ground, store)
      Object.assign(ground, running)
    },
    stop: () => running.replication.stop(),
  }
}

async function run(ground: Ground, store: ObjectStore): Promise<Running> {
  const { clock, database, blobs, schedule, signer, wire } = ground
  const { sha256 } = nodePlatform
  const peers = new Peers({ wire })
  const ledger = await openLedger(ground, { store })
  const attachments = new Attachments({ ledger, blobs, peers, sha256 })
  const delivery = new Delivery({ ledger, peers })
  const hints = await SqlHintStore.open(database)
  const deps = { ledger, attachments, delivery, hints, clock, log: silentLog, sha256, signer }
  const replication = new Replication(deps, { self: signer.key })
  replication.start(schedule)
  return { ledger, replication }
}

export type PostingOptions = { readonly up?: boolean; readonly oneWayMs?: number }

export class PostingNetwork {
  readonly net: TestNetwork<PostingParts>
  readonly blog: SmallBlog

  private constructor(net: TestNetwork<PostingParts>, blog: SmallBlog) {
    this.net = net
    this.blog = blog
  }

  /** The blog is proven, has a head with its mirrors, and is declared down unless `up` is set. */
  static async create(t: Cleanup, members: number, { up = false, oneWayMs = 20 }: PostingOptions = {}) {
    const net = await TestNetwork.create(t, { members, delayMs: [oneWayMs, oneWayMs], make: postingMember })
    const blog = await net.small.blog()
    await blog.attestations()
    await blog.head()
    if (!up) await blog.say('down', startMs, 6 * 3_600_000)
    await net.give(blog.kept)
    for (const member of net.members) member.requests.length = 0
    return new PostingNetwork(net, blog)
  }

  get clock() {
    return this.net.clock
  }

  get small() {
    return this.net.small
  }

  get members(): readonly PostingMember[] {
    return this.net.members
  }

  get mirrors(): readonly PostingMember[] {
    return this.blog.mirrors().map((mirror) => this.net.memberOf(mirror.id))
  }

  get others(): readonly PostingMember[] {
    return this.members.filter((member) => !this.mirrors.includes(member))
  }
}
