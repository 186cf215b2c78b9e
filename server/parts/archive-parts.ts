/** The parts of a member by which whole blogs are archived and kept. */
import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import { ArchiveFiller, archiveFillerDefaults } from '../../mirror/archive/archive-filler.ts'
import { ArchiveKeeper, archiveKeeperDefaults } from '../../mirror/archive/archive-keeper.ts'
import { ArchiveRound, archiveRoundDefaults } from '../../mirror/archive/archive-round.ts'
import type { ArchiveStore } from '../../mirror/archive/archive-store.ts'
import type { BlobKeeper } from '../../mirror/blob-keeper.ts'
import { OriginBudget } from '../../mirror/capture/budget.ts'
import type { ForeignReader } from '../../mirror/foreign-reader.ts'
import { MirrorFetcher } from '../../mirror/mirror-fetcher.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'

export type ArchivePartsDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly blobKeeper: BlobKeeper
  /** Without it this member keeps archives and fills none. */
  readonly archives?: ArchiveStore
  readonly peers: Peers
  readonly web: Web
  readonly clock: Clock
  readonly random: Random
  readonly schedule: Schedule
  readonly log: Log
  readonly sha256: Sha256
  readonly signer: Signer
  /** Reads foreign documents: the same for captures, pages and archives, so that what is too costly rests for all. */
  readonly foreign: ForeignReader
  readonly serves?: (blog: BlogObjects) => Promise<boolean>
}
export type ArchivePartsOptions = {
  readonly userAgent: string
  readonly archiveBytesMax: number
  readonly originBudgetPerHour: number
  /** A demonstration: everything happens in seconds. */
  readonly fastMs: number | null
}

export type ArchiveParts = {
  readonly keeper: ArchiveKeeper
  readonly round: ArchiveRound | null
  start(): readonly Cancel[]
}

/** Captures come first: an archive takes this share of what an origin may be asked. */
const budgetShare = 0.5
const lookMs = 5_000

export function createArchiveParts(deps: ArchivePartsDeps, options: ArchivePartsOptions): ArchiveParts {
  const { signer, blobKeeper, schedule } = deps
  const log = deps.log.part('archive')
  const { archiveBytesMax, fastMs } = options
  const round = roundOf(deps, options)
  const fetcher = new MirrorFetcher(deps, { self: signer.key })
  const keeper = new ArchiveKeeper(
    { ...deps, log, fetcher, drop: (candidates) => blobKeeper.drop(candidates) },
    { ...archiveKeeperDefaults, self: signer.key, archiveBytesMax },
  )
  if (round !== null) blobKeeper.addReferences(() => round.references())
  blobKeeper.addReferences(() => keeper.references())
  return {
    keeper,
    round,
    start: () => [
      ...(round === null ? [] : [round.start(schedule)]),
      keeper.start(schedule, Math.min(lookMs, fastMs ?? lookMs)),
    ],
  }
}

function roundOf(deps: ArchivePartsDeps, options: ArchivePartsOptions): ArchiveRound | null {
  const { archives, signer } = deps
  const { userAgent, originBudgetPerHour, fastMs } = options
  if (archives === undefined) return null
  const budget = new OriginBudget(deps, { requestsPerHour: Math.ceil(originBudgetPerHour * budgetShare) })
  const filler = new ArchiveFiller({ ...deps, archives, budget }, { ...archiveFillerDefaults, userAgent })
  const signerOf = (key: string) => (key === signer.key ? signer : null)
  const often = fastMs === null ? {} : { everyMs: fastMs, signMs: fastMs }
  const parts = { ...deps, archives, filler, signerOf, log: deps.log.part('archive') }
  return new ArchiveRound(parts, { ...archiveRoundDefaults, ...often })
}
