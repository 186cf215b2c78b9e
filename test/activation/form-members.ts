/** Members on loopback sockets that take posts: the form is opened in a real browser against them. */
import { join } from 'node:path'

import { makeOutageDelegation } from '../../activation/doors/enrol.ts'
import type { FormAssets } from '../../activation/doors/form-page.ts'
import { PostDoor } from '../../activation/doors/post-door.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { Attachments } from '../../activation/posts/attachments.ts'
import { Delivery } from '../../activation/posts/delivery.ts'
import { SqlHintStore } from '../../activation/posts/hint-store.ts'
import { postPolicyDefaults } from '../../activation/posts/post-policy.ts'
import { Replication } from '../../activation/posts/replication.ts'
import { Ledger } from '../../ledger/ledger.ts'
import { Peers, type Wire } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { type BlobStore, FileBlobStore } from '../../lib/blob-store.ts'
import { pause, systemClock } from '../../lib/clock.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { PeerReachability } from '../../network/peer-reachability.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { Api, json, type Route, refused } from '../../server/http/api.ts'
import { fileRoutes, namedFiles } from '../../server/http/file-routes.ts'
import { Rates } from '../../server/http/rates.ts'
import { blogRoutes } from '../../server/http/routes/blogs.ts'
import { objectRoutes } from '../../server/http/routes/objects.ts'
import { postRoutes } from '../../server/http/routes/posts.ts'
import { returnRoutes } from '../../server/http/routes/return.ts'
import { HttpServer } from '../../server/http/server.ts'
import { createPeerWire } from '../../server/machine/peer-wire.ts'
import { builtFiles } from '../support/built-files.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { reservePorts } from '../support/ports.ts'
import { SmallBlog, SmallNetwork, signerOf } from '../support/small-network.ts'

export const passphrase = 'river candle stone apple lemon tiger'
export const blogHost = 'ana.example'
const { sha256 } = nodePlatform

export type FormMember = {
  readonly url: string
  readonly ledger: Ledger
  readonly replication: Replication
  readonly blobs: BlobStore
  stop(): Promise<void>
  start(): Promise<void>
}

export type FormMembersOptions = {
  /** Reserved where not given: only threads that share a network must agree on it. */
  readonly firstPort?: number
  /** The blog is not declared down. */
  readonly up?: boolean
  readonly mayDeclare?: boolean
  /** Rounds of scrypt: fewer than real ones keep tests short. */
  readonly cost?: number
  /** Keep everything on this disk instead of in memory. */
  readonly dataDir?: string
  /** Put between members: half before each request, half after it. */
  readonly roundTripMs?: number
  readonly postsPerHour?: number
  /** The moment of the network's objects, for threads that must make the same ones. */
  readonly now?: number
  /** Runs only these members here; the others run in another thread. */
  readonly only?: readonly number[]
}

/** The network's time is today's: browsers bring their own clock. */
export class FormMembers {
  readonly members: FormMember[] = []
  readonly small: SmallNetwork
  readonly blog: SmallBlog
  readonly #options: FormMembersOptions
  readonly #firstPort: number
  #closers: (() => Promise<void>)[] = []

  private constructor(small: SmallNetwork, blog: SmallBlog, firstPort: number, options: FormMembersOptions) {
    this.small = small
    this.blog = blog
    this.#firstPort = firstPort
    this.#options = options
  }

  static async create(count: number, options: FormMembersOptions = {}) {
    const firstPort = options.firstPort ?? (await reservePorts(count))
    const now = options.now ?? Date.now() - 60_000
    const urlOf = (i: number) => `http://127.0.0.1:${firstPort + i}/`
    const small = await SmallNetwork.found(count, urlOf)
    small.objects.length = 0
    for (let i = 0; i < count; i++) await small.record(`m${i}`, `o${i}`, { url: urlOf(i), time: now })
    const blog = await blogOf(small, now)
    const net = new FormMembers(small, blog, firstPort, options)
    const mirrors = small.roster(now).members.slice(0, 10)
    const place = { root: blog.id, rootVersion: 1, seq: 1, mirrors: mirrors.map((mirror) => mirror.id) }
    const head = await blog.add('head', 'online', { ...place, time: now, expires: now + 7 * 86_400_000 })
    const seed = sha256(utf8('outage'))
    const vault = await sealVault(seed, passphrase, seededRandom('form'), { n: options.cost ?? 2 ** 14, r: 8, p: 1 })
    const delegation = await makeOutageDelegation(
      {
        network: small.network.id,
        blog: blog.id,
        time: now,
        outageKey: signerOf('outage').key,
        vault,
        mayDeclare: options.mayDeclare ?? true,
      },
      signerOf('ana posting'),
      sha256,
    )
    const first: SignedObject[] = [...small.objects, blog.root, delegation, head]
    for (let i = 0; i < Math.min(10, count); i++) first.push(await blog.attestor(`m${i}`, now))
    if (options.up !== true) first.push(await blog.say('down', now, 6 * 3_600_000))
    const { form } = await namedFiles(builtFiles)
    try {
      for (let i = 0; i < count; i++) if (options.only?.includes(i) !== false) await net.#add(i, first, form)
    } catch (error) {
      await net.close()
      throw error
    }
    return net
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close()
  }

