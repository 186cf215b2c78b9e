/**
 * The seats of a verdict: as many as a blog has mirrors that may vote. Each mirror has its own; that of an absent one passes
 * to the next stand-in that is not absent. The head signs who stands in, in the order of the blog's ranking, so that nobody
 * seats friends of his own: members refuse a head of which more than a fifth lie outside the first 48 of their own ranking.
 */
import type { BlogObjects } from './blog-objects.ts'
import { currentHead } from './heads.ts'
import { keyRolesOf, ownOperators } from './key-roles.ts'
import { standInsMax, standInsRanked } from './limits.ts'
import type { Hash, Head, Key, Time } from './objects.ts'
import { ranking } from './placement.ts'
import type { Sha256 } from './platform.ts'
import type { MemberView, Roster } from './roster.ts'

/** Who may sit, one an operator, without the blog's own. */
export type Seating = {
  /** The mirrors on the list of which a record is known, in its order. */
  readonly mirrors: readonly MemberView[]
  readonly standIns: readonly MemberView[]
  /** Mirrors on the list of which no record is known here: each fills a seat and says nothing. */
  readonly strangers: number
}

/** Those whom a head seats. Stand-ins of which no record is known here cannot sit. */
export function seatingOf(head: Pick<Head, 'mirrors' | 'standIns'>, own: readonly Key[], roster: Roster): Seating {
  const known = head.mirrors.map((id) => roster.memberOf(id)).filter((member) => member !== null)
  const mirrors = known.filter((mirror) => !own.includes(mirror.operator))
  const taken = new Set([...own, ...mirrors.map((mirror) => mirror.operator)])
  const standIns = (head.standIns ?? [])
    .map((id) => roster.memberOf(id))
    .filter((member) => member !== null)
    .filter((member) => !taken.has(member.operator) && taken.add(member.operator))
  return { mirrors, standIns, strangers: head.mirrors.length - known.length }
}

/** Those whom the newest head seats; nobody where there is none, or the blog has left. */
export function currentSeating(blog: BlogObjects, roster: Roster, nowMs: Time): Seating {
  const roles = keyRolesOf(blog)
  const head = currentHead(blog, nowMs)
  if (roles === null || head === null || roles.chain.current.payload.closed === true)
    return { mirrors: [], standIns: [], strangers: 0 }
  return seatingOf(head.payload, ownOperators(roles, roster), roster)
}

/** The members that sit where these are absent: the other mirrors, and for each absent one the next stand-in that is there. */
export function seated(
  { mirrors, standIns }: Seating,
  isAbsent: (member: MemberView) => boolean,
): readonly MemberView[] {
  const present = mirrors.filter((mirror) => !isAbsent(mirror))
  const free = standIns.filter((member) => !isAbsent(member))
  return [...present, ...free.slice(0, mirrors.length - present.length)]
}

/** The stand-ins that a head signer names: the first of the blog's ranking that share no operator with anybody listed. */
export function placeStandIns(
  blog: Hash,
  taken: { readonly mirrors: readonly Key[]; readonly own: readonly Key[] },
  roster: Roster,
  sha256: Sha256,
): readonly MemberView[] {
  const operators = new Set([...taken.own, ...taken.mirrors.map((id) => roster.memberOf(id)?.operator)])
  return firstRanked(blog, roster, sha256)
    .filter((member) => !operators.has(member.operator) && operators.add(member.operator))
    .slice(0, standInsMax)
}

/**
 * Whether the blog's ranking, as it is known here, could have given this list. Who has left, or has no record here, says
 * nothing for or against: a head outlives members.
 */
export function areRanked(standIns: readonly Key[], blog: Hash, roster: Roster, sha256: Sha256): boolean {
  if (standIns.length === 0 || roster.members.length <= standInsRanked) return true
  const first = new Set(firstRanked(blog, roster, sha256).map((member) => member.id))
  const outside = roster.members.filter((member) => standIns.includes(member.id) && !first.has(member.id))
  return 5 * outside.length <= standIns.length
}

/** A head is asked about as often as it comes; rosters live for a minute, and with them the answer. */
const asked = new WeakMap<Roster, Map<Hash, readonly MemberView[]>>()

function firstRanked(blog: Hash, roster: Roster, sha256: Sha256): readonly MemberView[] {
  const known = asked.get(roster) ?? new Map<Hash, readonly MemberView[]>()
  asked.set(roster, known)
  const first = known.get(blog) ?? ranking(blog, roster, sha256).slice(0, standInsRanked)
  known.set(blog, first)
  return first
}
