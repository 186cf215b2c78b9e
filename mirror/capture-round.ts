/**
 * Whose turn it is to capture a blog and to sign its head, and what comes of it.
 *
 *   due → is it our turn? → capture → snapshot, where something changed → head, where something changed or it grows old
 *
 * One capturer per blog: the first head signer that is alive (protocol/heads). A second signer looks once a day and
 * publishes its own snapshot where it found the same texts; readers then see "captured alike".
 */

import { CoalescedRuns } from '../ledger/coalesced-runs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Schedule } from '../lib/schedule.ts'
import { provenAddresses } from '../protocol/address-proof.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { currentHead, headSigner } from '../protocol/heads.ts'
import { headSigners, type KeyRoles, keyRolesOf, ownOperators } from '../protocol/key-roles.ts'
import { headFreshMs } from '../protocol/limits.ts'
import { blogOf, byTime, type Hash, type Head, type Key, type SignedObject, type Time } from '../protocol/objects.ts'
import { placeMirrors } from '../protocol/placement.ts'
import type { Sha256, Signer } from '../protocol/platform.ts'
import type { MemberView } from '../protocol/roster.ts'
import type { Capture, CaptureResult, SnapshotFields } from './capture/capture.ts'
import type { CaptureStore } from './capture/capture-store.ts'
import { type CopyProblem, copyProblem } from './capture/copy-problem.ts'
import { FairLanes } from './fair-lanes.ts'
import { nextMirrors, nextStandIns } from './mirror-list.ts'

export type CaptureRoundDeps = {
  readonly ledger: Ledger
  readonly capture: Pick<Capture, 'capture' | 'feedChanged'>
  readonly captures: Pick<CaptureStore, 'aside'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly sha256: Sha256
  /** The signer of a key that this member holds: its own, or the online key of a blog on this server. */
  readonly signerOf: (key: Key) => Signer | null
  /** Whether this member works for a blog that names it as its steward. Default: for all. */
  readonly serves?: (blog: BlogObjects) => Promise<boolean>
}

export type CaptureRoundOptions = {
  readonly captureMs: number
  /** Between two rounds the feed alone is looked at this often: what is new there brings the next round forward. */
  readonly feedMs: number
  /** A head younger than this is left alone where nothing changed. Below the 24 h after which a signer counts as silent. */
  readonly renewMs: number
  /** How soon a round is tried again that failed or stayed incomplete. */
  readonly retryMs: number
  readonly alikeMs: number
  /** Load, refusals, audits and probation as this member sees them. */
  readonly prefer?: (member: MemberView) => boolean
  /** The operator whose storage pays for the blogs that this member signs for. */
  readonly sponsor?: Key
}

/** `captureMs` is the operator's to set. */
export const captureRoundDefaults = {
  feedMs: 15 * 60_000,
  renewMs: 12 * 3_600_000,
  retryMs: 5 * 60_000,
  alikeMs: 24 * 3_600_000,
}

/** Rounds at one time. A blog whose last one took longer than this is slow. */
const lines = { name: 'capture', quick: 6, slow: 2 }
const slowMs = 60_000

/** Rounds in a row that may come soon after one that failed: an origin in trouble is not helped by questions. */
const soonTriesMax = 3

export type RoundOutcome =
  | { readonly turn: 'none' }
  | {
      readonly turn: 'ours' | 'second'
      readonly capture: CaptureResult | null
      readonly head: Hash | null
      readonly atMs: Time
    }

export class CaptureRound {
  readonly #deps: CaptureRoundDeps
  readonly #options: CaptureRoundOptions
  readonly #dueMs = new Map<Hash, Time>()
  readonly #captured = new Set<Hash>()
  readonly #tries = new Map<Hash, number>()
  readonly #feedDueMs = new Map<Hash, Time>()
  readonly #alikeDueMs = new Map<Hash, Time>()
  readonly #outcomes = new Map<Hash, RoundOutcome>()
  readonly #runs = new CoalescedRuns((blog) => this.#run(blog))
  readonly #lanes: FairLanes
  readonly #isSlow = new Set<Hash>()

  constructor(deps: CaptureRoundDeps, options: CaptureRoundOptions) {
    this.#deps = deps
    this.#options = options
    this.#lanes = new FairLanes(deps, lines)
  }

