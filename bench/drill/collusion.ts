/**
 * A blog that lives, and operators who say together that it does not. They vote wherever they sit and call everybody else
 * absent. Honest members see the blog and say so at once, as they do whenever somebody votes down. Counted is whether a
 * reader is led away: one who sees all words, and one to whom colluders serve the evidence and hold the words of others
 * back, so that he has only the three seats that he asks himself.
 */
import { type Random, shuffled } from '../../lib/random.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import { calledAbsent, evidenceHolds, outweighs, votesNeeded } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import { type Seating, seated } from '../../protocol/seats.ts'
import { fallMs } from './fall.ts'
import { verdictOf, word } from './model-members.ts'

export type Collusion = {
  /** Colluders hold so many of the mirrors' own seats that they need call nobody absent: the quorum itself is theirs. */
  readonly ownsQuorum: boolean
  /** Their word holds by its own evidence. */
  readonly declared: boolean
  readonly misledWithWords: boolean
  readonly misledAsking: boolean
}

const askedMax = 3

export function collusionAgainst(
  blog: Hash,
  roster: Roster,
  seating: Seating,
  liars: ReadonlySet<Key>,
  random: Random,
): Collusion {
  const all = [...seating.mirrors, ...seating.standIns]
  const honest = all.filter((member) => !liars.has(member.id))
  const own = seating.mirrors.filter((member) => liars.has(member.id)).length
  const ownsQuorum = own >= votesNeeded(seating.mirrors.length, seating.mirrors.length)
  const seats = seated(seating, (member) => !liars.has(member.id)).filter((member) => liars.has(member.id))
  const gone = honest.map((member) => member.id)
  const lie = { state: 'down', time: fallMs, probes: 5, unreachable: gone } as const
  const votes = seats.map((member, i) => word(blog, member, lie, i))
  const declaration = verdictOf(blog, votes, fallMs)
  const evidence = { ...seating, roster, votes }
  const declared = evidenceHolds(declaration, evidence)
  const truth = { state: 'up', time: fallMs + 1000, probes: 3, unreachable: [] } as const
  const words = honest.map((member, i) => word(blog, member, truth, 100 + i))
  const misledWithWords = declared && outweighs(declaration, evidence, words)
  const asked = shuffled(random, calledAbsent(evidence)).slice(0, askedMax)
  const heard = asked.some((member) => !liars.has(member.id)) ? words : []
  return { ownsQuorum, declared, misledWithWords, misledAsking: declared && outweighs(declaration, evidence, heard) }
}
