/** Objects on their way: put into the order in which they depend on each other, and into batches that one request holds. */
import { type Refused, refuse } from '../protocol/codes.ts'
import { typeOf } from '../protocol/envelope.ts'
import { byDependency, bytesEachOf, kindNames } from '../protocol/kinds.ts'
import { batchBytesMax, batchObjectsMax } from '../protocol/limits.ts'
import { blogOf, type Envelope, type Kind, type SignedObject } from '../protocol/objects.ts'

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

/** Roots of one batch: in base64, a stranger's one request leaves less than a mebibyte; the next batch brings the others. */
const rootBytesMax = 640 * 1024
const kindsByType: ReadonlyMap<unknown, Kind> = new Map(kindNames.map((kind) => [typeOf(kind), kind]))

/**
 * What is refused before its signature is looked at, by its place in the batch: a length costs nothing, and sixty-four
 * large payloads cost the loop more than one turn may.
 */
export function refusedUnopened(envelopes: readonly unknown[]): ReadonlyMap<number, Refused> {
  const refused = new Map<number, Refused>()
  let rootBytes = 0
  for (const [at, envelope] of envelopes.entries()) {
    const { payload, payloadType } = (envelope ?? {}) as { readonly payload?: unknown; readonly payloadType?: unknown }
    const kind = kindsByType.get(payloadType)
    if (at % batchObjectsMax === 0) rootBytes = 0
    if (kind === undefined || typeof payload !== 'string') continue
    const most = bytesEachOf(kind)
    const bytes = Math.floor((payload.length * 3) / 4)
    if (bytes > most) refused.set(at, refuse('TOO_LARGE', `${most} bytes are kept of one "${kind}"`))
    else if (kind === 'root') {
      rootBytes += bytes
      if (rootBytes > rootBytesMax) refused.set(at, refuse('QUOTA', `${rootBytesMax} bytes of roots at a time`))
    }
  }
  return refused
}

/** Envelopes that an object carries inside: the votes of a declaration, the life of an observation. */
export function innerEnvelopes(object: SignedObject): readonly Envelope[] {
  if (object.kind === 'declaration') return object.payload.votes ?? []
  if (object.kind === 'observation' && object.payload.life !== undefined) return [object.payload.life]
  return []
}
