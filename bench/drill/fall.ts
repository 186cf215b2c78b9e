/**
 * One blog that falls together with some of the members. Who sits, what a look means and what the votes amount to is the
 * protocol's own code and the watch's; modelled are the wires (40 ms), the hosts (an error, or silence for ten seconds), the
 * wakes of passive members (one in 20 s, two silent members noticed in each) and when each watcher looks.
 *
 *   slot of a living mirror, or a stand-in that finds no mirror left → looks → votes → stand-ins look too → verdict
 */
import { nextLookMs, type ProbeHistory, withLook } from '../../activation/watch/probe-history.ts'
import type { Random } from '../../lib/random.ts'
import type { Hash, Key, SignedObject, Time } from '../../protocol/objects.ts'
import { downVerdict, evidenceHolds, outweighs } from '../../protocol/quorum.ts'
import type { MemberView, Roster } from '../../protocol/roster.ts'
import type { Seating } from '../../protocol/seats.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'
import { verdictOf, word } from './model-members.ts'

const { probeMs, retryMs, downProbeMs } = intervalsOf({ fast: false })
const pace = { probeMs, retryMs, downProbeMs }
const wireMs = 40
const wakeMs = 20_000
/** Silent members that one wake of a passive member has time to ask. */
const awayPerWake = 2
/** The fall. What was said before it lies within an interval of it. */
export const fallMs = 1_800_000_000_000
const patienceMs = 20 * 60_000

export type FallOptions = {
  readonly blog: Hash
  readonly roster: Roster
  readonly seating: Seating
  readonly dead: ReadonlySet<Key>
  readonly passive: ReadonlySet<Key>
  /** How long a look at the dead host takes. */
  readonly failMs: number
  readonly random: Random
}

type Watcher = { readonly member: MemberView; readonly isPassive: boolean; history: ProbeHistory | null; away: number }
type Event = { readonly atMs: Time; readonly run: () => void }

/** Milliseconds until a verdict that holds, and that nothing said contradicts, is declared; null where none is. */
export function declaredAfterMs(options: FallOptions): number | null {
  return new Fall(options).run()
}

class Fall {
  readonly #options: FallOptions
  readonly #words: SignedObject<'observation'>[] = []
  readonly #events: Event[] = []
  readonly #gone: readonly Key[]
  #nowMs = fallMs
  #called = false
  #declaredMs: Time | null = null

  constructor(options: FallOptions) {
    this.#options = options
    const { seating, dead } = options
    this.#gone = [...seating.mirrors, ...seating.standIns].map(({ id }) => id).filter((id) => dead.has(id))
  }

  run(): number | null {
    const { seating, dead, passive, random } = this.#options
    const watchers = (members: readonly MemberView[]) =>
      members
        .filter(({ id }) => !dead.has(id))
        .map((member): Watcher => ({ member, isPassive: passive.has(member.id), history: null, away: 0 }))
    const phaseMs = random.below(probeMs)
    const slotMs = (rank: number, of: number) => (phaseMs + Math.floor((rank * probeMs) / of)) % probeMs
    for (const [rank, member] of seating.mirrors.entries()) {
      const time = fallMs - probeMs + slotMs(rank, seating.mirrors.length)
      this.#say(member, { state: 'up', time, probes: 3, unreachable: [] })
    }
    const [mirrors, standIns] = [watchers(seating.mirrors), watchers(seating.standIns)]
    const all = [...mirrors, ...standIns]
    for (const mirror of mirrors) {
      const rank = seating.mirrors.indexOf(mirror.member)
      const lateMs = mirror.isPassive ? random.below(wakeMs) : 0
      this.#at(fallMs + slotMs(rank, seating.mirrors.length) + lateMs, () => this.#look(mirror, mirrors, all))
    }
    if (!mirrors.some((mirror) => !mirror.isPassive))
      for (const standIn of standIns.filter((standIn) => !standIn.isPassive)) {
        const rank = seating.standIns.indexOf(standIn.member)
        this.#at(fallMs + slotMs(rank, seating.standIns.length), () => this.#look(standIn, mirrors, all))
      }
    for (let ms = 60_000; ms < patienceMs; ms += 60_000) this.#at(fallMs + ms, () => this.#count())
    while (this.#declaredMs === null && this.#events.length > 0) {
      const event = this.#events.shift()!
      this.#nowMs = event.atMs
      event.run()
    }
    return this.#declaredMs === null ? null : this.#declaredMs - fallMs
  }

  #at(atMs: Time, run: () => void): void {
    if (atMs > fallMs + patienceMs) return
    const place = this.#events.findIndex((event) => event.atMs > atMs)
    this.#events.splice(place < 0 ? this.#events.length : place, 0, { atMs, run })
  }

  /** One look that fails, and what follows from it for this watcher and the others. */
  #look(watcher: Watcher, mirrors: readonly Watcher[], all: readonly Watcher[]): void {
    const startMs = this.#nowMs
    if (watcher.history !== null && startMs - watcher.history.looks.at(-1)!.atMs < retryMs[0]) return
    watcher.history = withLook(watcher.history, { state: 'down', reason: 'timeout', atMs: startMs })
    const history = watcher.history
    if (watcher.isPassive && history.vote) watcher.away = Math.min(this.#gone.length, watcher.away + awayPerWake)
    const away = watcher.isPassive ? watcher.away : this.#gone.length
    this.#at(startMs + this.#options.failMs, () => {
      const unreachable = history.vote ? this.#gone.slice(0, away) : []
      this.#say(watcher.member, { state: 'down', time: this.#nowMs, probes: history.probes, unreachable })
      this.#at(this.#nowMs + wireMs, () => this.#count())
      if (history.failing === 1) this.#wake(mirrors, mirrors, all)
      if (history.vote && !this.#called) {
        this.#called = true
        this.#wake(all, mirrors, all)
      }
    })
    const pauseMs = nextLookMs(history, false, pace) ?? probeMs
    const againMs = watcher.isPassive ? Math.ceil(Math.min(pauseMs, wakeMs) / wakeMs) * wakeMs : pauseMs
    this.#at(startMs + againMs, () => this.#look(watcher, mirrors, all))
  }

  #wake(called: readonly Watcher[], mirrors: readonly Watcher[], all: readonly Watcher[]): void {
    for (const watcher of called.filter((entry) => entry.history === null)) {
      const lateMs = watcher.isPassive ? this.#options.random.below(wakeMs) : 0
      this.#at(this.#nowMs + wireMs + lateMs, () => {
        if (watcher.history === null) this.#look(watcher, mirrors, all)
      })
    }
  }

  #say(member: MemberView, said: Parameters<typeof word>[2]): void {
    this.#words.push(word(this.#options.blog, member, said, this.#words.length))
  }

  /** What every watcher does that hears a word: count, and declare where the votes suffice. */
  #count(): void {
    const { blog, seating, roster } = this.#options
    const input = { ...seating, blog, roster, observations: this.#words, atMs: this.#nowMs }
    const { down, votes, timeMs } = downVerdict(input)
    if (!down) return
    const declaration = verdictOf(blog, votes, timeMs)
    const evidence = { ...seating, roster, votes }
    if (evidenceHolds(declaration, evidence) && outweighs(declaration, evidence, this.#words))
      this.#declaredMs = this.#nowMs + wireMs
  }
}
