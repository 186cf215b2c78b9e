/**
 * A member, joined together from its parts. Everything outside (clock, random, network, disk) is handed in, so that the
 * same function makes the member of a real server, of a test and of a simulated network.
 */

import type { PassStore } from '../activation/doors/gateway/pass-store.ts'
import { PostDoor } from '../activation/doors/post-door.ts'
import type { Mailer } from '../activation/mailer.ts'
import type { NoticeStore } from '../activation/notice-store.ts'
import type { HintStore } from '../activation/posts/hint-store.ts'
import type { Replication } from '../activation/posts/replication.ts'
import type { BlobStore } from '../lib/blob-store.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { DnsText } from '../lib/dns-text.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Schedule } from '../lib/schedule.ts'
import type { Web } from '../lib/web.ts'
import { captureDefaults } from '../mirror/capture/capture.ts'
import type { CaptureStore } from '../mirror/capture/capture-store.ts'
import { keepingDefaults } from '../mirror/keeping.ts'
import { Ledger } from '../mirror/ledger.ts'
import type { ObjectStore } from '../mirror/object-store.ts'
import type { Compress } from '../mirror/pages/answers.ts'
import type { SiteTree } from '../mirror/pages/site-folders.ts'
import { Peers, type Wire } from '../mirror/peers.ts'
import type { Hash, Key, SignedObject } from '../protocol/objects.ts'
import type { Platform, Signer } from '../protocol/platform.ts'
import { type Alarm, createAlarm } from './alarm.ts'
import { Audits } from './audits.ts'
import { BlogRequests } from './blog-requests.ts'
import { type Copies, createCopies } from './copies.ts'
import { DnsHook, type HookMemory, type RunHook } from './dns-hook.ts'
import { createDoors, type Doors } from './doors.ts'
import type { FormFiles } from './form-files.ts'
import type { MemberFields } from './founding.ts'
import { Gossip } from './gossip.ts'
import { Api } from './http/api.ts'
import { Metrics } from './http/metrics.ts'
import { Rates } from './http/rates.ts'
import { routesOf } from './http/routes.ts'
import type { Front } from './http/server.ts'
import { noStatics, type Statics } from './http/statics.ts'
import type { Intervals } from './intervals.ts'
import type { InvitationStore } from './invitation-store.ts'
import { JoinRequests, openDoor } from './join-requests.ts'
import type { KitFiles } from './kit-files.ts'
import { LiveSets } from './live-sets.ts'
import { Membership } from './membership.ts'
import { createPosting } from './posting.ts'
import { Quotas } from './quotas.ts'
import { Reach } from './reach.ts'
import { OwnNameFront } from './readers/own-name-front.ts'
import { OwnNames } from './readers/own-names.ts'
import { Refusals } from './refusals.ts'
import { Spread } from './spread.ts'
import { Status } from './status/status.ts'
import type { VerifyFile } from './verify-file.ts'
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
  readonly captures: CaptureStore
  readonly hints: HintStore
  readonly notices: NoticeStore
  readonly invitations: InvitationStore
  readonly dnsText: DnsText
  /** null where the operator has set no mail server. */
  readonly mailer: Mailer | null
  /** Files for browsers. Without them the member serves no beacon, and its form takes signed files only. */
  readonly statics?: Statics
  readonly form?: FormFiles
  /** Passes of mail and apps. Without it there are no such doors. */
  readonly passes?: PassStore
  readonly verify?: VerifyFile
  /** The operator's program for names, and where its last word is kept. */
  readonly dnsHook?: { readonly run: RunHook; readonly memory: HookMemory }
  /** The program of the kit. Without it the member enrols no blogs by `/join`. */
  readonly kit?: KitFiles
  /** The page tree for a web server in front, where the operator wants one. */
  readonly tree?: SiteTree
  /** Packs pages. A simulation, whose readers have no narrow lines, leaves them as they are. */
  readonly compress?: Compress
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
  /** New blogs that one address may hand in within a minute. */
  readonly blogsPerMinute?: number
  readonly blogBytesMax?: number
  readonly blogsFloor?: number
  readonly originBudgetPerHour?: number
}

export type Member = {
  readonly key: Key
  readonly api: Api
  /** Ready answers from memory. */
  readonly front: Front
  readonly ledger: Ledger
  readonly metrics: Metrics
  readonly gossip: Gossip
  readonly membership: Membership
  readonly copies: Copies
  readonly alarm: Alarm
  readonly replication: Replication
  readonly doors: Doors | null
  start(): Promise<void>
  /** Ends all work. Resolves when nothing of this member runs any more. */
  stop(): Promise<void>
}

const noForm: FormFiles = { assets: { script: '', style: '', integrity: '' }, files: [] }
/** Dead objects are looked for this often; each stays a day besides. */
const sweepMs = 6 * 3_600_000
/** How soon a refusal or a new proof changes under which names the member answers. */
const ownNamesMs = 20_000
/** How soon after a declaration the operator's program for names is run. */
const hookMs = 5_000
/** Partners of one round of gossip, and members that hear urgent objects at once. */
const partners = 3
const randomMembers = 20

