/** A test network on loopback sockets whose members take posts: the form is opened in a real browser against them. */
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
import { Peers } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { type BlobStore, FileBlobStore } from '../../lib/blob-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { PeerReachability } from '../../network/peer-reachability.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { Api, json, type Route, refused } from '../../server/http/api.ts'
import { fileRoutes, namedFiles } from '../../server/http/file-routes.ts'
import { Rates } from '../../server/http/rates.ts'
import { blogRoutes } from '../../server/http/routes/blogs.ts'
import { objectRoutes } from '../../server/http/routes/objects.ts'
import { postRoutes } from '../../server/http/routes/posts.ts'
import { returnRoutes } from '../../server/http/routes/return.ts'
import { bareAnswer, openLedger } from '../support/bare-member.ts'
import { builtFiles } from '../support/built-files.ts'
import { dayMs, rootOf, SmallBlog, type SmallNetwork, signerOf } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { type Ground, type Made, type TestMember, TestNetwork } from '../support/test-network.ts'

export const passphrase = 'river candle stone apple lemon tiger'
export const blogHost = 'ana.example'
const { sha256 } = nodePlatform

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

type FormParts = Made & { readonly replication: Replication }
export type FormMember = TestMember<FormParts>

export class FormMembers {
  readonly net: TestNetwork<FormParts>
  readonly blog: SmallBlog

  private constructor(net: TestNetwork<FormParts>, blog: SmallBlog) {
    this.net = net
    this.blog = blog
  }

  static async create(t: Cleanup, members: number, options: FormMembersOptions = {}): Promise<FormMembers> {
    const now = options.now ?? Date.now() - 60_000
    const { form } = await namedFiles(builtFiles)
    let small: SmallNetwork | null = null
    const make = (ground: Ground) => formMember(ground, { ...options, form, network: () => small! })
    const { only, firstPort, roundTripMs } = options
    const given = { ...(only && { only }), ...(firstPort && { firstPort }), ...(roundTripMs && { roundTripMs }) }
    const net = await TestNetwork.create(t, { members, wire: 'http', nowMs: () => now, make, ...given })
    small = net.small
    const blog = await blogOf(small, options)
    const running = net.members.filter((member) => member !== undefined)
    for (const { ledger } of running) {
      const answers = await ledger.accept(
        blog.kept.map((object) => object.envelope),
        'peer',
      )
      const bad = answers.find((answer) => answer.result === 'refused')
      if (bad !== undefined) throw new Error(JSON.stringify(bad))
    }
    return new FormMembers(net, blog)
  }

  get members(): readonly FormMember[] {
    return this.net.members
  }

  /** Nobody answers there any more. */
  unplug(i: number): Promise<void> {
    return this.net.unplug(i)
  }

  get small(): SmallNetwork {
    return this.net.small
  }
}

/** The blog, its outage key in a vault, its mirrors and its marker; down by its author's word unless `up` is set. */
async function blogOf(small: SmallNetwork, options: FormMembersOptions): Promise<SmallBlog> {
  const address = `https://${blogHost}/`
  const fields = { ...rootOf('ana', address), title: 'The blog of Ana' }
  const blog = new SmallBlog(small, 'ana', address, await small.sign('root', 'ana recovery', fields))
  const time = small.nowMs()
  const vault = await sealVault(sha256(utf8('outage')), passphrase, seededRandom('form'), {
    n: options.cost ?? 2 ** 14,
    r: 8,
    p: 1,
  })
  const key = { outageKey: signerOf('outage').key, vault, mayDeclare: options.mayDeclare ?? true }
  const about = { network: small.network.id, blog: blog.id, time }
  blog.kept.push(await makeOutageDelegation({ ...about, ...key }, signerOf('ana posting'), sha256))
  const mirrors = small.roster().members.slice(0, 10)
  const place = { root: blog.id, rootVersion: 1, seq: 1, mirrors: mirrors.map((mirror) => mirror.id) }
  await blog.add('head', 'online', { ...place, expires: time + 7 * dayMs })
  for (let i = 0; i < Math.min(10, small.roster().members.length); i++) await blog.attestor(`m${i}`)
  if (options.up !== true) await blog.say('down', time, 6 * 3_600_000)
  return blog
}

type FormMemberOptions = FormMembersOptions & {
  readonly form: FormAssets
  readonly network: () => SmallNetwork
}

async function formMember(ground: Ground, options: FormMemberOptions): Promise<FormParts> {
  const { clock, name, url, signer, wire } = ground
  const { dataDir, form, postsPerHour = postPolicyDefaults.postsPerHour } = options
  const log = silentLog
  const database = dataDir === undefined ? ground.database : openDatabase({ path: join(dataDir, `${name}.db`) })
  const blobs =
    dataDir === undefined ? ground.blobs : new FileBlobStore({ log }, { dir: join(dataDir, `${name}-blobs`) })
  const peers = new Peers({ wire: new PeerReachability({ wire, clock }, { self: signer.key }) })
  const ledger = await openLedger(ground, { store: await SqlObjectStore.open(database) })
  const attachments = new Attachments({ ledger, blobs, peers, sha256 })
  const hints = await SqlHintStore.open(database)
  const delivery = new Delivery({ ledger, peers })
  const replication = new Replication(
    { ledger, attachments, delivery, hints, clock, log, sha256, signer },
    { self: signer.key, receiptMs: dataDir === undefined ? 50 : 2000, policy: { ...postPolicyDefaults, postsPerHour } },
  )
  const door = new PostDoor({ ledger, replication, clock, sha256 }, { memberName: name, assets: form })
  const rates = () => new Rates({ clock }, { perMinute: 100_000 })
  const routes = [
    ...objectRoutes({
      ...{ ledger, keyRates: rates(), rootRates: rates() },
      receiptOf: (post) => replication.receiptOf(post),
    }),
    ...blobRoutes(blobs, replication),
    ...postRoutes({ ledger, clock, sha256, replication, door }),
    ...fileRoutes(builtFiles),
    ...returnRoutes({ ledger, facts: ledger, clock }, { url }),
    ...blogRoutes({ ledger, clock, sha256, refusesObject: async () => false }),
    membersRoute(options.network),
  ]
  return {
    ledger,
    replication,
    api: new Api({ clock, log, rates: rates() }, { routes }),
    answer: (request) => bareAnswer({ ledger, blobs, clock }, request),
    async stop() {
      replication.stop()
      if (database !== ground.database) await database.close()
    },
  }
}

function membersRoute(small: () => SmallNetwork): Route {
  const handle = () => {
    const { network, objects } = small()
    return json({ network: network.envelope, objects: objects.map((object) => object.envelope) })
  }
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
        if (!taken.ok) return refused(409, taken.code, taken.detail)
        const asks = request.query.has('receipts')
        return json({ result: 'stored', ...(asks ? { receipts: await replication.receiptsOf(hash!) } : {}) })
      },
    },
  ]
}