  async #add(i: number, first: readonly SignedObject[], form: FormAssets): Promise<void> {
    const clock = systemClock
    const log = silentLog
    const signer = signerOf(`m${i}`)
    const { dataDir } = this.#options
    const database = openDatabase({ path: dataDir === undefined ? ':memory:' : join(dataDir, `m${i}.db`) })
    const wire = createPeerWire({ loopback: true })
    const peers = new Peers({
      wire: new PeerReachability({ wire: delayed(wire, this.#options.roundTripMs ?? 0), clock }, { self: signer.key }),
    })
    const ledger = await Ledger.open(
      { store: await SqlObjectStore.open(database), clock, platform: nodePlatform, log },
      { network: this.small.network, self: signer.key },
    )
    const blobs =
      dataDir === undefined ? new MemoryBlobStore() : new FileBlobStore({ log }, { dir: join(dataDir, `m${i}-blobs`) })
    const attachments = new Attachments({ ledger, blobs, peers, sha256 })
    const hints = await SqlHintStore.open(database)
    const delivery = new Delivery({ ledger, peers })
    const replication = new Replication(
      { ledger, attachments, delivery, hints, clock, log, sha256, signer },
      {
        self: signer.key,
        receiptMs: this.#options.dataDir === undefined ? 50 : 2000,
        policy: { ...postPolicyDefaults, postsPerHour: this.#options.postsPerHour ?? postPolicyDefaults.postsPerHour },
      },
    )
    const answers = await ledger.accept(
      first.map((entry) => entry.envelope),
      'peer',
    )
    const bad = answers.find((answer) => answer.result === 'refused')
    if (bad !== undefined) throw new Error(JSON.stringify(bad))
    const door = new PostDoor({ ledger, replication, clock, sha256 }, { memberName: `m${i}`, assets: form })
    const rates = () => new Rates({ clock }, { perMinute: 100_000 })
    const routes = [
      ...objectRoutes({ ledger, keyRates: rates(), rootRates: rates() }),
      ...blobRoutes(blobs, replication),
      ...postRoutes({ ledger, clock, sha256, replication, door }),
      ...fileRoutes(builtFiles),
      ...returnRoutes({ ledger, facts: ledger, clock }, { url: `http://127.0.0.1:${this.#firstPort + i}/` }),
      ...blogRoutes({ ledger, clock, sha256, refusesObject: async () => false }),
      membersRoute(this.small),
    ]
    const api = new Api({ clock, log, rates: rates() }, { routes })
    const options = { host: '127.0.0.1', port: this.#firstPort + i, trustProxy: false, connectionsMax: 1000 }
    let http: HttpServer | null = null
    const member: FormMember = {
      url: `http://127.0.0.1:${options.port}/`,
      ledger,
      replication,
      blobs,
      async start() {
        const opened = new HttpServer({ api, front: { handle: () => false }, clock, log }, options)
        await opened.listen()
        http = opened
      },
      async stop() {
        const open = http
        http = null
        await open?.close()
      },
    }
    this.#closers.push(async () => {
      replication.stop()
      await wire.close()
      await member.stop()
      await database.close()
    })
    await member.start()
    this.members.push(member)
  }
}

function delayed(wire: Wire, roundTripMs: number): Wire {
  if (roundTripMs === 0) return wire
  return {
    async request(memberUrl, request) {
      await pause(systemClock, roundTripMs / 2)
      const answer = await wire.request(memberUrl, request)
      await pause(systemClock, roundTripMs / 2)
      return answer
    },
  }
}

async function blogOf(small: SmallNetwork, time: number): Promise<SmallBlog> {
  const fields = {
    version: 1,
    recovery: [signerOf('ana recovery').key],
    posting: [{ key: signerOf('ana posting').key, name: 'laptop' }],
    online: signerOf('ana online').key,
    signers: [],
    addresses: [`https://${blogHost}/`],
    title: 'The blog of Ana',
    revoked: [],
  }
  const root = await small.sign('root', 'ana recovery', { ...fields, time })
  return new SmallBlog(small, 'ana', `https://${blogHost}/`, root)
}

function membersRoute(small: SmallNetwork): Route {
  const objects = small.objects.map((entry) => entry.envelope)
  const handle = () => json({ network: small.network.envelope, objects })
  return { method: 'GET', path: '/dgos/v1/members', open: true, handle }
}

function blobRoutes(blobs: BlobStore, replication: Replication): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/blobs/:hash',
      open: true,
      handle: async (_, { hash }) => {
        const body = await blobs.get(hash!)
        return body === null ? refused(404, 'NOT_FOUND') : { status: 200, headers: {}, body }
      },
    },
    {
      method: 'PUT',
      path: '/dgos/v1/blobs/:hash',
      open: true,
      bodyBytesMax: 10 * 1024 * 1024,
      handle: async (request, { hash }) => {
        const taken = await replication.acceptBlob(hash!, request.body)
        return taken.ok ? json({ result: 'stored' }) : refused(409, taken.code, taken.detail)
      },
    },
  ]
}
