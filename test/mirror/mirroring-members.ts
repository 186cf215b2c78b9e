/** A test network whose members only capture and keep copies of one blog, "ana" at http://ana.example/. */
import { Peers } from '../../ledger/peers.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Web } from '../../lib/web.ts'
import { ArchiveFiller, archiveFillerDefaults } from '../../mirror/archive/archive-filler.ts'
import { ArchiveKeeper, type ArchiveKeeperOptions, archiveKeeperDefaults } from '../../mirror/archive/archive-keeper.ts'
import { ArchiveRound, archiveRoundDefaults } from '../../mirror/archive/archive-round.ts'
import { SqlArchiveStore } from '../../mirror/archive/sql-archive-store.ts'
import { Attestor, attestorDefaults } from '../../mirror/attestor.ts'
import { BlobKeeper, type BlobKeeperOptions, blobKeeperDefaults } from '../../mirror/blob-keeper.ts'
import { OriginBudget } from '../../mirror/capture/budget.ts'
import { Capture, captureDefaults } from '../../mirror/capture/capture.ts'
import { CaptureRound, captureRoundDefaults } from '../../mirror/capture-round.ts'
import { ForeignReader } from '../../mirror/foreign-reader.ts'
import { MirrorFetcher } from '../../mirror/mirror-fetcher.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'
import { bareAnswer, openLedger } from '../support/bare-member.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { PageWeb } from '../support/page-web.ts'
import { rootOf, type SmallNetwork, signerOf } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { type Ground, type Made, type TestMember, TestNetwork } from '../support/test-network.ts'
import type { VirtualClock } from '../support/virtual-clock.ts'

const { sha256 } = nodePlatform

async function mirroringMember(
  ground: Ground,
  limits: Partial<BlobKeeperOptions>,
  archiveLimits: Partial<ArchiveKeeperOptions>,
) {
  const { clock, web, signer, blobs, wire, name } = ground
  const ledger = await openLedger(ground)
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
  const archives = await SqlArchiveStore.open(ground.database)
  const budget = new OriginBudget(ground, { requestsPerHour: limitDefaults.originBudgetPerHour / 2 })
  const filler = new ArchiveFiller(
    { ...common, archives, budget, foreign: new ForeignReader(common) },
    { ...archiveFillerDefaults, userAgent: 'DGOS test' },
  )
  const archiveRound = new ArchiveRound({ ...common, archives, filler, signerOf: own }, archiveRoundDefaults)
  const archiveKeeper = new ArchiveKeeper(
    {
      ...common,
      fetcher: new MirrorFetcher({ ...common, random, peers }, { self: signer.key }),
      drop: (candidates) => blobKeeper.drop(candidates),
    },
    { ...archiveKeeperDefaults, self: signer.key, archiveBytesMax: 10_000_000, ...archiveLimits },
  )
  blobKeeper.addReferences(() => archiveRound.references())
  blobKeeper.addReferences(() => archiveKeeper.references())
  const archiving = { archives, archiveRound, archiveKeeper }
  const answer: Made['answer'] = (request) => bareAnswer({ ledger, blobs, clock }, request)
  return { ledger, captures, capture, round, blobKeeper, attestor, ...archiving, sha256, answer }
}

type MirroringParts = Awaited<ReturnType<typeof mirroringMember>>
export type MirroringMember = TestMember<MirroringParts>

export type MirroringOptions = {
  /** Members that the root names as head signers. */
  readonly signers?: readonly string[]
  /** The member that is the blog's own server: its key is the online key. */
  readonly online?: string
  readonly blobKeeper?: Partial<BlobKeeperOptions>
  readonly archiveKeeper?: Partial<ArchiveKeeperOptions>
  readonly attested?: boolean
  /** The real web and a real address, in place of pages in memory. */
  readonly real?: { readonly web: Web; readonly address: string }
}

export class MirroringMembers {
  readonly net: TestNetwork<MirroringParts>
  readonly web: PageWeb
  readonly root: SignedObject<'root'>

  private constructor(net: TestNetwork<MirroringParts>, web: PageWeb, root: SignedObject<'root'>) {
    this.net = net
    this.web = web
    this.root = root
  }

  static async create(t: Cleanup, members: number, options: MirroringOptions = {}): Promise<MirroringMembers> {
    const web = new PageWeb()
    const make = (ground: Ground) => mirroringMember(ground, options.blobKeeper ?? {}, options.archiveKeeper ?? {})
    const net = await TestNetwork.create(t, { members, make, web: options.real?.web ?? web })
    const root = await net.small.sign('root', 'ana recovery', rootFields(options))
    const mirroring = new MirroringMembers(net, web, root)
    await net.give([root])
    if (options.attested === false) return mirroring
    for (const { ledger, signer } of net.members)
      await ledger.publish('attestation', { blog: root.id, address: mirroring.blog.address, marker: 'tag' }, signer)
    await mirroring.spread()
    return mirroring
  }

  get blog(): { readonly id: string; readonly address: string } {
    return { id: this.root.id, address: this.root.payload.addresses[0]! }
  }

  get clock(): VirtualClock {
    return this.net.clock
  }

  get small(): SmallNetwork {
    return this.net.small
  }

  all(): readonly MirroringMember[] {
    return this.net.members
  }

  member(name: string): MirroringMember {
    return this.net.members.find((member) => member.name === name)!
  }

  /** What gossip does: every live object of the blog at every member, snapshots at the mirrors that ask. */
  async spread(kinds: readonly string[] = ['root', 'delegation', 'head', 'attestation', 'declaration', 'post']) {
    for (const from of this.all()) {
      const live = (await from.ledger.live(this.root.id)).filter((object) => kinds.includes(object.kind))
      const envelopes = live.map((object) => object.envelope)
      for (const to of this.all()) if (to !== from) await to.ledger.accept(envelopes, 'peer')
    }
  }
}

export function rootFields({ signers = [], online, real }: MirroringOptions) {
  const { online: _, ...fields } = rootOf('ana', real?.address ?? 'http://ana.example/')
  const own = online === undefined ? {} : { online: signerOf(online).key }
  return { ...fields, ...own, title: 'Ana', signers: signers.map((name) => signerOf(name).key) }
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
