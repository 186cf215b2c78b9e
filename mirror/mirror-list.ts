/** The mirror list of the next head, and who stands in. Pure: what the head signer sees, turned into at most one change a day. */
import { byTime, type Hash, type Key, type SignedObject, type Time } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { MemberView, Roster } from '../protocol/roster.ts'
import { areRanked, placeStandIns } from '../protocol/seats.ts'

const dayMs = 86_400_000

export type MirrorListInput = {
  /** Placement's answer at this moment, best first. */
  readonly placed: readonly MemberView[]
  /** Heads of the blog that are still known, the current one included; empty for a new blog. */
  readonly heads: readonly SignedObject<'head'>[]
  readonly current: SignedObject<'head'> | null
  readonly roster: Roster
  readonly nowMs: Time
}

/**
 * The first list is placement's. Afterwards free places are filled at once and members that left are replaced at once,
 * but of the others at most one place changes in 24 hours: a list that moves slowly keeps its copies where readers and
 * beacons look for them, and a stolen online key cannot move a blog to mirrors of its thief.
 */
export function nextMirrors({ placed, heads, current, roster, nowMs }: MirrorListInput): readonly Key[] {
  const wanted = placed.map((member) => member.id)
  if (current === null) return wanted
  const staying = current.payload.mirrors.filter((key) => !isGone(roster.memberOf(key), nowMs))
  const list = filled(staying, placed, roster)
  if (movedToday(heads, current, roster, nowMs)) return list
  const leaving = [...list].reverse().find((key) => !wanted.includes(key))
  if (leaving === undefined) return list
  const moved = filled(
    list.filter((key) => key !== leaving),
    placed,
    roster,
  )
  return moved.length === list.length ? moved : list
}

export type StandInsInput = Pick<MirrorListInput, 'current' | 'roster' | 'nowMs'> & {
  readonly blog: Hash
  /** Of the next head. */
  readonly mirrors: readonly Key[]
  /** The blog's own operators. */
  readonly own: readonly Key[]
  readonly sha256: Sha256
}

/**
 * Who stands in for absent mirrors in a verdict. A list that the ranking could still give stays as it is, so that not every
 * member that joins makes every blog sign a head.
 */
export function nextStandIns({ current, roster, nowMs, blog, mirrors, own, sha256 }: StandInsInput): readonly Key[] {
  const placed = placeStandIns(blog, { mirrors, own }, roster, sha256)
  const old = current?.payload.standIns ?? []
  const members = old.map((key) => roster.memberOf(key))
  const taken = new Set(mirrors.map((key) => roster.memberOf(key)?.operator))
  const isWhole = members.every((member) => !isGone(member, nowMs) && !taken.has(member!.operator))
  const stays = isWhole && old.length >= placed.length && areRanked(old, blog, roster, sha256)
  return stays ? old : placed.map((member) => member.id)
}

function isGone(member: MemberView | null, nowMs: Time): boolean {
  return member === null || member.leaving || member.expires <= nowMs
}

/** Adds placed members until the list is as long as placement's, one an operator. */
function filled(list: readonly Key[], placed: readonly MemberView[], roster: Roster): Key[] {
  const out = [...list]
  for (const member of placed) {
    if (out.length >= placed.length) break
    const operators = out.map((key) => roster.memberOf(key)?.operator)
    if (!out.includes(member.id) && !operators.includes(member.operator)) out.push(member.id)
  }
  return out
}

/** Whether a member that is still there lost its place within the last 24 hours. */
function movedToday(
  heads: readonly SignedObject<'head'>[],
  current: SignedObject<'head'>,
  roster: Roster,
  nowMs: Time,
): boolean {
  const known = [...heads.filter((head) => head.id !== current.id), current]
  const byAge = known.sort(byTime)
  const dayAgo = byAge.findLast((head) => head.payload.time <= nowMs - dayMs)
  const since = byAge.filter((head) => head === dayAgo || head.payload.time > nowMs - dayMs)
  const listed = new Set(since.flatMap((head) => head.payload.mirrors))
  return [...listed].some((key) => !current.payload.mirrors.includes(key) && !isGone(roster.memberOf(key), nowMs))
}
