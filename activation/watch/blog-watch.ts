/**
 * One watcher and one blog: when it looks, what it makes of it, and what it tells the others.
 *
 * A failure is told at once, so that all look together, and looked at again after 15 and 30 s. A down vote is told only
 * after the self-test. Told besides: every change, every look of the timetable, and a renewal while something is wrong,
 * since votes count for five minutes. Where others see the blog down and this watcher sees it, the blog is asked for life.
 *
 * A stand-in looks only where somebody has voted down, or where no mirror is left to look; while all mirrors are there it
 * votes once and rests.
 *
 * A wall wakes nobody and is looked at in the timetable alone, after the pause that it asks for. It counts as no answer
 * where the blog behind it used to send lives and has fallen silent (protocol/lives.ts).
 */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { type Random, shuffled } from '../../lib/random.ts'
import type { Web } from '../../lib/web.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { currentSnapshot } from '../../protocol/heads.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import { livesApartMs, observationFreshMs } from '../../protocol/limits.ts'
import { silentSince } from '../../protocol/lives.ts'
import type { Envelope, Hash, Key, SignedObject, Time } from '../../protocol/objects.ts'
import type { Platform, Signer } from '../../protocol/platform.ts'
import { voteProbesMin } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import { currentSeating, type Seating } from '../../protocol/seats.ts'
import { retryAfterMs } from '../../protocol/walls.ts'
import { type FrontMarks, frontMarks } from './front-marks.ts'
import type { Health } from './health.ts'
import { fetchLife } from './life.ts'
import { judgeWall, type Probe } from './probe.ts'
import { afterIllness, nextLookMs, nextSlotMs, type Pace, type ProbeHistory, withLook } from './probe-history.ts'
import { phaseOf, watchedAddress } from './watchers.ts'

export type BlogWatchDeps = {
  readonly ledger: Ledger
  readonly web: Web
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly random: Random
  readonly platform: Platform
  readonly log: Log
  readonly signer: Signer
  readonly health: Health
  readonly probe: Probe
  readonly peers: Pick<Peers, 'words'>
}
/** Its place in the timetable: among the mirrors, or among the stand-ins, who look while a fall is in the air. */
export type Place = { readonly rank: number; readonly count: number; readonly standsIn: boolean }
export type BlogWatchOptions = Pace & { readonly blog: Hash; readonly self: Key; readonly userAgent: string }

/** Part of the interval: a look younger than this (10 s) answers another watcher's failure; none is made for it. */
const youngLook = 1 / 30
/** Part of the interval: looks that others cause lie at least this far (30 s) apart, whatever they say. */
const wokenApart = 1 / 10

type Told = { readonly atMs: Time; readonly state: string; readonly vote: boolean }
type Why = 'slot' | 'again' | 'woken'

export class BlogWatch {
  readonly #deps: BlogWatchDeps
  readonly #options: BlogWatchOptions
  #place: Place = { rank: 0, count: 1, standsIn: false }
  /** Whether a voter cannot reach some mirror: else a stand-in that has voted has no seat, and rests. */
  #isMissed = false
  #history: ProbeHistory | null = null
  #told: Told | null = null
  #declared = false
  /** When another watcher last voted down, by this member's clock. */
  #doubtedMs = Number.NEGATIVE_INFINITY
  #wokenMs = Number.NEGATIVE_INFINITY
  /** A host behind a wall asked for quiet until then. */
  #restUntilMs = Number.NEGATIVE_INFINITY
  readonly #wokenBy = new Map<string, Time>()
  #life: { readonly atMs: Time; readonly url: string | null } | null = null
  #lifeMs = Number.NEGATIVE_INFINITY
  #front: { readonly blob: Hash; readonly marks: FrontMarks } | null = null
  #looking: Promise<void> | null = null
  #wellBefore: Promise<boolean> | null = null
  #timer: Cancel = () => {}
  #stopped = false