export async function createMember(deps: MemberDeps, options: MemberOptions): Promise<Member> {
  const { clock, random, log, platform, schedule, blobs, signer, operator } = deps
  const { self, intervals, network } = options
  const { sha256 } = platform
  const wire = new Reach({ wire: deps.wire, clock }, { self })
  const peers = new Peers({ wire })
  const ledger = await Ledger.open({ store: deps.objects, clock, platform, log: log.part('ledger') }, { network, self })
  const sets = new LiveSets({ ledger, clock, sha256 })
  const gossip = new Gossip({ ledger, sets, peers, random, clock, log: log.part('gossip'), sha256 }, { self, partners })
  new Spread({ ledger, sets, peers, random, clock, log: log.part('spread') }, { self, randomMembers })
  const membership = new Membership(
    { ledger, signer, clock, log: log.part('membership'), sha256 },
    {
      self,
      nextKey: options.nextKey,
      fields: { ...options.fields, ...(deps.kit === undefined ? {} : { kit: deps.kit.hash }) },
    },
  )
  const audits = new Audits({ ledger, sets, blobs, wire, random, clock, log: log.part('audits'), sha256 }, { self })
  const wake = new Wake({ ledger, peers, random, clock, log: log.part('wake') }, { self, wakeMs: intervals.wakeMs })
  wake.does(() => gossip.round())
  const requests = new JoinRequests(
    {
      clock,
      vouch: operator === null ? null : openDoor({ ledger, clock, random, sha256 }, operator),
    },
    { policy: options.fields.join },
  )
  const userAgent = userAgentOf(options.fields)
  const { url, contentUrl, name, contact } = options.fields
  const form = deps.form ?? noForm
  const replication = createPosting({ ...deps, ledger, peers, sha256 }, { self })
  const doors =
    deps.passes === undefined
      ? null
      : createDoors({ store: deps.passes, ledger, replication, clock, random, sha256 }, { url, name })
  const refusals = new Refusals({ ledger }, { self: signer.key })
  const { dnsHook } = deps
  const shown = { facts: refusals.facts(), blogs: () => ledger.blogs(), clock, sha256 }
  const names = new OwnNames(shown, { self })
  const hook =
    dnsHook === undefined
      ? null
      : new DnsHook({ ...shown, ...dnsHook, log: log.part('dns-hook') }, { self, url: options.fields.url })
  const quotas = new Quotas(
    { ledger, signer, clock, log: log.part('quotas') },
    { self, blogsFloor: options.blogsFloor ?? 3 },
  )
  const copies = createCopies(
    { ...deps, ledger, facts: refusals.facts(), peers, sha256 },
    {
      self,
      operator: operator?.key ?? null,
      name,
      contact,
      url,
      contentUrl,
      userAgent,
      intervals,
      verify: deps.verify ?? null,
      blogBytesMax: options.blogBytesMax ?? keepingDefaults.blogBytesMax,
      originBudgetPerHour: options.originBudgetPerHour ?? captureDefaults.originBudgetPerHour,
      prefer: (member) => audits.isTrusted(member.id) && wire.isReachable(member.url),
    },
  )
  const alarm = createAlarm({ ...deps, ledger, peers }, { self, url, userAgent, intervals })
  const copyProblem = (blog: Hash) => copies.capture.problem(blog)
  const status = new Status({ source: ledger, clock, sha256, copyProblem }, { self })
  ledger.onStored(() => status.changed())
  const metrics = new Metrics()
  metrics.watch({ blogs: () => blogsByState(ledger), members: () => ledger.roster().members.length })

  const addressRates = new Rates({ clock }, { perMinute: options.perAddressPerMinute })
  let ready = false
  const cancels: Cancel[] = []
  const api = new Api(
    {
      clock,
      log: log.part('http'),
      rates: addressRates,
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
        addressRates,
        rootRates: new Rates({ clock }, { perMinute: options.blogsPerMinute ?? options.perAddressPerMinute }),
        wake: () => wake.called(),
        ready: () => ready,
        replication,
        outages: alarm.outages,
        notices: alarm.notices,
        pages: copies.pages,
        facts: refusals.facts(),
        names,
        verify: deps.verify ?? null,
        refusesBlob: (hash) => refusals.refusesBlob(hash),
        refusesObject: (object) => refusals.refusesObject(object),
        copyProblem,
        status,
        statics: deps.statics ?? noStatics,
        url,
        name,
        form,
        doors,
        kit: deps.kit ?? null,
        blogRequests: new BlogRequests(
          { ledger, invitations: deps.invitations, platform, clock },
          { self, policy: options.fields.join },
        ),
        door: new PostDoor({ ledger, replication, clock, sha256 }, { memberName: name, assets: form.assets }),
      }),
    },
  )

  return {
    key: self,
    api,
    front: new OwnNameFront({ pages: copies.pages, names }),
    ledger,
    metrics,
    gossip,
    membership,
    copies,
    alarm,
    replication,
    doors,
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
        schedule.every('own-names', ownNamesMs, ownNamesMs / 4, () => names.refresh()),
        ...(hook === null ? [] : [schedule.every('dns-hook', hookMs, hookMs / 4, () => hook.look())]),
        schedule.every('quotas', keepMs, keepMs / 4, () => quotas.round()),
        schedule.every('sweep-objects', sweepMs, sweepMs / 4, async () => {
          for (const blog of ledger.blogs()) await ledger.sweep(blog)
          await doors?.sweep()
        }),
      )
      replication.start(schedule)
      await copies.start()
      await alarm.start()
      ready = true
      log.info('member-started', { member: self, network: network.id })
    },
    async stop() {
      ready = false
      alarm.stop()
      replication.stop()
      for (const cancel of cancels.splice(0)) cancel()
      await copies.stop()
      log.info('member-stopped', { member: self })
    },
  }
}

/** Names the program and how to reach who runs it, in every request to a blog. */
function userAgentOf({ url, contact }: MemberFields): string {
  return `dgos/0.1 (+${url}; ${contact.replace(/[^ -~]/g, '') || 'no contact given'})`.slice(0, 300)
}

async function blogsByState(ledger: Ledger): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = { up: 0, suspected: 0, down: 0, returning: 0 }
  for (const blog of ledger.blogs()) {
    const { state } = await ledger.state(blog)
    counts[state] = (counts[state] ?? 0) + 1
  }
  return counts
}
