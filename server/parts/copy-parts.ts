/** The parts of a member by which copies of blogs exist, are whole, and can be read. */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { DnsText } from '../../lib/dns.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import type { ArchiveStore } from '../../mirror/archive/archive-store.ts'
import { Attestor, attestorDefaults } from '../../mirror/attestor.ts'
import { BlobKeeper, blobKeeperDefaults } from '../../mirror/blob-keeper.ts'
import { Capture, captureDefaults } from '../../mirror/capture/capture.ts'
import type { CaptureStore } from '../../mirror/capture/capture-store.ts'
import { CaptureRound, captureRoundDefaults } from '../../mirror/capture-round.ts'
import type { ForeignReader } from '../../mirror/foreign-reader.ts'
import type { Compress } from '../../mirror/pages/answers.ts'
import type { FactsSource } from '../../mirror/pages/facts.ts'
import { HubPing } from '../../mirror/pages/hub-ping.ts'
import { PageServer, pageDefaults } from '../../mirror/pages/page-server.ts'
import type { SiteTree } from '../../mirror/pages/site-folders.ts'
import type { VerifyScript } from '../../mirror/pages/verify-page.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { blogOf, type Key } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'
import type { MemberView } from '../../protocol/roster.ts'
import type { Intervals } from '../machine/intervals.ts'
import { type ArchiveParts, createArchiveParts } from './archive-parts.ts'

export type CopyPartsDeps = {
  readonly ledger: Ledger
  /** The ledger as pages see it: without what the operator refuses. */
  readonly facts: FactsSource
  readonly blobs: BlobStore
  readonly captures: CaptureStore
  readonly archives?: ArchiveStore
  readonly peers: Peers
  readonly web: Web
  readonly dnsText: DnsText
  readonly clock: Clock
  readonly random: Random
  readonly schedule: Schedule
  readonly log: Log
  readonly sha256: Sha256
  readonly signer: Signer
  /** Whether this member works for a blog that names it as its steward. */
  readonly serves?: (blog: BlogObjects) => Promise<boolean>
  /** The page tree for a web server in front. */
  readonly tree?: SiteTree
  readonly compress?: Compress
  /** Reads foreign documents: for captures and for pages. */
  readonly foreign: ForeignReader
}

export type CopyPartsOptions = {
  readonly self: Key
  readonly operator: Key | null
  readonly name: string
  readonly contact: string
  readonly url: string
  readonly contentUrl: string | null
  readonly userAgent: string
  readonly intervals: Intervals
  readonly blogBytesMax: number
  readonly archiveBytesMax: number
  readonly originBudgetPerHour: number
  readonly verify: VerifyScript | null
  /** Whether a member may stand on lists that are signed here. */
  readonly prefer: (member: MemberView) => boolean
}

export type CopyParts = {
  readonly capture: CaptureRound
  readonly blobKeeper: BlobKeeper
  readonly archive: ArchiveParts
  readonly attestor: Attestor
  readonly pages: PageServer
  start(): Promise<void>
  /** Ends all work. Resolves when no folder of the page tree is being healed any more. */
  stop(): Promise<void>
}

const pagesTickMs = 60_000

export function createCopyParts(deps: CopyPartsDeps, options: CopyPartsOptions): CopyParts {
  const { ledger, facts, blobs, signer, schedule, clock, log, sha256, tree, compress } = deps
  const { self, userAgent, intervals } = options
  const fast = intervals.captureMs < captureRoundDefaults.retryMs
  const capture = captureOf(deps, options, fast)
  const blobKeeper = new BlobKeeper(
    { ...deps, log: log.part('blob-keeper') },
    {
      ...blobKeeperDefaults,
      self: signer.key,
      blogBytesMax: options.blogBytesMax,
      ...(fast ? { retryMs: intervals.captureMs } : {}),
    },
  )
  const archive = createArchiveParts({ ...deps, blobKeeper }, { ...options, fastMs: fast ? intervals.captureMs : null })
  const attestor = new Attestor(
    { ...deps, log: log.part('attestor') },
    { ...attestorDefaults, userAgent, retryMs: intervals.attestMs },
  )
  const pages = new PageServer(
    {
      facts,
      blob: (hash) => blobs.get(hash),
      archive: archive.keeper,
      clock,
      log: log.part('pages'),
      sha256,
      ...(tree === undefined ? {} : { tree }),
      ...(compress === undefined ? {} : { compress }),
      foreign: deps.foreign,
    },
    {
      ...pageDefaults,
      self,
      url: options.url,
      contentUrl: options.contentUrl,
      memberName: options.name,
      contact: options.contact,
      verify: options.verify,
    },
  )
  const hubs = new HubPing({ facts, web: deps.web, clock, log: log.part('hubs'), sha256 }, { self, url: options.url })
  const lookMs = Math.min(5_000, intervals.attestMs)
  const ending = new AbortController()
  let healing = Promise.resolve()
  let cancels: readonly Cancel[] = []
  return {
    capture,
    blobKeeper,
    archive,
    attestor,
    pages,
    async start() {
      cancels = [
        blobKeeper.onKept((blog) => void pages.render(blog)),
        ledger.onStored((objects) => {
          for (const blog of new Set(objects.map(blogOf))) if (blog !== null) pages.refresh(blog)
          hubs.note(objects)
        }),
        schedule.every('pages', pagesTickMs, pagesTickMs / 6, () => pages.tick()),
        capture.start(schedule, lookMs),
        blobKeeper.start(schedule, Math.min(1_000, intervals.captureMs / 10)),
        attestor.start(schedule, lookMs, intervals.keepMs),
        ...archive.start(),
      ]
      healing = pages.heal(ending.signal)
    },
    async stop() {
      ending.abort()
      for (const cancel of cancels) cancel()
      hubs.stop()
      await healing
    },
  }
}

function captureOf(deps: CopyPartsDeps, options: CopyPartsOptions, fast: boolean): CaptureRound {
  const { signer, log } = deps
  const { userAgent, intervals, operator } = options
  return new CaptureRound(
    {
      ...deps,
      capture: new Capture(
        { ...deps, log: log.part('capture') },
        { ...captureDefaults, userAgent, originBudgetPerHour: options.originBudgetPerHour },
      ),
      log: log.part('capture'),
      signerOf: (key) => (key === signer.key ? signer : null),
    },
    {
      ...captureRoundDefaults,
      captureMs: intervals.captureMs,
      ...(fast ? { retryMs: intervals.captureMs } : {}),
      prefer: options.prefer,
      ...(operator === null ? {} : { sponsor: operator }),
    },
  )
}
