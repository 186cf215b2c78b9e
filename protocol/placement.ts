/**
 * Placement: consistent hashing in its weighted rendezvous form (Thaler and Ravishankar 1998). A member of weight w has w
 * virtual ids; it ranks by the highest of their hashes, compared as byte strings, so that PHP and JavaScript agree without
 * floats. The walk down the ranking takes at most one member per operator, 3 per address block, 4 per region, 3 per
 * inviter. Where too few remain, caps go in the order preference, region, block with inviter; the operator cap never.
 */
import { compareText, concat, fromHex, toHex, utf8 } from './bytes.ts'
import { attestersMax, mirrorsMax } from './limits.ts'
import type { Hash, Key } from './objects.ts'
import type { Sha256 } from './platform.ts'
import type { MemberView, Roster } from './roster.ts'

export const blockMirrorsMax = 3
export const regionMirrorsMax = 4
export const inviterMirrorsMax = 3

export type PlacementOptions = {
  /** How many members are wanted. Default: `mirrorsMax`. */
  readonly copies?: number
  /** Operators that must not hold a copy: the blog's own. */
  readonly exceptOperators?: readonly Key[]
  /** The caller's own view of load, refusals, audits and probation. The first wish to be dropped. */
  readonly prefer?: (member: MemberView) => boolean
}

/** All full members, best first. Pure: every member computes the same list from the same roster. */
export function ranking(subject: Hash, roster: Roster, sha256: Sha256): MemberView[] {
  const seed = fromHex(subject)
  return roster.members
    .filter((member) => member.standing === 'full' && !member.leaving)
    .map((member) => ({ member, score: scoreOf(seed, member, sha256) }))
    .sort((a, b) => compareText(b.score, a.score) || compareText(a.member.id, b.member.id))
    .map(({ member }) => member)
}

function scoreOf(seed: Uint8Array, member: MemberView, sha256: Sha256): string {
  const placement = fromHex(member.placement)
  let best = ''
  for (let i = 0; i < member.weight; i++) {
    const score = toHex(sha256(concat(seed, placement, Uint8Array.of(i))).subarray(0, 8))
    if (score > best) best = score
  }
  return best
}

/** The members that keep a copy, best first. Fewer than `copies` is not an error: two friends have two members. */
export function placeMirrors(
  subject: Hash,
  roster: Roster,
  sha256: Sha256,
  options: PlacementOptions = {},
): MemberView[] {
  const except = new Set(options.exceptOperators ?? [])
  const ranked = ranking(subject, roster, sha256).filter((member) => !except.has(member.operator))
  const target = Math.min(options.copies ?? mirrorsMax, new Set(ranked.map((member) => member.operator)).size)
  const prefer = options.prefer ?? (() => true)
  const chosen = new Set<MemberView>()
  for (const dropped of [0, 1, 2, 3]) {
    for (const member of ranked) {
      if (chosen.size === target) break
      if (dropped === 0 && !prefer(member)) continue
      if (!chosen.has(member) && fits(member, chosen, dropped)) chosen.add(member)
    }
  }
  return ranked.filter((member) => chosen.has(member))
}

/** Caps with the first `dropped` of (preference, region, block and inviter) left out. Unknown regions and blocks are not capped. */
function fits(member: MemberView, chosen: ReadonlySet<MemberView>, dropped: number): boolean {
  let inRegion = 0
  let inBlock = 0
  let byInviter = 0
  for (const other of chosen) {
    if (other.operator === member.operator) return false
    if (member.region !== '' && other.region === member.region) inRegion++
    if (member.block !== '' && other.block === member.block) inBlock++
    if (member.inviters[0] !== undefined && other.inviters[0] === member.inviters[0]) byInviter++
  }
  if (dropped < 2 && inRegion >= regionMirrorsMax) return false
  return dropped === 3 || (inBlock < blockMirrorsMax && byInviter < inviterMirrorsMax)
}

/** Rosters live for a minute and every reader's question asks this of one; the answer is remembered with the roster. */
const asked = new WeakMap<Roster, Map<string, readonly MemberView[]>>()

/** The members asked to look for the marker at an address. The ranking is by the address, so a blog cannot choose them. */
export function attesters(address: string, roster: Roster, sha256: Sha256): readonly MemberView[] {
  const known = asked.get(roster) ?? new Map<string, readonly MemberView[]>()
  asked.set(roster, known)
  const found =
    known.get(address) ?? placeMirrors(toHex(sha256(utf8(address))), roster, sha256, { copies: attestersMax })
  known.set(address, found)
  return found
}
