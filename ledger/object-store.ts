/** Where accepted objects lie. `put` resolves only when the objects would survive a power cut. */
import { blogOf, type Envelope, type Hash, type Kind, type SignedObject, type Time } from '../protocol/objects.ts'

export type ObjectRow = {
  readonly id: Hash
  readonly kind: Kind
  /** null for objects of the network. */
  readonly blog: Hash | null
  readonly time: Time
  readonly envelope: Envelope
}

export type StoredObject = { readonly id: Hash; readonly envelope: Envelope }

/** One contract suite runs on every engine: test/ledger/object-store-contract.ts. */
export type ObjectStore = {
  /** All or nothing, idempotent by id. Throws where the disk refuses; then nothing of the batch is kept. */
  put(rows: readonly ObjectRow[]): Promise<void>
  get(id: Hash): Promise<Envelope | null>
  ofBlog(blog: Hash | null): Promise<readonly StoredObject[]>
  ofKind(kind: Kind): Promise<readonly StoredObject[]>
  blogs(): Promise<readonly Hash[]>
  remove(ids: readonly Hash[]): Promise<void>
}

export function rowOf(object: SignedObject): ObjectRow {
  const { id, kind, payload, envelope } = object
  return { id, kind, blog: blogOf(object), time: payload.time, envelope }
}
