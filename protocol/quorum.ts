/**
 * The verdict of the watchers: each seat of a blog has one vote, and no operator two. n = operators on the mirror list, the
 * blog's own left out. A seat is a mirror's; that of an absent mirror passes to the next stand-in that is not absent
 * (seats.ts). Absent is who has said nothing for five minutes and is listed as unreachable by every voter. m = seats that are
 * filled. Needed are max(⌈0.6 m⌉, min(4, ⌈0.6 n⌉), 2) votes, so one watcher alone decides nothing.
 *
 * A down vote is an observation `down` with three probes or more (three in a row, or 7 of the last 10: then `probes` is 7),
 * `changed` that has lasted 60 minutes, or `defended` by nothing but a host's own "too many requests" for 15 minutes: such
 * votes make a verdict together, and none of them makes a doubt. Other walls have no vote. An up vote is three good probes.
 * The verdict's time is the lower median of its votes, which lie within 300 s of it: one watcher with a wrong clock cannot
 * move it.
 *
 * Voters could call everybody else absent. So whoever knows more counts again: who is called absent, has spoken since five
 * minutes before the verdict, and does not see the blog down, is there. If the votes then fall short, the word is disputed.
 */
import { changedIsDownMs, floodedIsDownMs, observationFreshMs, quorumUntilMs, votesSpanMs } from './limits.ts'
import { byTime, type Hash, type Key, type Observation, type SignedObject, type Time } from './objects.ts'
import type { MemberView, Roster } from './roster.ts'
import { type Seating, seated } from './seats.ts'

type Vote = SignedObject<'observation'>

/** Why a watcher calls a blog defended where its host says "too many requests" without any wall's mark. */
export const floodedReason = 'status-429'
/** Probes that found the same before a watcher may vote. */
export const voteProbesMin = 3

export type VerdictInput = Seating & {
  readonly blog: Hash
  readonly observations: readonly Vote[]
  readonly atMs: Time
  readonly roster: Roster
}

type Count = {
  /** At most one an operator, in order of time: what a declaration embeds. */
  readonly votes: readonly Vote[]
  /** Mirrors and stand-ins that no voter can reach. */
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

type Reached = Count & { readonly reached: boolean }

function counted(input: VerdictInput, isVote: (observation: Observation) => boolean): Reached {
  const words = newestWords(input)
  const timely = newestWords(input, ({ time }) => Math.abs(time - input.atMs) <= votesSpanMs)
  const votes = withinSpan([...timely.values()].filter((word) => isVote(word.payload)))
  const all = bySeats(input, votes, words)
  if (all.reached) return all
  // One voter that reaches a mirror which the others do not would else keep its seat empty for ever.
  const most = bySeats(input, agreeing(input, votes), words)
  return most.reached ? most : all
}

/** Counts the votes that have a seat; a vote without one says nobody absent either, so that all is counted again without it. */
function bySeats(input: VerdictInput, votes: readonly Vote[], words: ReadonlyMap<Key, Vote>): Reached {
  const { mirrors, standIns, strangers, roster } = input
  const timeMs = lowerMedian(votes)
  const isAbsent = (member: MemberView) =>
    isSilent(member, words, timeMs) && votes.length > 0 && votes.every(lists(member))
  const seats = new Set(seated(input, isAbsent).map((member) => member.operator))
  const good = votes.filter((vote) => seats.has(roster.memberOf(vote.payload.key)!.operator))
  if (good.length < votes.length) return bySeats(input, withinSpan(good), words)
  const n = new Set(mirrors.map((mirror) => mirror.operator)).size + strangers
  const needed = votesNeeded(n, seats.size + strangers)
  const absent = [...mirrors, ...standIns].filter(isAbsent).map((member) => member.id)
  return { votes, absent, needed, timeMs, reached: votes.length >= needed }
}

/** Votes that list every silent mirror which most of them list. */
function agreeing(input: VerdictInput, votes: readonly Vote[]): readonly Vote[] {
  const words = newestWords(input)
  const doubted = input.mirrors.filter(
    (mirror) => isSilent(mirror, words, lowerMedian(votes)) && 2 * votes.filter(lists(mirror)).length > votes.length,
  )
  return withinSpan(votes.filter((vote) => doubted.every((mirror) => lists(mirror)(vote))))
}

function isSilent({ operator }: MemberView, words: ReadonlyMap<Key, Vote>, timeMs: Time): boolean {
  return (words.get(operator)?.payload.time ?? 0) <= timeMs - observationFreshMs
}

function lists({ id, key }: MemberView): (vote: Vote) => boolean {
  return ({ payload }) => payload.unreachable.includes(id) || payload.unreachable.includes(key)
}

/** The newest word of each operator that may have a seat. A later word replaces an earlier vote. */
function newestWords(
  { blog, mirrors, standIns, observations, roster }: VerdictInput,
  isMeant: (observation: Observation) => boolean = () => true,
): ReadonlyMap<Key, Vote> {
  const ids = new Set([...mirrors, ...standIns].map((member) => member.id))
  const newest = new Map<Key, Vote>()
  for (const observation of observations) {
    const member = roster.memberOf(observation.payload.key)
    if (observation.payload.blog !== blog || member === null || !ids.has(member.id)) continue
    if (!isMeant(observation.payload)) continue
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

/** What is known of a verdict: who may sit, and its votes, the embedded envelopes, opened by the caller. */
export type VerdictEvidence = Seating & { readonly roster: Roster; readonly votes: readonly Vote[] }

/**
 * Whether a quorum's declaration is proven by the votes it embeds, judged at its own time. Every one of them must count: a
 * declaration padded with other words is refused.
 */
export function evidenceHolds(declaration: SignedObject<'declaration'>, evidence: VerdictEvidence): boolean {
  const { by, blog, state, time, until, votes: embedded } = declaration.payload
  const { votes } = evidence
  if (by !== 'quorum' || votes.length !== (embedded?.length ?? 0)) return false
  if (until <= time || until > time + quorumUntilMs) return false
  if (votes.some((vote) => vote.payload.network !== declaration.payload.network)) return false
  const input = { ...evidence, blog, observations: votes, atMs: time }
  const { reached, votes: good, timeMs } = counted(input, state === 'down' ? isDownVote : isUpVote)
  return reached && good.length === votes.length && timeMs === time
}

/**
 * Whether a verdict of down still has its votes beside everything else that is known. Who is called absent, has spoken since
 * five minutes before, and does not see the blog down, is there: its seat is its own, and no stand-in's.
 */
export function outweighs(
  { payload: { blog, time } }: SignedObject<'declaration'>,
  { votes, ...evidence }: VerdictEvidence,
  observations: readonly Vote[],
): boolean {
  const input = { ...evidence, blog, observations: [...observations, ...votes], atMs: time }
  const words = [...newestWords(input)].filter(([, { payload }]) => payload.state !== 'down' && !isDownVote(payload))
  return bySeats(input, votes, new Map(words)).reached
}

/** Mirrors and stand-ins that a verdict's voters say they cannot reach, in the order of their seats. */
export function calledAbsent({ mirrors, standIns, votes }: VerdictEvidence): readonly MemberView[] {
  return [...mirrors, ...standIns].filter((member) => votes.length > 0 && votes.every(lists(member)))
}
