/**
 * A member, joined together from its parts. Everything outside (clock, random, network, disk) is handed in, so that the
 * same function makes the member of a real server, of a test and of a simulated network.
 */

import type { GatewayStore } from '../activation/doors/gateway/gateway-store.ts'
import { PostDoor } from '../activation/doors/post-door.ts'
import type { Mailer } from '../activation/mailer.ts'
import type { NoticeStore } from '../activation/notice-store.ts'
import type { HintStore } from '../activation/posts/hint-store.ts'
import type { Replication } from '../activation/posts/replication.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { ObjectStore } from '../ledger/object-store.ts'
import { Peers, type Wire } from '../ledger/peers.ts'
import type { BlobStore } from '../lib/blob-store.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { DnsText, MailResolver } from '../lib/dns.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { nightly, type Schedule } from '../lib/schedule.ts'
import type { Web } from '../lib/web.ts'
import type { Workers } from '../lib/workers.ts'
import type { ArchiveStore } from '../mirror/archive/archive-store.ts'
import type { CaptureStore } from '../mirror/capture/capture-store.ts'
import type { CostlyStore } from '../mirror/costly-store.ts'
import { ForeignReader } from '../mirror/foreign-reader.ts'
import type { Compress } from '../mirror/pages/answers.ts'
import type { SiteTree } from '../mirror/pages/site-folders.ts'
import { Refusals } from '../mirror/refusals.ts'
import { Audits } from '../network/audits.ts'
import { BlogRequests } from '../network/blog-requests.ts'
import type { MemberFields } from '../network/founding.ts'
import { Gossip } from '../network/gossip.ts'
import type { InvitationStore } from '../network/invitation-store.ts'
import type { JoinRequestStore } from '../network/join-request-store.ts'
import { autoVouch, JoinRequests } from '../network/join-requests.ts'
import { LiveSets } from '../network/live-sets.ts'
import { readMemberInvitation } from '../network/member-invitations.ts'
import { Membership } from '../network/membership.ts'
import { PeerReachability } from '../network/peer-reachability.ts'
import { Quotas } from '../network/quotas.ts'
import { Spread } from '../network/spread.ts'
import { Stewardship } from '../network/stewardship.ts'
import { Wake } from '../network/wake.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import type { Hash, Key, SignedObject } from '../protocol/objects.ts'
import type { Platform, Signer } from '../protocol/platform.ts'
import { type BrowserFiles, noBrowserFiles } from './bundles/browser-files.ts'
import { Api } from './http/api.ts'
import { namedFiles } from './http/file-routes.ts'
import { Metrics } from './http/metrics.ts'
import { Rates } from './http/rates.ts'
import { routesOf } from './http/routes.ts'
import type { FastPath } from './http/server.ts'
import type { Intervals } from './machine/intervals.ts'
import { signedWeb, userAgentOf } from './machine/signed-web.ts'
import { type CopyParts, createCopyParts } from './parts/copy-parts.ts'
import { createDoorParts, type DoorParts } from './parts/door-parts.ts'
import type { MailPartsDeps, MailPartsOptions } from './parts/mail-parts.ts'
import { createNamingParts, type NamingOptions, type NamingOutside, type NamingParts } from './parts/naming-parts.ts'
import { createOutageParts, type OutageParts } from './parts/outage-parts.ts'
import { createPostParts } from './parts/post-parts.ts'
import { CustomDomainPath } from './readers/custom-domain-path.ts'
import { CustomDomains } from './readers/custom-domains.ts'
import { DnsHook, type HookMemory, type RunHook } from './readers/dns-hook.ts'
import { blogsByState, Status } from './status/status.ts'

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
  readonly archives?: ArchiveStore
  readonly hints: HintStore
  readonly notices: NoticeStore
  readonly invitations: InvitationStore
  readonly joinRequests: JoinRequestStore
  readonly dnsText: DnsText
  /** null where the operator has set no mail server. */
  readonly mailer: Mailer | null
  /** Who is asked for DKIM keys. Without it there is no door for mail. */
  readonly mailResolver?: MailResolver
  /** Without them the member serves no beacon, enrols no blogs by `/join`, and its form takes signed files only. */
  readonly files?: BrowserFiles
  /** Keys of mail and apps. Without it there are no such doors. */
  readonly gateway?: GatewayStore
  /** The operator's program for names, and where its last word is kept. */
  readonly dnsHook?: { readonly run: RunHook; readonly memory: HookMemory }
  readonly namingOutside?: NamingOutside
  /** The page tree for a web server in front, where the operator wants one. */
  readonly tree?: SiteTree
  /** Packs pages. A simulation, whose readers have no narrow lines, leaves them as they are. */
  readonly compress?: Compress
  /** Threads for foreign documents. A simulation reads them in line. */
  readonly workers?: Workers
  /** Lets others have the loop amid long work. A simulation, whose turns are counted, goes on. */
  readonly nextTurn?: () => Promise<void>
  /** Documents that asked for too much. Without it they are forgotten with the process. */
  readonly costly?: CostlyStore
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
  readonly blogsPerMinute: number
  readonly blogBytesMax: number
  readonly archiveBytesMax: number
  readonly blogsFloor: number
  readonly originBudgetPerHour: number
  /** Captures and signs for whoever names this member, invited or not: on a network of one machine. */
  readonly servesAnybody?: boolean
  /** Where the operator has turned the door for mail on. */
  readonly mail?: MailPartsOptions
  readonly naming?: NamingOptions
}

