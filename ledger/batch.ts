/** A batch of opened objects, put into the order in which they depend on each other. */
import { byDependency } from '../protocol/kinds.ts'
import { blogOf, type Envelope, type SignedObject } from '../protocol/objects.ts'

/** Who handed a batch in. */
export type Via = 'author' | 'peer' | 'self'

/** Groups by blog (the network first), each group in order of kind, roots by version, the rest by time. */
export function inOrder<T extends { readonly object: SignedObject }>(items: readonly T[]): readonly (readonly T[])[] {
  const sorted = [...items].sort((a, b) => compare(a.object, b.object))
  const groups = new Map<string, T[]>()
  for (const item of sorted) {
    const blog = blogOf(item.object) ?? ''
    groups.set(blog, [...(groups.get(blog) ?? []), item])
  }
  return [...groups.entries()].sort(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : 0)).map(([, group]) => group)
}

function compare(a: SignedObject, b: SignedObject): number {
  const byKind = byDependency(a.kind, b.kind)
  if (byKind !== 0) return byKind
  if (a.kind === 'root' && b.kind === 'root') return a.payload.version - b.payload.version
  return a.payload.time - b.payload.time
}

/** Envelopes that an object carries inside: the votes of a declaration, the life of an observation. */
export function innerEnvelopes(object: SignedObject): readonly Envelope[] {
  if (object.kind === 'declaration') return object.payload.votes ?? []
  if (object.kind === 'observation' && object.payload.life !== undefined) return [object.payload.life]
  return []
}
