/** The parts of a member by which an outage is noticed, said, told to the author, listed for beacons, and ended. */
import { Checkpoints } from '../../activation/checkpoints.ts'
import { ContactConsents } from '../../activation/contact-consents.ts'
import type { Mailer } from '../../activation/mailer.ts'
import type { NoticeStore } from '../../activation/notice-store.ts'
import { Notices } from '../../activation/notices.ts'
import { Outages } from '../../activation/outages.ts'
import { AbsentSeats } from '../../activation/watch/absent-seats.ts'
import { Verdict } from '../../activation/watch/verdict.ts'
import { Watch } from '../../activation/watch/watch.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { Platform, Signer } from '../../protocol/platform.ts'
import type { Intervals } from '../machine/intervals.ts'

export type OutagePartsDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly peers: Peers
  readonly web: Web
  readonly mailer: Mailer | null
  readonly notices: NoticeStore
  /** Where authors are told of what came through their doors for mail. */
  readonly noticesOf?: (blog: Hash) => Promise<readonly string[]>
  readonly clock: Clock
  readonly random: Random
  readonly schedule: Schedule
  readonly platform: Platform
  readonly signer: Signer
  readonly log: Log
}
export type OutagePartsOptions = {
  readonly self: Key
  readonly url: string
  readonly name: string
  readonly userAgent: string
  readonly intervals: Intervals
}

export type OutageParts = {
  readonly watch: Watch
  readonly absentSeats: AbsentSeats
  readonly outages: Outages
  readonly notices: Notices
  readonly consents: ContactConsents
  start(): Promise<void>
  stop(): void
}

/** Between the turns of watchers to declare: long enough for a declaration to reach the next. */
const declareTurnMs = 2_000
/** Between the turns of those who can tell the author. */
const tellTurnMs = 600_000
const tellRetryMs = [30_000, 300_000]

export function createOutageParts(deps: OutagePartsDeps, options: OutagePartsOptions): OutageParts {
  const { self, url, userAgent, intervals } = options
  const { probeMs, retryMs, downProbeMs, checkpointMs, outageListMs } = intervals
  const { log } = deps
  const absentSeats = new AbsentSeats(deps)
  const watch = new Watch(
    { ...deps, absentSeats, log: log.part('watch') },
    { self, userAgent, probeMs, retryMs, downProbeMs },
  )
  const turnMs = Math.min(declareTurnMs, retryMs[0])
  const verdict = new Verdict({ ...deps, log: log.part('verdict') }, { self, turnMs })
  const checkpoints = new Checkpoints({ ...deps, log: log.part('checkpoints') }, { self, checkpointMs })
  const outages = new Outages({ ...deps, log: log.part('outages') }, { self, rebuildMs: outageListMs })
  const consents = new ContactConsents(
    { ...deps, store: deps.notices, log: log.part('contacts'), sha256: deps.platform.sha256 },
    { url, name: options.name },
  )
  const notices = new Notices(
    { ...deps, store: deps.notices, consents, log: log.part('notices') },
    { self, url, turnMs: tellTurnMs, retryMs: tellRetryMs },
  )
  return {
    watch,
    absentSeats,
    outages,
    notices,
    consents,
    async start() {
      consents.start()
      verdict.start()
      checkpoints.start()
      await outages.start()
      await notices.start()
      await watch.start()
    },
    stop() {
      watch.stop()
      verdict.stop()
      checkpoints.stop()
      outages.stop()
      notices.stop()
      consents.stop()
    },
  }
}
