/** Evidence from sources that nobody trusts: what of it a member would have accepted. Signatures make it irrelevant who handed it on. */
import { authorise } from './authority.ts'
import { type BlogObjects, blogObjects, withObject } from './blog-objects.ts'
import { open } from './envelope.ts'
import { blogOf, type Hash, type SignedObject, type Time } from './objects.ts'
import type { Platform } from './platform.ts'
import type { Roster } from './roster.ts'

export type EvidenceContext = {
  readonly roster: Roster
  /** Member records and vouchers. */
  readonly network: readonly SignedObject[]
  readonly nowMs: Time
  readonly platform: Platform
}

/** The objects of one blog that hold, taken one after the other: they come in the order of dependencies. `refused` are the rest. */
export async function acceptedBlog(
  id: Hash,
  objects: readonly SignedObject[],
  { roster, network, nowMs, platform }: EvidenceContext,
): Promise<{ readonly blog: BlogObjects; readonly refused: readonly SignedObject[] }> {
  const refused: SignedObject[] = []
  let blog = blogObjects(id, [])
  for (const object of objects) {
    if (blogOf(object) !== id) continue
    const inner = object.kind === 'declaration' ? await votesOf(object, platform) : []
    const context = { blog, roster, network, inner, nowMs, sha256: platform.sha256 }
    if (authorise(object, context).ok) blog = withObject(blog, object)
    else refused.push(object)
  }
  return { blog, refused }
}

/** The votes of a declaration that verify. */
export async function votesOf(
  declaration: SignedObject<'declaration'>,
  platform: Platform,
): Promise<readonly SignedObject<'observation'>[]> {
  const votes = await Promise.all((declaration.payload.votes ?? []).map((vote) => open(vote, platform)))
  return votes
    .filter((vote) => vote.ok)
    .map((vote) => vote.value)
    .filter((vote) => vote.kind === 'observation')
}
