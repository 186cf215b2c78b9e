import type { ObjectRow, ObjectStore, StoredObject } from '../../ledger/object-store.ts'
import type { Envelope, Hash, Kind } from '../../protocol/objects.ts'

/** Keeps objects as long as the process lives. */
export class MemoryObjectStore implements ObjectStore {
  readonly #rows = new Map<Hash, ObjectRow>()

  async put(rows: readonly ObjectRow[]): Promise<void> {
    for (const row of rows) if (!this.#rows.has(row.id)) this.#rows.set(row.id, row)
  }

  async get(id: Hash): Promise<Envelope | null> {
    return this.#rows.get(id)?.envelope ?? null
  }

  async ofBlog(blog: Hash | null): Promise<readonly StoredObject[]> {
    return [...this.#rows.values()].filter((row) => row.blog === blog)
  }

  async ofKind(kind: Kind): Promise<readonly StoredObject[]> {
    return [...this.#rows.values()].filter((row) => row.kind === kind)
  }

  async blogs(): Promise<readonly Hash[]> {
    return [...new Set([...this.#rows.values()].flatMap((row) => (row.blog === null ? [] : [row.blog])))]
  }

  async remove(ids: readonly Hash[]): Promise<void> {
    for (const id of ids) this.#rows.delete(id)
  }
}
