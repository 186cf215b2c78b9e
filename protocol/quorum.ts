/**
 * The verdict of the watchers: each mirror of a blog has one vote, and no operator two. n = operators on the mirror list,
 * the blog's own left out. A mirror is absent where every voter lists it as unreachable and it has said nothing for five
 * minutes; m = n − absent. Needed are max(⌈0.6 m⌉, min(4, ⌈0.6 n⌉), 2) votes, so one watcher alone decides nothing.
 *
 * A down vote is an observation `down` with three probes or more (three in a row, or 7 of the last 10: then `probes` is 7),
 * `changed` that has lasted 60 minutes, or `defended` by nothing but a host's own "too many requests" for 15 minutes: such
 * votes make a verdict together, and none of them makes a doubt. Other walls have no vote. An up vote is three good probes.
 * The verdict's time is the lower median of its votes, which lie within 300 s of it: one watcher with a wrong clock cannot
 * move it.
 */
import { changedIsDownMs, floodedIsDownMs, observationFreshMs, quorumUntilMs, votesSpanMs } from './limits.ts'
import { byTime, type Hash, type Key, type Observation, type SignedObject, type Time } from './objects.ts'
import type { MemberView, Roster } from './roster.ts'

type Vote = SignedObject<'observation'>

/** Why a watcher calls a blog defended where its host says "too many requests" without any wall's mark. */
export const floodedReason = 'status-429'
/** Probes that found the same before a watcher may vote. */
export const voteProbesMin = 3

export type VerdictInput = {
  readonly blog: Hash
  /** The members of the newest head's mirror list without the blog's own operator. */
  readonly mirrors: readonly MemberView[]
  readonly observations: readonly Vote[]
  readonly atMs: Time
  readonly roster: Roster
  /** Mirrors on the list of which no record is known here: each counts as one more operator. Default 0. */
  readonly strangers?: number
}

type Count = {
  /** At most one an operator, in order of time: what a declaration embeds. */
  readonly votes: readonly Vote[]
  readonly absent: readonly Key[]
  readonly needed: number
  /** Lower median of the votes' times: the time of a declaration made of them. 0 without votes. */
  readonly timeMs: Time
}
export type DownVerdict = Count & { readonly down: boolean }
export type UpVerdict = Count & { readonly up: boolean }

export function isDownVote({ state, reason, probes, time, since }: Observation): boolean {
  if (state === 'down') return probes >= voteProbesMin
  if (state === 'defended') return reason === floodedReason && time - since >= floodedIsDownMs
  return state === 'changed' && time - since >= changedIsDownMs
}

export function isUpVote({ state, probes }: Observation): boolean {
  return state === 'up' && probes >= voteProbesMin
}

/** What the watchers' words amount to at `atMs`. Pure; says nothing about the author's word, which outranks it. */
export function downVerdict(input: VerdictInput): DownVerdict {
  const { reached, ...count } = counted(input, isDownVote)
  return { ...count, down: reached }
}

export function upVerdict(input: VerdictInput): UpVerdict {
  const { reached, ...count } = counted(input, isUpVote)
  return { ...count, up: reached }
}

/** Votes needed where `n` operators watch and `m` of them are there. More than n for n = 1: then only the author speaks. */
export function votesNeeded(n: number, m: number): number {
  return Math.max(sixTenths(m), Math.min(4, sixTenths(n)), 2)
}

/** Sixty per cent, rounded up. */
export function sixTenths(count: number): number {
  return Math.ceil((6 * count) / 10)
}

function counted(
  input: VerdictInput,
  isVote: (observation: Observation) => boolean,
): Count & { readonly reached: boolean } {
  const newest = newestByOperator(input)
  const votes = withinSpan([...newest.values()].filter((observation) => isVote(observation.payload)))
  const absent = absentOf(input, votes, newest)
  const n = new Set(input.mirrors.map((mirror) => mirror.operator)).size + (input.strangers ?? 0)
  const needed = votesNeeded(n, n - absent.length)
  return { votes, absent, needed, timeMs: lowerMedian(votes), reached: votes.length >= needed }
}

/** The newest word of each operator on the list that lies within the span of `atMs`. A later word replaces an earlier vote. */
function newestByOperator({ blog, mirrors, observations, atMs, roster }: VerdictInput): Map<Key, Vote> {
  const ids = new Set(mirrors.map((mirror) => mirror.id))
  const newest = new Map<Key, Vote>()
  for (const observation of observations) {
    const member = roster.memberOf(observation.payload.key)
    if (observation.payload.blog !== blog || member === null || !ids.has(member.id)) continue
    if (Math.abs(observation.payload.time - atMs) > votesSpanMs) continue
    const before = newest.get(member.operator)
    if (before === undefined || byTime(before, observation) < 0) newest.set(member.operator, observation)
  }
  return newest
}

/** The votes in order of time, without those that lie further than the span from their own median. */
function withinSpan(votes: readonly Vote[]): readonly Vote[] {
  const sorted = [...votes].sort(byTime)
  const median = lowerMedian(sorted)
  const near = sorted.filter((observation) => Math.abs(observation.payload.time - median) <= votesSpanMs)
  return near.length === sorted.length ? sorted : withinSpan(near)
}

function lowerMedian(votes: readonly Vote[]): Time {
  const times = votes.map((vote) => vote.payload.time).sort((a, b) => a - b)
  return times[(times.length - 1) >> 1] ?? 0
}

/** Ids of mirrors that no voter can reach and that have been silent for five minutes; without votes nobody is absent. */
function absentOf(
  { mirrors, atMs }: VerdictInput,
  votes: readonly Vote[],
  newest: ReadonlyMap<Key, Vote>,
): readonly Key[] {
  if (votes.length === 0) return []
  const silent = mirrors.filter((mirror) => {
    const vote = newest.get(mirror.operator)
    return vote === undefined || vote.payload.time <= atMs - observationFreshMs
  })
  return silent
    .filter((mirror) =>
      votes.every(({ payload }) => payload.unreachable.includes(mirror.id) || payload.unreachable.includes(mirror.key)),
    )
    .map((mirror) => mirror.id)
}

/**
 * Whether a quorum's declaration is proven by the votes it embeds, judged at its own time. `votes` are the embedded
 * envelopes, opened by the caller. Every one of them must count: a declaration padded with other words is refused.
 */
export function evidenceHolds(
  declaration: SignedObject<'declaration'>,
  evidence: {
    readonly mirrors: readonly MemberView[]
    readonly roster: Roster
    readonly votes: readonly SignedObject<'observation'>[]
    readonly strangers?: number
  },
): boolean {
  const { by, blog, state, time, until, votes: embedded } = declaration.payload
  const { votes, mirrors, roster, strangers = 0 } = evidence
  if (by !== 'quorum' || votes.length !== (embedded?.length ?? 0)) return false
  if (until <= time || until > time + quorumUntilMs) return false
  if (votes.some((vote) => vote.payload.network !== declaration.payload.network)) return false
  const input = { blog, mirrors, roster, strangers, observations: votes, atMs: time }
  const { reached, votes: good, timeMs } = counted(input, state === 'down' ? isDownVote : isUpVote)
  return reached && good.length === votes.length && timeMs === time
}
