/**
 * What one watcher makes of its own probes. Pure. Three failures in a row, or seven of the last ten (half alive under
 * attack), are a vote; one good look takes back the first, three in a row the second. One failure is only a warning.
 *
 * A look that met a wall (`defended`) is no failure and no good look: it ends a row of failures, and after three of them
 * what failed before is forgotten. Where a host says nothing but "too many requests" for a quarter of an hour, that is a
 * vote of its own kind (protocol/quorum.ts); nobody is woken by it.
 */
import { floodedIsDownMs } from '../../protocol/limits.ts'
import type { Observation, Time } from '../../protocol/objects.ts'
import { floodedReason, voteProbesMin } from '../../protocol/quorum.ts'
import type { Probed } from './probe.ts'

const looksMax = 10
const failuresOfTen = 7
/** Looks older than this say nothing about now. */
const looksMsMax = 20 * 60_000
/** Good looks that count together lie within this. */
const goodSpanMs = 300_000

export type Look = Probed & { readonly atMs: Time }

export type ProbeHistory = {
  /** Oldest first, at most ten. */
  readonly looks: readonly Look[]
  readonly state: Observation['state']
  readonly reason: string
  /** When this state began. */
  readonly since: Time
  /** Looks that speak for the state. */
  readonly probes: number
  /** Whether they make a vote: enough failures, three good ones within five minutes, or a flood that lasts. */
  readonly vote: boolean
  /** Failures at the end of `looks`. */
  readonly failing: number
}

/** The history after one more look. `before` is null at the first. */
export function withLook(before: ProbeHistory | null, look: Look): ProbeHistory {
  const kept = (before?.looks ?? []).filter((earlier) => earlier.atMs > look.atMs - looksMsMax)
  const looks = [...kept, look].slice(-looksMax)
  const failing = runOf(looks, isFailure)
  const calm = runOf(looks, (earlier) => !isFailure(earlier) && earlier.atMs > look.atMs - goodSpanMs)
  const failures = looks.filter(isFailure)
  const halfAlive = failures.length >= failuresOfTen && calm < voteProbesMin
  const bad = failing > 0 || halfAlive
  const state = bad ? badState(failing > 0 ? looks.slice(-failing) : failures) : look.state
  const reason = (bad ? failures.at(-1)! : look).reason
  const since = before !== null && isSame(before, { state, reason }) ? before.since : look.atMs
  const seen = { looks, state, reason, since, failing }
  if (bad) {
    const probes = Math.max(failing, halfAlive ? failures.length : 0)
    return { ...seen, probes, vote: failing >= voteProbesMin || halfAlive }
  }
  const alike = runOf(looks, (earlier) => isSame(earlier, seen) && earlier.atMs > look.atMs - goodSpanMs)
  const vote = state === 'up' ? alike >= voteProbesMin : isFlooded(seen) && look.atMs - since >= floodedIsDownMs
  return { ...seen, probes: Math.max(alike, 1), vote }
}

function isFailure({ state }: Pick<Look, 'state'>): boolean {
  return state === 'down' || state === 'changed'
}

/** A host that says "too many requests", and no wall before it. */
export function isFlooded({ state, reason }: Pick<Look, 'state' | 'reason'>): boolean {
  return state === 'defended' && reason === floodedReason
}

/** Whether what is seen goes on: failures of all sorts are one, walls of all sorts are one, a flood is another. */
function isSame(a: Pick<Look, 'state' | 'reason'>, b: Pick<Look, 'state' | 'reason'>): boolean {
  const sort = (look: Pick<Look, 'state' | 'reason'>) =>
    isFailure(look) ? 'failing' : isFlooded(look) ? 'flooded' : look.state
  return sort(a) === sort(b)
}

/**
 * The history of a watcher that has found itself ill: of what it saw meanwhile only the newest look stays, as a warning.
 * Otherwise it would vote by those looks as soon as it is well again, and all watchers of its region with it.
 */
export function afterIllness(history: ProbeHistory): ProbeHistory {
  return withLook(null, history.looks.at(-1)!)
}

/** A run is `down` where its newest looks found nothing there; one that mostly found another page is `changed`. */
function badState(run: readonly Look[]): 'down' | 'changed' {
  return run.slice(-voteProbesMin).every((look) => look.state === 'down') ? 'down' : 'changed'
}

function runOf(looks: readonly Look[], holds: (look: Look) => boolean): number {
  let run = 0
  while (run < looks.length && holds(looks[looks.length - 1 - run]!)) run++
  return run
}

export type Pace = {
  /** Regular distance of one watcher's probes. */
  readonly probeMs: number
  /** Distance after the first and the second failure. */
  readonly retryMs: readonly [number, number]
  /** Distance while the blog is down, or was. */
  readonly downProbeMs: number
}

/** Milliseconds from the last look to the next one; null = the regular slot. A host behind a wall is never asked more. */
export function nextLookMs(history: ProbeHistory, declared: boolean, pace: Pace): number | null {
  if (history.failing === 1) return pace.retryMs[0]
  if (history.failing === 2) return pace.retryMs[1]
  if (history.state === 'changed' && !declared) return Math.min(pace.probeMs, 2 * pace.downProbeMs)
  if (history.state === 'defended') return null
  if (history.state !== 'up' || declared) return pace.downProbeMs
  return history.looks.filter(isFailure).length >= 2 ? pace.retryMs[1] : null
}

/**
 * When this watcher looks next by the common timetable: `rank` of `count` watchers share the interval evenly, so that
 * somebody looks every interval/count. `phase` (from the blog's id) keeps blogs apart. No message is needed for it.
 */
export function nextSlotMs(nowMs: Time, rank: number, count: number, phase: number, probeMs: number): Time {
  const offset = Math.floor((phase % probeMs) + (rank * probeMs) / Math.max(1, count)) % probeMs
  const slot = Math.floor((nowMs - offset) / probeMs) * probeMs + offset
  return slot > nowMs ? slot : slot + probeMs
}
