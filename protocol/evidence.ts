/** Evidence from sources that nobody trusts: what of it a member would have accepted. Signatures make it irrelevant who handed it on. */
import { authorise } from './authority.ts'
import { type BlogObjects, blogObjects, withObject } from './blog-objects.ts'
import { open } from './envelope.ts'
import { blogOf, type Envelope, type Hash, type SignedObject, type Time } from './objects.ts'
import type { Platform } from './platform.ts'
import type { Roster } from './roster.ts'

/** Envelopes from one member each: a member may bring anything, and spoils nothing but its own. */
export type Sources = readonly (readonly unknown[])[]

/** Envelopes opened side by side. */
const atOnce = 64
/** What an honest member hands on verifies, but for what is newer than this program. */
const noiseMax = 64

/**
 * What verifies, each object once, and how much did not. A source ends where it brought more noise than sense, so a flood
 * costs whoever judges no more than a handful of looks. An envelope is known by its text: nothing is decoded or hashed to
 * find it again, and a false signature beside a good payload hides nothing.
 */
export async function openSources(
  sources: Sources,
  platform: Platform,
): Promise<{ readonly objects: SignedObject[]; readonly noise: number }> {
  const found = new Map<Hash, SignedObject>()
  const seen = new Set<string>()
  let noise = 0
  for (const source of sources) {
    let balance = noiseMax
    for (let at = 0; at < source.length && balance > 0; at += atOnce) {
      const fresh = source.slice(at, at + atOnce).filter((envelope) => {
        const text = textOf(envelope)
        return text === null || (!seen.has(text) && seen.add(text))
      })
      for (const result of await Promise.all(fresh.map((envelope) => open(envelope, platform)))) {
        balance += result.ok ? 1 : -1
        if (result.ok) found.set(result.value.id, result.value)
        else noise++
      }
    }
  }
  return { objects: [...found.values()], noise }
}

/** null where it has no shape, which `open` sees at once. */
function textOf(input: unknown): string | null {
  const { payloadType, payload, signatures } = (input ?? {}) as Partial<Envelope>
  const sig = Array.isArray(signatures) ? signatures[0]?.sig : null
  return typeof payload === 'string' && typeof sig === 'string' ? `${payloadType} ${sig} ${payload}` : null
}

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
