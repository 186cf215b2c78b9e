/**
 * What this member knows better than a declaration. Voters may call mirrors unreachable, and so lower the number of votes
 * that is needed; a stranger has to believe that. A member that has words of those mirrors from the same five minutes
 * does not: it counts them as there, and refuses a verdict which then falls short. (To the others, life speaks.)
 */
import type { Ledger } from '../../ledger/ledger.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { type Refused, refuse } from '../../protocol/codes.ts'
import { reopen } from '../../protocol/envelope.ts'
import { observationFreshMs } from '../../protocol/limits.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import { votesNeeded } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import { watchersOf } from '../../protocol/watchers.ts'

/** `refused` is called with the blog of each verdict that is turned away: others may have believed it. */
export function guardVerdicts(ledger: Ledger, refused: (blog: Hash) => void): void {
  ledger.addPolicy('declaration', (object, blog) => {
    const declaration = object as SignedObject<'declaration'>
    const problem = blog === null ? null : verdictProblem(declaration, blog, ledger.roster())
    if (problem !== null) refused(declaration.payload.blog)
    return problem
  })
}

/** null where nothing is known here against the verdict. Its votes were verified before. Pure. */
export function verdictProblem(
  declaration: SignedObject<'declaration'>,
  blog: BlogObjects,
  roster: Roster,
): Refused | null {
  const { by, time } = declaration.payload
  if (by !== 'quorum') return null
  const votes = (declaration.payload.votes ?? []).map((vote) => reopen('', vote) as SignedObject<'observation'>)
  const voters = new Set(votes.map((vote) => roster.memberOf(vote.payload.key)?.operator))
  const watchers = watchersOf(blog, roster, time)
  const called = watchers.filter(
    (watcher) => !voters.has(watcher.operator) && votes.every((vote) => vote.payload.unreachable.includes(watcher.id)),
  )
  const heard = new Set(
    blog.observation
      .filter((observation) => Math.abs(observation.payload.time - time) < observationFreshMs)
      .map((observation) => roster.memberOf(observation.payload.key)?.id),
  )
  const absent = called.filter((member) => !heard.has(member.id))
  if (absent.length === called.length) return null
  const needed = votesNeeded(watchers.length, watchers.length - absent.length)
  return votes.length >= needed ? null : refuse('NO_QUORUM', 'mirrors called unreachable have spoken here')
}
