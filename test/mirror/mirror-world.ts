/** Several members in one process, each with its own ledger, blobs and memory, and a wire between them that fails on demand. */

import { Ledger } from '../../ledger/ledger.ts'
import { Peers, type Wire } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Web } from '../../lib/web.ts'
import { Attestor, attestorDefaults } from '../../mirror/attestor.ts'
import { BlobKeeper, type BlobKeeperOptions, blobKeeperDefaults } from '../../mirror/blob-keeper.ts'
import { Capture, captureDefaults } from '../../mirror/capture/capture.ts'
import { CaptureRound, captureRoundDefaults } from '../../mirror/capture-round.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Payloads, SignedObject } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { PageWeb } from '../support/page-web.ts'
import { SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

export type World = Awaited<ReturnType<typeof openWorld>>

const { sha256 } = nodePlatform

export type WorldMember = Awaited<ReturnType<typeof openMember>>

type MemberParts = {
  readonly net: SmallNetwork
  readonly clock: VirtualClock
  readonly web: Web
  readonly wire: Wire
  readonly blobKeeper: Partial<BlobKeeperOptions>
}

async function openMember(name: string, { net, clock, web, wire, blobKeeper: limits }: MemberParts) {
  const signer = signerOf(name)
  const store = await SqlObjectStore.open(openDatabase({ path: ':memory:' }))
  const options = { network: net.network, self: signer.key }
  const ledger = await Ledger.open({ store, clock, platform: nodePlatform, log: silentLog }, options)
  const blobs = new MemoryBlobStore()
  const captures = new MemoryCaptureStore()
  const common = { ledger, blobs, captures, clock, log: silentLog, sha256, web, signer }
  const random = seededRandom(name)
  const capture = new Capture(common, { ...captureDefaults, ...limitDefaults, userAgent: 'DGOS test' })
  const { captureMs, attestMs } = intervalsOf({ fast: false })
  const own = (key: string) => (key === signer.key ? signer : null)
  const round = new CaptureRound({ ...common, random, capture, signerOf: own }, { ...captureRoundDefaults, captureMs })
  const peers = new Peers({ wire })
  const blobKeeper = new BlobKeeper(
    { ...common, random, peers },
    { ...blobKeeperDefaults, ...limitDefaults, self: signer.key, ...limits },
  )
  const attestor = new Attestor(
    { ...common, dnsText: async () => [] },
    { ...attestorDefaults, retryMs: attestMs, userAgent: 'DGOS test' },
  )
  return { name, ...common, round, blobKeeper, attestor }
}

/** `count` founders; blog "ana" at http://ana.example/ whose root names the given members as head signers. */
export async function openWorld(
  count: number,
  options: {
    readonly signers?: readonly string[]
    /** The member that is the blog's own server: its key is the online key. */
    readonly online?: string
    readonly blobKeeper?: Partial<BlobKeeperOptions>
    readonly attested?: boolean
    /** The real web and a real address, in place of pages in memory. */
    readonly real?: { readonly web: Web; readonly address: string }
  } = {},
) {
  const clock = new VirtualClock({ startMs })
  const web = new PageWeb()
  const net = await SmallNetwork.found(count, (i) => `http://m${i}.example/`)
  const members = new Map<string, WorldMember>()
  const cut = new Set<string>()
  /** Bytes that blobs and objects cost on the wire, by receiving member. */
  const traffic = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const name = `m${i}`
    const parts = {
      net,
      clock,
      web: options.real?.web ?? web,
      wire: wireOf(name),
      blobKeeper: options.blobKeeper ?? {},
    }
    members.set(name, await openMember(name, parts))
  }

  function wireOf(from: string): Wire {
    return {
      async request(url, { path }) {
        const name = new URL(url).hostname.split('.')[0]!
        const member = members.get(name)
        if (member === undefined || cut.has(name)) return { ok: false, reason: 'unreachable' }
        const [, , what, id] = path.split('/')
        const body = what === 'blobs' ? await member.blobs.get(id!) : await objectBytes(member, id!)
        traffic.set(from, (traffic.get(from) ?? 0) + (body?.length ?? 0))
        return body === null ? { ok: true, status: 404, body: utf8('') } : { ok: true, status: 200, body }
      },
    }
  }

  const all = () => [...members.values()]
  /** What gossip does: every live object of the blog at every member, snapshots at the mirrors that ask. */
  const spread = async (
    kinds: readonly string[] = ['root', 'delegation', 'head', 'attestation', 'declaration', 'post'],
  ) => {
    for (const from of all()) {
      const live = (await from.ledger.live(blog.id)).filter((entry) => kinds.includes(entry.kind))
      for (const to of all())
        if (to !== from)
          await to.ledger.accept(
            live.map((entry) => entry.envelope),
            'peer',
          )
    }
  }

  for (const member of all())
    await member.ledger.accept(
      net.objects.map((entry) => entry.envelope),
      'peer',
    )
  const address = options.real?.address ?? 'http://ana.example/'
  const online = options.online === undefined ? {} : { online: signerOf(options.online).key }
  const fields = { ...rootFields(options.signers ?? []), ...online, addresses: [address] }
  const root = await net.sign('root', 'ana recovery', fields)
  const blog = { id: root.id, address }
  for (const member of all()) await member.ledger.accept([root.envelope], 'author')
  if (options.attested !== false) {
    for (const member of all()) {
      const fields = { blog: blog.id, address: blog.address, marker: 'tag' as const }
      await member.ledger.publish('attestation', fields, member.signer)
    }
    await spread()
  }
  return {
    clock,
    web,
    net,
    members,
    all,
    member: (name: string) => members.get(name)!,
    cut,
    traffic,
    blog,
    root,
    spread,
  }
}

export function rootFields(signers: readonly string[]): Omit<Payloads['root'], 'key' | 'network' | 'time'> {
  return {
    version: 1,
    recovery: [signerOf('ana recovery').key],
    posting: [{ key: signerOf('ana posting').key, name: 'laptop' }],
    signers: signers.map((name) => signerOf(name).key),
    addresses: ['http://ana.example/'],
    title: 'Ana',
    revoked: [],
  }
}

async function objectBytes(member: WorldMember, id: string): Promise<Uint8Array | null> {
  const object: SignedObject | null = await member.ledger.object(id)
  return object === null ? null : utf8(JSON.stringify(object.envelope))
}

/** A small site with a stylesheet, an image and one post, all with validators. */
export function putSite(web: PageWeb, blog: string, title = 'Ana writes'): void {
  const home = 'http://ana.example/'
  const text = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ')
  web.put(
    home,
    `<title>Ana</title><meta name=dgos content="${blog}"><link rel=stylesheet href=s.css><link rel=alternate type=application/atom+xml href=feed.xml><h1>${title}</h1><p>${text}</p><img src=a.svg>`,
  )
  web.put(`${home}s.css`, 'body{color:black}', 'text/css')
  web.put(`${home}a.svg`, '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml')
  web.put(
    `${home}feed.xml`,
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>one</id><link href="/one/"/></entry></feed>',
    'application/atom+xml',
  )
  web.put(`${home}one/`, `<title>One</title><article>${text} one</article><img src=/secret.svg>`)
  web.put(`${home}secret.svg`, '<svg xmlns="http://www.w3.org/2000/svg"><title>secret</title></svg>', 'image/svg+xml')
}
