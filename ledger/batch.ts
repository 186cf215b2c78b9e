/** Objects on their way: put into the order in which they depend on each other, and into batches that one request holds. */
import { byDependency } from '../protocol/kinds.ts'
import { batchBytesMax, batchObjectsMax } from '../protocol/limits.ts'
import { blogOf, type Envelope, type SignedObject } from '../protocol/objects.ts'

/** Who handed a batch in. */
export type Via = 'author' | 'peer' | 'self'

/** Groups by blog (the network first), each group in order of kind, roots by version, the rest by time. */
export function inOrder<T extends { readonly object: SignedObject }>(items: readonly T[]): readonly (readonly T[])[] {
  const sorted = [...items].sort((a, b) => byDependency(a.object, b.object))
  const groups = new Map<string, T[]>()
  for (const item of sorted) {
    const blog = blogOf(item.object) ?? ''
    groups.set(blog, [...(groups.get(blog) ?? []), item])
  }
  return [...groups.entries()].sort(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : 0)).map(([, group]) => group)
}

/** What an envelope has beside its payload: names, a key and a signature. */
const envelopeRestBytes = 400
/** What a batch has around its objects. */
const batchRestBytes = 1024

/** Bytes of an envelope in a document, or a little more. */
export function envelopeBytes(envelope: Envelope): number {
  return envelope.payload.length + envelopeRestBytes
}

/** Batches that a member takes in one request, in the same order. */
export function* batches(envelopes: readonly Envelope[]): Generator<readonly Envelope[]> {
  let batch: Envelope[] = []
  let bytes = 0
  for (const envelope of envelopes) {
    const size = envelopeBytes(envelope)
    if (batch.length === batchObjectsMax || (batch.length > 0 && bytes + size > batchBytesMax - batchRestBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(envelope)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

/** Envelopes that an object carries inside: the votes of a declaration, the life of an observation. */
export function innerEnvelopes(object: SignedObject): readonly Envelope[] {
  if (object.kind === 'declaration') return object.payload.votes ?? []
  if (object.kind === 'observation' && object.payload.life !== undefined) return [object.payload.life]
  return []
}
