/**
 * A member, joined together from its parts. Everything outside (clock, random, network, disk) is handed in, so that the
 * same function makes the member of a real server, of a test and of a simulated network.
 */
import type { BlobStore } from '../lib/blob-store.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Schedule } from '../lib/schedule.ts'
import type { Web } from '../lib/web.ts'
import { Ledger } from '../mirror/ledger.ts'
import type { ObjectStore } from '../mirror/object-store.ts'
import { Peers, type Wire } from '../mirror/peers.ts'
import type { Key, SignedObject } from '../protocol/objects.ts'
import type { Platform, Signer } from '../protocol/platform.ts'
import { Audits } from './audits.ts'
import type { MemberFields } from './founding.ts'
import { vouch } from './founding.ts'
import { acceptAll, Gossip } from './gossip.ts'
import { Api } from './http/api.ts'
import { Metrics } from './http/metrics.ts'
import { Rates } from './http/rates.ts'
import { routesOf } from './http/routes.ts'
import type { Front } from './http/server.ts'
import type { Intervals } from './intervals.ts'
import { JoinRequests } from './join-requests.ts'
import { LiveSets } from './live-sets.ts'
import { Membership } from './membership.ts'
import { Reach } from './reach.ts'
import { Spread } from './spread.ts'
import { Wake } from './wake.ts'

export type MemberDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly platform: Platform
  readonly schedule: Schedule
  readonly web: Web
  readonly wire: Wire
  readonly objects: ObjectStore
  readonly blobs: BlobStore
  /** Signs with this member's current key. */
  readonly signer: Signer
  /** null where the operator keeps the key elsewhere. */
  readonly operator: Signer | null
}

export type MemberOptions = {
  readonly network: SignedObject<'network'>
  /** First key of this member: its lasting name. */
  readonly self: Key
  readonly nextKey: Key
  readonly fields: MemberFields
  readonly intervals: Intervals
  readonly perAddressPerMinute: number
  readonly perKeyPerMinute: number
}

export type Member = {
  readonly key: Key
  readonly api: Api
  /** Ready answers from memory; null where this member serves no pages. */
  readonly front: Front | null
  readonly ledger: Ledger
  readonly metrics: Metrics
  readonly gossip: Gossip
  readonly membership: Membership
  start(): Promise<void>
  /** Ends all work. Resolves when nothing of this member runs any more. */
  stop(): Promise<void>
}

/** Partners of one round of gossip, and members that hear urgent objects at once. */
const partners = 3
const randomMembers = 20

export async function createMember(deps: MemberDeps, options: MemberOptions): Promise<Member> {
  const { clock, random, log, platform, schedule, blobs, signer, operator } = deps
  const { self, intervals, network } = options
  const { sha256 } = platform
  const wire = new Reach({ wire: deps.wire, clock })
  const peers = new Peers({ wire })
  const ledger = await Ledger.open({ store: deps.objects, clock, platform, log: log.part('ledger') }, { network, self })
  const sets = new LiveSets({ ledger, clock, sha256 })
  const gossip = new Gossip({ ledger, sets, peers, random, clock, log: log.part('gossip'), sha256 }, { self, partners })
  new Spread({ ledger, sets, peers, random, clock, log: log.part('spread') }, { self, randomMembers })
  const membership = new Membership(
    { ledger, signer, clock, log: log.part('membership'), sha256 },
    { self, nextKey: options.nextKey, fields: options.fields },
  )
  const audits = new Audits({ ledger, sets, blobs, wire, random, clock, log: log.part('audits'), sha256 }, { self })
  const wake = new Wake({ ledger, peers, clock, log: log.part('wake') }, { self, wakeMs: intervals.wakeMs })
  wake.does(() => gossip.round())
  const requests = new JoinRequests(
    {
      clock,
      vouch:
        operator === null
          ? null
          : async ({ member, operator: invited }) => {
              const fields = { invited: member, operator: invited, region: 'unknown', block: 'ffff' }
              const voucher = await vouch({ clock, random, sha256 }, network, operator, fields)
              await acceptAll(ledger, [voucher.envelope])
            },
    },
    { policy: options.fields.join },
  )
  const metrics = new Metrics()
  metrics.watch({ blogs: () => blogsByState(ledger), members: () => ledger.roster().members.length })

  let ready = false
  const cancels: Cancel[] = []
  const api = new Api(
    {
      clock,
      log: log.part('http'),
      rates: new Rates({ clock }, { perMinute: options.perAddressPerMinute }),
      seen: metrics.seen,
    },
    {
      routes: routesOf({
        ledger,
        sets,
        peers,
        blobs,
        clock,
        random,
        sha256,
        self,
        requests,
        metrics,
        keyRates: new Rates({ clock }, { perMinute: options.perKeyPerMinute }),
        wake: () => wake.called(),
        ready: () => ready,
      }),
    },
  )

  return {
    key: self,
    api,
    front: null,
    ledger,
    metrics,
    gossip,
    membership,
    async start() {
      const kept = await membership.keep()
      if (!kept.ok) log.warn('not-a-member-yet', { detail: kept.detail })
      const { syncMs, auditMs, wakeMs, keepMs } = intervals
      cancels.push(
        schedule.every('gossip', syncMs, syncMs / 4, () => gossip.round()),
        schedule.every('audit', auditMs, auditMs / 2, () => audits.round()),
        schedule.every('wake', wakeMs, wakeMs / 4, () => wake.round()),
        schedule.every('keep-record', keepMs, keepMs / 4, async () => {
          await membership.keep()
        }),
        schedule.every('tick', 60_000, 1_000, () => ledger.tick()),
      )
      ready = true
      log.info('member-started', { member: self, network: network.id })
    },
    async stop() {
      ready = false
      for (const cancel of cancels.splice(0)) cancel()
      log.info('member-stopped', { member: self })
    },
  }
}

async function blogsByState(ledger: Ledger): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = { up: 0, suspected: 0, down: 0, returning: 0 }
  for (const blog of ledger.blogs()) {
    const { state } = await ledger.state(blog)
    counts[state] = (counts[state] ?? 0) + 1
  }
  return counts
}