  /** Looks every few seconds which blogs are due; the rounds themselves are `captureMs` apart, with jitter. */
  start(schedule: Schedule, lookMs: number): Cancel {
    const cancels = [
      schedule.every('capture', lookMs, 0, async () => this.#begin()),
      this.#deps.ledger.onStored((objects) => this.note(objects)),
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  /** Records that a blog deserves a look soon: a new root, a newly proven address, the end of an outage, something to forget. */
  note(objects: readonly SignedObject[]): void {
    for (const object of objects) {
      const blog = blogOf(object)
      const root = object.kind === 'root' || object.kind === 'delegation'
      const proves = object.kind === 'attestation' && !this.#captured.has(blog ?? '')
      const over = object.kind === 'declaration' && object.payload.state === 'over'
      // A head of our own carries the list on: to wake for it would be to chase our own tail.
      const forgets = object.kind === 'head' && object.payload.forgotten !== undefined && this.#isForeign(object)
      if (blog !== null && (root || proves || over || forgets)) this.wake(blog)
    }
  }

  #isForeign(object: SignedObject): boolean {
    return this.#deps.signerOf(object.payload.key) === null
  }

  /** The next look at this blog is due now: its author announced something, or an operator asks. */
  wake(blog: Hash): void {
    this.#dueMs.set(blog, 0)
  }

  /** Why there is no new copy, as far as this member captures the blog; null where nothing is wrong. */
  async problem(blog: Hash): Promise<CopyProblem | null> {
    const outcome = this.#outcomes.get(blog)
    const failed = outcome !== undefined && outcome.turn === 'ours' && outcome.capture?.ok === false
    const failure = failed ? { reason: (outcome.capture as { reason: string }).reason, atMs: outcome.atMs } : null
    return copyProblem(await this.#deps.captures.aside(blog), failure)
  }

  outcome(blog: Hash): RoundOutcome | null {
    return this.#outcomes.get(blog) ?? null
  }

  /** One look at every blog that is due, to its end. */
  async tick(): Promise<void> {
    this.#begin()
    await this.#lanes.drain()
  }

  /** Begins a look at every blog that is due. Waits for nobody's server. */
  #begin(): void {
    for (const blog of this.#deps.ledger.blogs()) {
      if (!this.#isFeedDue(blog) && !this.#isDue(blog)) continue
      void this.#lanes.begin(blog, { owner: blog }, this.#isSlow.has(blog), () => this.#look(blog))
    }
  }

  async #look(blog: Hash): Promise<void> {
    const { clock } = this.#deps
    const startMs = clock.steadyMs()
    try {
      if (this.#isFeedDue(blog)) await this.#peek(blog)
      if (this.#isDue(blog)) await this.run(blog)
    } finally {
      if (clock.steadyMs() - startMs > slowMs) this.#isSlow.add(blog)
      else this.#isSlow.delete(blog)
    }
  }

  #isFeedDue(blog: Hash): boolean {
    return (this.#feedDueMs.get(blog) ?? Number.POSITIVE_INFINITY) <= this.#deps.clock.nowMs()
  }

  #isDue(blog: Hash): boolean {
    return (this.#dueMs.get(blog) ?? 0) <= this.#deps.clock.nowMs()
  }

  /** A look at the feed of a blog that this member captures. */
  async #peek(blog: Hash): Promise<void> {
    const { ledger, capture, clock } = this.#deps
    this.#feedDueMs.delete(blog)
    const objects = await ledger.blog(blog)
    const head = currentHead(objects, clock.nowMs())
    const snapshot = objects.snapshot.find((snapshot) => snapshot.id === head?.payload.snapshot)?.payload
    if (snapshot === undefined || (await ledger.state(blog)).state === 'down') return
    this.#feedDueMs.set(blog, clock.nowMs() + this.#around(this.#options.feedMs))
    if (await capture.feedChanged(blog, snapshot)) this.wake(blog)
  }

  /** One round now. Two at a time for one blog are one. */
  run(blog: Hash): Promise<RoundOutcome> {
    return this.#runs.current(blog)
  }

  async #run(blog: Hash): Promise<RoundOutcome> {
    const { captureMs } = this.#options
    this.#dueMs.set(blog, this.#deps.clock.nowMs() + this.#around(captureMs))
    const outcome = await this.#round(blog)
    this.#plan(blog, outcome)
    if (outcome.turn !== 'none') this.#outcomes.set(blog, outcome)
    return outcome
  }

  /** A round that failed or stayed incomplete is soon tried again, a few times; then it waits for its hour like any other. */
  #plan(blog: Hash, outcome: RoundOutcome): void {
    if (outcome.turn === 'none' || outcome.capture === null) {
      this.#feedDueMs.delete(blog)
      return
    }
    this.#captured.add(blog)
    if (outcome.turn === 'ours')
      this.#feedDueMs.set(blog, this.#deps.clock.nowMs() + this.#around(this.#options.feedMs))
    else this.#feedDueMs.delete(blog)
    const unfinished = !(outcome.capture.ok && (outcome.capture.complete || outcome.capture.cut))
    const tries = unfinished ? (this.#tries.get(blog) ?? 0) + 1 : 0
    this.#tries.set(blog, tries)
    if (!unfinished || tries > soonTriesMax) return
    const soonMs = this.#deps.clock.nowMs() + this.#around(this.#options.retryMs)
    this.#dueMs.set(blog, Math.min(this.#dueMs.get(blog) ?? soonMs, soonMs))
  }

  /** Between 90 % and 110 % of an interval, so that a thousand blogs are not asked in one second. */
  #around(ms: number): number {
    return Math.round(ms * 0.9) + this.#deps.random.below(Math.max(1, Math.round(ms * 0.2)))
  }

  async #round(blog: Hash): Promise<RoundOutcome> {
    const { ledger, clock, signerOf } = this.#deps
    const objects = await ledger.blog(blog)
    const roles = keyRolesOf(objects)
    if (roles === null || roles.chain.current.payload.closed === true) return { turn: 'none' }
    // A root is anybody's word: whom it names must have agreed.
    if ((await this.#deps.serves?.(objects)) === false) return { turn: 'none' }
    const nowMs = clock.nowMs()
    const { state } = await ledger.state(blog)
    const down = state === 'down'
    const alive = (key: Key) => this.#isAlive(key, nowMs)
    const turn = headSigner(objects, nowMs, { down, alive })
    const signer = turn === null ? null : signerOf(turn)
    if (signer !== null) return this.#sign(objects, roles, signer, down)
    const others = headSigners(roles, nowMs).filter((key) => key !== turn && alive(key))
    const second = others[0] === undefined ? null : signerOf(others[0])
    if (second !== null && !down) return this.#lookAlike(objects, second)
    return { turn: 'none' }
  }

  /** Keys that are no member's (a blog's own server) count as alive until they fall silent. */
  #isAlive(key: Key, nowMs: Time): boolean {
    const member = this.#deps.ledger.roster().memberOf(key)
    return member === null || (member.expires > nowMs && !member.leaving)
  }

  async #sign(objects: BlogObjects, roles: KeyRoles, signer: Signer, down: boolean): Promise<RoundOutcome> {
    const { ledger, clock, log } = this.#deps
    const before = currentHead(objects, clock.nowMs())
    const capture = down ? null : await this.#capture(objects, before, before?.payload.snapshot)
    let snapshot = before?.payload.snapshot
    const fields = capture?.ok ? (capture.changed ? capture.fields : null) : this.#agreed(objects, capture, signer)
    if (fields !== null) snapshot = (await ledger.publish('snapshot', fields, signer)).id
    const head = this.#nextHead(await ledger.blog(objects.blog), roles, snapshot)
    if (head === null) return { turn: 'ours', capture, head: null, atMs: clock.nowMs() }
    const signed = await ledger.publish('head', head, signer)
    log.info('head-signed', { blog: objects.blog, seq: head.seq, snapshot, mirrors: head.mirrors.length })
    return { turn: 'ours', capture, head: signed.id, atMs: clock.nowMs() }
  }