export type Member = {
  readonly key: Key
  readonly api: Api
  /** Ready answers from memory. */
  readonly front: FastPath
  readonly ledger: Ledger
  readonly metrics: Metrics
  readonly gossip: Gossip
  readonly membership: Membership
  readonly copies: CopyParts
  readonly outageParts: OutageParts
  readonly replication: Replication
  readonly doors: DoorParts | null
  readonly naming: NamingParts
  start(): Promise<void>
  /** Ends all work. Resolves when nothing of this member runs any more. */
  stop(): Promise<void>
}

/** How soon a refusal or a new proof changes under which names the member answers. */
const customDomainsMs = 20_000
/** Signatures that one address may have checked, for each request that it may make: a tenth of a second a second. */
const signaturesPerRequest = 5
/** How soon after a declaration the operator's program for names is run. */
const hookMs = 5_000
/** How often attesters are told again of blogs that came here and are not proven. */
const remindMs = 3_600_000
/** Partners of one round of gossip, and members that hear urgent objects at once. */
const partners = 3
const randomMembers = 20

export async function createMember(deps: MemberDeps, options: MemberOptions): Promise<Member> {
  const { clock, random, log, platform, schedule, blobs, signer, operator } = deps
  const { self, intervals, network } = options
  const { sha256 } = platform
  const files = deps.files ?? noBrowserFiles
  const [kit, { form, verify }] = await Promise.all([files('kit.html'), namedFiles(files)])
  const wire = new PeerReachability({ wire: deps.wire, clock }, { self })
  const peers = new Peers({ wire })
  const turns = deps.nextTurn === undefined ? {} : { nextTurn: deps.nextTurn }
  const ledgerDeps = { store: deps.objects, clock, platform, log: log.part('ledger'), ...turns }
  const ledger = await Ledger.open(ledgerDeps, { network, self })
  const sets = new LiveSets({ ledger, clock, sha256 })
  const gossip = new Gossip({ ledger, sets, peers, random, clock, log: log.part('gossip'), sha256 }, { self, partners })
  const spread = new Spread(
    { ledger, sets, peers, random, clock, log: log.part('spread'), sha256 },
    { self, randomMembers },
  )
  const membership = new Membership(
    { ledger, signer, clock, log: log.part('membership'), sha256 },
    {
      self,
      nextKey: options.nextKey,
      fields: { ...options.fields, ...(kit === null ? {} : { kit: kit.hash }) },
    },
  )
  const audits = new Audits({ ledger, sets, blobs, wire, random, clock, log: log.part('audits'), sha256 }, { self })
  const wake = new Wake({ ledger, peers, random, clock, log: log.part('wake') }, { self, wakeMs: intervals.wakeMs })
  wake.does(() => gossip.round())
  const requests = new JoinRequests(
    {
      clock,
      store: deps.joinRequests,
      invitation: async (line) => {
        const own = ledger.roster().memberOf(self)?.operator
        return own === undefined ? null : readMemberInvitation(platform, line, { member: self, operator: own })
      },
      vouch: operator === null ? null : autoVouch({ ledger, clock, random, sha256 }, operator),
    },
    { policy: options.fields.join },
  )
  const userAgent = userAgentOf(options.fields)
  const { url, contentUrl, name, contact } = options.fields
  const replication = createPostParts({ ...deps, ledger, peers, sha256 }, { self })
  const agreed = (blog: Hash, to: string): Promise<boolean> => outageParts.consents.agreed(blog, to)
  const doors =
    deps.gateway === undefined
      ? null
      : createDoorParts(
          { ...deps, store: deps.gateway, ledger, replication, sha256, mail: mailOf(deps, agreed) },
          { url, name, mail: options.mail ?? null },
        )
  const refusals = new Refusals({ ledger }, { self: signer.key })
  const { dnsHook } = deps
  const shown = { facts: refusals.facts(), blogs: () => ledger.blogs(), clock, sha256 }
  const names = new CustomDomains(shown, { self })
  const hook =
    dnsHook === undefined
      ? null
      : new DnsHook({ ...shown, ...dnsHook, log: log.part('dns-hook') }, { self, url: options.fields.url })
  const quotas = new Quotas(
    { ledger, signer, clock, log: log.part('quotas') },
    { self, blogsFloor: options.blogsFloor },
  )
  const stewardship = new Stewardship(
    { ledger, invitations: deps.invitations, clock, log: log.part('stewardship') },
    { self, open: options.fields.join === 'open' || options.servesAnybody === true },
  )
  const serves = (blog: BlogObjects) => stewardship.serves(blog)
  const web = signedWeb({ ...deps, sha256 }, { agent: new URL(url).origin })
  const foreign = await ForeignReader.open({ ...deps, ...storeOf(deps), log: log.part('foreign') })
  const copies = createCopyParts(
    { ...deps, foreign, web, ledger, facts: refusals.facts(), peers, sha256, serves },
    {
      self,
      operator: operator?.key ?? null,
      name,
      contact,
      url,
      contentUrl,
      userAgent,
      intervals,
      verify,
      blogBytesMax: options.blogBytesMax,
      archiveBytesMax: options.archiveBytesMax,
      originBudgetPerHour: options.originBudgetPerHour,
      prefer: (member) => audits.isTrusted(member.id) && wire.isReachable(member.url),
    },
  )
  const noticesOf = async (blog: Hash) => (await doors?.doorKeys.noticesOf(blog)) ?? []
  const outageParts: OutageParts = createOutageParts(
    { ...deps, web, ledger, peers, noticesOf },
    { self, url, name, userAgent, intervals },
  )
  const named = { ...deps, ...shown, web, peers, pages: copies.pages, roster: () => ledger.roster() }
  const naming = createNamingParts(named, { self, ...options.naming })
  const copyProblem = (blog: Hash) => copies.capture.problem(blog)
  const costly = (blog: Hash) => foreign.costly(blog)
  const status = new Status({ source: ledger, clock, sha256, copyProblem, costly }, { self })
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
        signer,
        self,
        requests,
        metrics,
        keyRates: new Rates({ clock }, { perMinute: options.perKeyPerMinute }),
        signatureRates: new Rates({ clock }, { perMinute: signaturesPerRequest * options.perAddressPerMinute }),
        rootRates: new Rates({ clock }, { perMinute: options.blogsPerMinute }),
        wake: () => wake.called(),
        ready: () => ready,
        replication,
        outages: outageParts.outages,
        absentSeats: outageParts.absentSeats,
        notices: outageParts.notices,
        consents: outageParts.consents,
        pages: copies.pages,
        facts: refusals.facts(),
        names,
        naming,
        refusesBlob: (hash) => refusals.refusesBlob(hash),
        refusesObject: (object) => refusals.refusesObject(object),
        copyProblem,
        costly,
        verify: platform.verify,
        status,
        files,
        url,
        name,
        form,
        doors,
        kit,
        blogRequests: new BlogRequests(
          { ledger, invitations: deps.invitations, platform, clock },
          { self, policy: options.fields.join },
        ),
        door: new PostDoor({ ledger, replication, clock, sha256 }, { memberName: name, assets: form }),
      }),
    },
  )

  return {
    key: self,
    api,
    front: new CustomDomainPath({ pages: copies.pages, names }),
    ledger,
    metrics,
    gossip,
    membership,
    copies,
    outageParts,
    replication,
    doors,
    naming,
    async start() {
      const kept = await membership.keep()
      if (!kept.ok) log.warn('not-a-member-yet', { detail: kept.detail })
      const { syncMs, auditMs, wakeMs, keepMs } = intervals
      cancels.push(
        schedule.every('gossip', syncMs, syncMs / 4, () => gossip.round()),
        schedule.every('remind', remindMs, remindMs / 4, () => spread.remind()),
        schedule.every('audit', auditMs, auditMs / 2, () => audits.round()),
        schedule.every('wake', wakeMs, wakeMs / 4, () => wake.round()),
        schedule.every('keep-record', keepMs, keepMs / 4, async () => {
          await membership.keep()
        }),
        schedule.every('tick', 60_000, 1_000, () => ledger.tick()),
        // At once: until then the names of dead blogs would show this member's own pages.
        schedule.every('custom-domains', customDomainsMs, 1, () => names.refresh()),
        ...(hook === null ? [] : [schedule.every('dns-hook', hookMs, hookMs / 4, () => hook.look())]),
        schedule.every('quotas', keepMs, keepMs / 4, () => quotas.round()),
        // Nobody waits for it: a dead object stays a day besides.
        schedule.at('sweep-objects', nightly, async () => {
          for (const blog of ledger.blogs()) await ledger.sweep(blog)
          await doors?.sweep()
        }),
      )
      replication.start(schedule)
      await copies.start()
      await outageParts.start()
      await naming.start(schedule)
      ready = true
      log.info('member-started', { member: self, network: network.id })
    },
    async stop() {
      ready = false
      naming.stop()
      outageParts.stop()
      replication.stop()
      for (const cancel of cancels.splice(0)) cancel()
      await copies.stop()
      log.info('member-stopped', { member: self })
    },
  }
}

function storeOf({ costly }: MemberDeps) {
  return costly === undefined ? {} : { store: costly }
}

/** What the door for mail needs, where authors can be told and senders be proven. */
function mailOf(
  { mailer, mailResolver: resolver, clock, log }: MemberDeps,
  agreed: MailPartsDeps['agreed'],
): MailPartsDeps | null {
  return mailer === null || resolver === undefined ? null : { mailer, resolver, clock, agreed, log: log.part('mail') }
}