  constructor(deps: BlogWatchDeps, options: BlogWatchOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Called when watching begins and whenever the lists of the head change. */
  place(place: Place): void {
    this.#place = place
    if (this.#looking === null) this.#plan()
  }

  get standsIn(): boolean {
    return this.#place.standsIn
  }

  stop(): void {
    this.#stopped = true
    this.#timer()
  }

  async lookNow(): Promise<void> {
    await this.#look('slot')
  }

  heardObservation({ payload }: SignedObject<'observation'>): void {
    if (payload.state === 'up' || payload.state === 'defended') return
    const nowMs = this.#deps.clock.nowMs()
    const vote = payload.probes >= voteProbesMin
    if (vote) this.#doubtedMs = nowMs
    if (this.#place.standsIn && !vote) return
    const isCalled = this.#place.standsIn && !this.#isMissed && payload.unreachable.length > 0
    if (this.#looking !== null || ((this.#history?.failing ?? 0) > 0 && !isCalled)) return
    if (isCalled) this.#isMissed = true
    const name = `${payload.key} ${vote}`
    const before = this.#wokenBy.get(name) ?? Number.NEGATIVE_INFINITY
    if (nowMs - before < this.#options.probeMs || nowMs - this.#wokenMs < wokenApart * this.#options.probeMs) return
    this.#wokenBy.set(name, nowMs)
    this.#run(this.#answerDoubt(payload.key))
  }

  /** A declaration changes the pace; whoever sees the blog while others say it is down looks for its life at once. */
  heardWord({ payload }: SignedObject<'declaration'>): void {
    const declared = payload.state === 'down' && payload.by === 'quorum'
    if (declared === this.#declared) return
    this.#declared = declared
    if (declared) this.#doubtedMs = this.#deps.clock.nowMs()
    if (this.#looking !== null) return
    if (declared && this.#history?.state === 'up') this.#run(this.#look('woken'))
    else this.#plan()
  }

  /** Looks, where one of the others who may sit doubts the blog. A guest's doubt, or a stranger's, wakes nobody. */
  async #answerDoubt(key: Key): Promise<void> {
    const { ledger, clock, peers } = this.#deps
    const id = ledger.roster().memberOf(key)?.id
    const { mirrors, standIns } = await this.#seating()
    const watcher = [...mirrors, ...standIns].find((member) => member.id === id)
    if (watcher === undefined || watcher.standing !== 'full' || id === this.#options.self) return
    // What mirrors have said lately goes to mirrors alone: a stand-in is told of it by the one that wakes it.
    if (this.#place.standsIn) await ledger.accept(await peers.words(watcher.url, this.#options.blog), 'peer')
    const nowMs = clock.nowMs()
    if (this.#looking !== null || nowMs - this.#wokenMs < wokenApart * this.#options.probeMs) return
    if (nowMs < this.#restUntilMs) return
    this.#wokenMs = nowMs
    const lookedMs = this.#history?.looks.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY
    await (nowMs - lookedMs < youngLook * this.#options.probeMs ? this.#tell('woken') : this.#look('woken'))
  }

  #plan(): void {
    this.#timer()
    if (this.#stopped) return
    const nowMs = this.#deps.clock.nowMs()
    const pauseMs = this.#history === null ? null : nextLookMs(this.#history, this.#declared, this.#options)
    const slotMs = nextSlotMs(
      nowMs,
      this.#place.rank,
      this.#place.count,
      phaseOf(this.#options.blog),
      this.#options.probeMs,
    )
    const lookedMs = this.#history?.looks.at(-1)?.atMs ?? nowMs
    if (this.#place.standsIn && (pauseMs === null || this.#rests())) {
      this.#timer = this.#deps.clock.after(slotMs - nowMs, () => this.#run(this.#lookAfterMirrors()))
      return
    }
    const [soonMs, why]: readonly [Time, Why] = pauseMs === null ? [slotMs, 'slot'] : [lookedMs + pauseMs, 'again']
    const dueMs = Math.max(soonMs, this.#restUntilMs)
    this.#timer = this.#deps.clock.after(Math.max(0, dueMs - nowMs), () => this.#run(this.#look(why)))
  }

  /** A stand-in has voted, and every mirror is there to do the same: its vote has no seat. */
  #rests(): boolean {
    return this.#history?.vote === true && this.#history.state !== 'up' && !this.#isMissed
  }

  /**
   * Where no mirror with a timer is left, nobody looks at the blog any more. Stand-ins find that out by a ping of one of them
   * in each interval, and look themselves.
   */
  async #lookAfterMirrors(): Promise<void> {
    try {
      const { health, random } = this.#deps
      const active = (await this.#seating()).mirrors.filter((mirror) => !mirror.passive)
      const [one, ...others] = shuffled(random, active)
      if (one === undefined || (await health.unreachable([one])).length === 0) return
      if ((await health.unreachable(others)).length < others.length) return
      this.#isMissed = true
      await this.#look('woken')
    } finally {
      if (this.#looking === null) this.#plan()
    }
  }

  async #seating(): Promise<Seating> {
    const { ledger, clock } = this.#deps
    return currentSeating(await ledger.blog(this.#options.blog), ledger.roster(), clock.nowMs())
  }

  /** One look at a time. A look that fails for reasons of this member's own is logged and made again in its turn. */
  #look(why: Why): Promise<void> {
    this.#timer()
    this.#looking ??= this.#lookOnce(why).finally(() => {
      this.#looking = null
      this.#plan()
    })
    return this.#looking
  }

  async #lookOnce(why: Why): Promise<void> {
    const { ledger, clock, platform, probe, health } = this.#deps
    const blog = await ledger.blog(this.#options.blog)
    const address = watchedAddress(blog, ledger.roster(), clock.nowMs(), platform.sha256)
    if (address === null) {
      this.#history = null
      return
    }
    const front = await this.#frontOf(blog)
    const atMs = clock.nowMs()
    // The self-test runs beside the look: a watcher that is well again at its end was still ill during it.
    this.#wellBefore = (this.#history?.failing ?? 0) > 0 ? health.well(ledger.roster()) : null
    const answered = await probe.look(address, { blog: blog.blog, front })
    if (this.#stopped) return
    this.#restUntilMs = clock.nowMs() + (retryAfterMs(answered.retryAfter, clock.nowMs()) ?? 0)
    const { state: seen, reason } = judgeWall(answered, silentSince(await ledger.blog(blog.blog), clock.nowMs()))
    this.#history = withLook(this.#history, { state: seen, reason, atMs })
    const { state, by } = await ledger.state(blog.blog)
    this.#declared = state === 'down' && by === 'quorum'
    await this.#tell(why)
  }

  /** Publishes what this watcher sees, where others need to know. */
  async #tell(why: Why): Promise<void> {
    const { ledger, clock, platform, health, log } = this.#deps
    const history = this.#history
    if (history === null || this.#stopped) return
    const blog = await ledger.blog(this.#options.blog)
    const roster = ledger.roster()
    const address = watchedAddress(blog, roster, clock.nowMs(), platform.sha256)
    if (address === null) return
    const life = history.state === 'up' && this.#isDoubted() ? await this.#askLife(blog, address) : null
    if (life === null && !this.#mustTell(history, why)) return
    const bad = history.state === 'down' || history.state === 'changed'
    const votesDown = history.vote && history.state !== 'up'
    if (bad && !history.vote) this.#prepare(roster)
    if (votesDown && !((await this.#wellBefore) !== false && (await health.well(roster)))) {
      log.warn('watcher-ill', { blog: blog.blog, reason: history.reason })
      this.#history = afterIllness(history)
      return
    }
    const votes = votesDown || (history.vote && this.#declared)
    const unreachable = votes ? await this.#unreachable() : []
    const { state, reason, probes, since } = history
    const said = { blog: blog.blog, address, state, reason: reason.slice(0, 40), probes, since, unreachable }
    this.#told = { atMs: clock.nowMs(), state, vote: history.vote }
    await ledger.publish('observation', life === null ? said : { ...said, life }, this.#deps.signer)
  }

  #mustTell(history: ProbeHistory, why: Why): boolean {
    const told = this.#told
    if (told === null || why !== 'again') return true
    if (told.state !== history.state || told.vote !== history.vote) return true
    const wrong = history.state !== 'up' || this.#declared
    return (
      wrong && this.#deps.clock.nowMs() - told.atMs >= Math.min(2 * this.#options.downProbeMs, this.#options.probeMs)
    )
  }

  /** A first failure: the self-test runs while the second look is waited for. */
  #prepare(roster: Roster): void {
    const { health } = this.#deps
    this.#run(health.well(roster).then(() => undefined))
    this.#run(this.#unreachable().then(() => undefined))
  }

  /** Those who may sit and do not answer here. */
  async #unreachable(): Promise<readonly Key[]> {
    const { mirrors, standIns } = await this.#seating()
    const away = await this.#deps.health.unreachable([...mirrors, ...standIns])
    this.#isMissed = mirrors.some((mirror) => away.includes(mirror.id))
    return away
  }

  #isDoubted(): boolean {
    return this.#declared || this.#deps.clock.nowMs() - this.#doubtedMs < observationFreshMs
  }

  async #askLife(blog: BlogObjects, address: string): Promise<Envelope | null> {
    const online = keyRolesOf(blog)?.chain.current.payload.online
    const nowMs = this.#deps.clock.nowMs()
    if (online === undefined || nowMs - this.#lifeMs < Math.min(livesApartMs, this.#options.downProbeMs)) return null
    this.#lifeMs = nowMs
    if (this.#life === null || nowMs - this.#life.atMs > this.#options.probeMs) {
      const marker = await this.#deps.probe.markerFile(address, blog.blog)
      this.#life = { atMs: nowMs, url: marker?.life ?? null }
    }
    const { url } = this.#life
    if (url === null) return null
    const question = { network: this.#deps.ledger.network.id, blog: blog.blog, address, url, online }
    return fetchLife(this.#deps, question, this.#options.userAgent)
  }

  /** The fingerprint of the copy that is shown now. */
  async #frontOf(blog: BlogObjects): Promise<FrontMarks | null> {
    const page = currentSnapshot(blog, this.#deps.clock.nowMs())?.snapshot.payload.pages[0]
    if (page === undefined) return null
    if (this.#front?.blob === page.blob) return this.#front.marks
    const bytes = await this.#deps.blobs.get(page.blob)
    if (bytes === null) return null
    this.#front = { blob: page.blob, marks: frontMarks(bytes) }
    return this.#front.marks
  }

  #run(work: Promise<void>): void {
    work.catch((error) => this.#deps.log.error('watch-failed', { blog: this.#options.blog, error: String(error) }))
  }
}