  /** A page that a guess keeps aside, for a day here and as another operator saw it: the guess was wrong. */
  #agreed(objects: BlogObjects, capture: CaptureResult | null, signer: Signer): SnapshotFields | null {
    const seen = capture === null || capture.ok ? undefined : capture.seen
    if (seen === undefined) return null
    const { ledger, clock, log } = this.#deps
    const operatorOf = (key: Key) => ledger.roster().memberOf(key)?.operator ?? key
    const witness = objects.snapshot.find(
      ({ payload }) =>
        payload.alike === seen.alike &&
        operatorOf(payload.key) !== operatorOf(signer.key) &&
        clock.nowMs() - payload.time <= 2 * this.#options.alikeMs,
    )
    if (witness === undefined) return null
    log.info('guess-given-up', { blog: objects.blog, by: signer.key, with: witness.payload.key })
    return seen
  }

  /** null where the address is not proven: nobody's site is fetched because somebody named it in a root. */
  async #capture(
    objects: BlogObjects,
    head: SignedObject<'head'> | null,
    snapshot: Hash | undefined,
  ): Promise<CaptureResult | null> {
    const { ledger, capture, clock, sha256 } = this.#deps
    const [proven] = provenAddresses(objects, ledger.roster(), clock.nowMs(), sha256)
    if (proven === undefined) return null
    const previous = objects.snapshot.find((known) => known.id === snapshot)?.payload ?? null
    return capture.capture(objects.blog, proven.address, previous, head?.payload.forgotten ?? [])
  }

  /** The fields of a new head, or null where the present one still says everything. */
  #nextHead(
    objects: BlogObjects,
    roles: KeyRoles,
    snapshot: Hash | undefined,
  ): Omit<Head, 'network' | 'key' | 'time'> | null {
    const { ledger, clock, sha256 } = this.#deps
    const { prefer, sponsor, renewMs } = this.#options
    const nowMs = clock.nowMs()
    const current = currentHead(objects, nowMs)
    const roster = ledger.roster()
    const own = ownOperators(roles, roster)
    const placed = placeMirrors(objects.blog, roster, sha256, {
      exceptOperators: own,
      ...(prefer === undefined ? {} : { prefer }),
    })
    const mirrors = nextMirrors({ placed, heads: objects.head, current, roster, nowMs })
    const standIns = nextStandIns({ blog: objects.blog, mirrors, own, current, roster, nowMs, sha256 })
    const root = roles.chain.current
    const feed = objects.snapshot.find((known) => known.id === snapshot)?.payload.feed?.url ?? current?.payload.feed
    const old = current?.payload
    const same =
      old !== undefined &&
      old.snapshot === snapshot &&
      old.root === root.id &&
      old.feed === feed &&
      old.mirrors.join() === mirrors.join() &&
      (old.standIns ?? []).join() === standIns.join() &&
      nowMs - old.time < renewMs
    if (same) return null
    return {
      blog: objects.blog,
      root: root.id,
      rootVersion: root.payload.version,
      seq: old?.rootVersion === root.payload.version ? old.seq + 1 : 1,
      ...(current === null ? {} : { previous: current.id }),
      ...(snapshot === undefined ? {} : { snapshot }),
      mirrors,
      ...(standIns.length === 0 ? {} : { standIns }),
      ...(feed === undefined ? {} : { feed }),
      ...sponsorOf(old?.sponsor ?? sponsor),
      ...(old?.forgotten === undefined ? {} : { forgotten: old.forgotten }),
      expires: nowMs + headFreshMs,
    }
  }

  /** The second signer's daily look. Its snapshot is published where it found the texts that the head's snapshot claims. */
  async #lookAlike(objects: BlogObjects, signer: Signer): Promise<RoundOutcome> {
    const { ledger, clock, log } = this.#deps
    const nowMs = clock.nowMs()
    const head = currentHead(objects, nowMs)
    const claimed = objects.snapshot.find((snapshot) => snapshot.id === head?.payload.snapshot)
    const own = newest(objects.snapshot.filter((snapshot) => snapshot.payload.key === signer.key))
    const alreadySeen = claimed !== undefined && own?.payload.alike === claimed.payload.alike
    if (claimed !== undefined) {
      if (claimed.payload.key === signer.key) return { turn: 'none' }
      // What the blog signed itself needs no witness, and its origin no second visit.
      if (keyRolesOf(objects)?.chain.current.payload.online === claimed.payload.key) return { turn: 'none' }
    }
    if ((this.#alikeDueMs.get(objects.blog) ?? 0) > nowMs) return { turn: 'none' }
    this.#alikeDueMs.set(objects.blog, nowMs + this.#around(this.#options.alikeMs))
    const capture = await this.#capture(objects, head, own?.id)
    if (capture?.ok && capture.fields.alike === claimed?.payload.alike) {
      if (!alreadySeen) await ledger.publish('snapshot', capture.fields, signer)
    } else if (capture?.ok && claimed !== undefined) {
      log.warn('captured-unlike', { blog: objects.blog, claimed: claimed.id, by: claimed.payload.key })
    } else if (capture !== null && !capture.ok && capture.seen !== undefined) {
      await ledger.publish('snapshot', capture.seen, signer)
    }
    return { turn: 'second', capture, head: null, atMs: nowMs }
  }
}

function sponsorOf(sponsor: Key | undefined): { readonly sponsor?: Key } {
  return sponsor === undefined ? {} : { sponsor }
}

function newest(snapshots: readonly SignedObject<'snapshot'>[]): SignedObject<'snapshot'> | null {
  return [...snapshots].sort((a, b) => byTime(b, a))[0] ?? null
}
