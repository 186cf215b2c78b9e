/** A capturer's memory of archives in SQL: one row a file, one row a blog. */
import type { Database, MigrationStep } from '../../lib/database.ts'
import { blobBytesMax } from '../../protocol/limits.ts'
import type { Hash, Time } from '../../protocol/objects.ts'
import type { Visit } from '../capture/capture-store.ts'
import {
  type ArchiveEntry,
  type ArchiveEntryKind,
  type ArchiveRound,
  type ArchiveStore,
  type ArchiveWish,
  archiveEntriesMax,
  archiveEntryKinds,
  archiveTriesMax,
} from './archive-store.ts'

type FileRow = {
  blog: string
  path: string
  url: string
  kind: number
  blob: string | null
  bytes: number
  type: string
  etag: string | null
  last_modified: string | null
  checked_ms: number
  tries: number
}
type RoundRow = { blog: string; name: string | null; signed_ms: number; looked_ms: number; snapshot: string | null }
type Tables = { archive_files: FileRow; archive_rounds: RoundRow }

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('archive_files')
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('kind', 'integer', (column) => column.notNull())
      .addColumn('blob', 'text')
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('etag', 'text')
      .addColumn('last_modified', 'text')
      .addColumn('checked_ms', 'bigint', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('archive_files_key', ['blog', 'path'])
      .execute()
    await tables.schema
      .createIndex('archive_files_wanted')
      .on('archive_files')
      .columns(['blog', 'checked_ms', 'tries', 'kind'])
      .execute()
    await tables.schema.createIndex('archive_files_url').on('archive_files').columns(['blog', 'url']).execute()
    await tables.schema
      .createTable('archive_rounds')
      .addColumn('blog', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text')
      .addColumn('signed_ms', 'bigint', (column) => column.notNull())
      .addColumn('looked_ms', 'bigint', (column) => column.notNull())
      .addColumn('snapshot', 'text')
      .execute()
  },
]

/** Rows one insert carries at most: eleven parameters a row. */
const rowsPerInsert = 80

export class SqlArchiveStore implements ArchiveStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlArchiveStore> {
    await database.migrate<Tables>('archive', steps)
    return new SqlArchiveStore(database)
  }

  async visit(blog: Hash, url: string): Promise<Visit | null> {
    const row = await this.#files().where('blog', '=', blog).where('url', '=', url).executeTakeFirst()
    if (row === undefined || row.blob === null) return null
    const { etag, last_modified: lastModified, blob, bytes, type, checked_ms: checkedMs } = row
    return { url, from: url, blob, type, bytes: Number(bytes), etag, lastModified, checkedMs: Number(checkedMs) }
  }

  async want(blog: Hash, wishes: readonly ArchiveWish[]): Promise<void> {
    const { known } = await this.#tables()
      .selectFrom('archive_files')
      .select((select) => select.fn.countAll<number>().as('known'))
      .where('blog', '=', blog)
      .executeTakeFirstOrThrow()
    const room = Math.max(0, archiveEntriesMax - Number(known))
    const once = [...new Map(wishes.map((wish) => [wish.path, wish])).values()].slice(0, room)
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < once.length; at += rowsPerInsert) {
        await transaction
          .insertInto('archive_files')
          .values(once.slice(at, at + rowsPerInsert).map((wish) => emptyRow(blog, wish)))
          .onConflict((conflict) => conflict.columns(['blog', 'path']).doNothing())
          .execute()
      }
    })
  }

  async next(blog: Hash, countMax: number): Promise<readonly ArchiveEntry[]> {
    const rows = await this.#files()
      .where('blog', '=', blog)
      .where('checked_ms', '=', 0)
      .where('tries', '<', archiveTriesMax)
      .orderBy('tries')
      .orderBy('kind')
      .orderBy('path')
      .limit(countMax)
      .execute()
    return rows.map(fromRow)
  }

  async keep(blog: Hash, wish: ArchiveWish, visit: Visit): Promise<void> {
    const { blob, bytes, type, etag, lastModified, checkedMs } = visit
    const row = { ...emptyRow(blog, wish), blob, bytes, type, etag, last_modified: lastModified, checked_ms: checkedMs }
    await this.#put(row)
  }

  async leaveOut(blog: Hash, wish: ArchiveWish, type: string, nowMs: Time): Promise<void> {
    await this.#put({ ...emptyRow(blog, wish), type, bytes: blobBytesMax + 1, checked_ms: nowMs })
  }

  async miss(blog: Hash, path: string, times = 1): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .updateTable('archive_files')
        .set((row) => ({ tries: row('tries', '+', times) }))
        .where('blog', '=', blog)
        .where('path', '=', path)
        .execute()
    })
  }

  async remove(blog: Hash, paths: readonly string[]): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < paths.length; at += rowsPerInsert) {
        const some = paths.slice(at, at + rowsPerInsert)
        await transaction.deleteFrom('archive_files').where('blog', '=', blog).where('path', 'in', some).execute()
      }
    })
  }

  async recheck(blog: Hash, kind: ArchiveEntryKind, beforeMs: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .updateTable('archive_files')
        .set({ checked_ms: 0, tries: 0 })
        .where('blog', '=', blog)
        .where('kind', '=', archiveEntryKinds.indexOf(kind))
        .where('checked_ms', '<', beforeMs)
        .execute()
    })
  }

  async ask(blog: Hash, paths: readonly string[]): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < paths.length; at += rowsPerInsert) {
        await transaction
          .updateTable('archive_files')
          .set({ checked_ms: 0, tries: 0 })
          .where('blog', '=', blog)
          .where('blob', 'is not', null)
          .where('path', 'in', paths.slice(at, at + rowsPerInsert))
          .execute()
      }
    })
  }

  async entries(blog: Hash): Promise<readonly ArchiveEntry[]> {
    return (await this.#files().where('blog', '=', blog).execute()).map(fromRow)
  }

  async round(blog: Hash): Promise<ArchiveRound> {
    const row = await this.#tables()
      .selectFrom('archive_rounds')
      .selectAll()
      .where('blog', '=', blog)
      .executeTakeFirst()
    if (row === undefined) return { name: null, signedMs: 0, lookedMs: 0, snapshot: null }
    const { name, signed_ms: signedMs, looked_ms: lookedMs, snapshot } = row
    return { name, signedMs: Number(signedMs), lookedMs: Number(lookedMs), snapshot }
  }

  async putRound(blog: Hash, { name, signedMs, lookedMs, snapshot }: ArchiveRound): Promise<void> {
    const row = { blog, name, signed_ms: signedMs, looked_ms: lookedMs, snapshot }
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('archive_rounds')
        .values(row)
        .onConflict((conflict) => conflict.column('blog').doUpdateSet(row))
        .execute()
    })
  }

  async blogs(): Promise<readonly Hash[]> {
    const rows = await this.#tables().selectFrom('archive_rounds').select('blog').execute()
    return rows.map((row) => row.blog)
  }

  async forget(blog: Hash): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('archive_files').where('blog', '=', blog).execute()
      await transaction.deleteFrom('archive_rounds').where('blog', '=', blog).execute()
    })
  }

  async #put(row: FileRow): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('archive_files')
        .values(row)
        .onConflict((conflict) => conflict.columns(['blog', 'path']).doUpdateSet(row))
        .execute()
    })
  }

  #files() {
    return this.#tables().selectFrom('archive_files').selectAll()
  }

  #tables() {
    return this.#database.tables<Tables>()
  }
}

function emptyRow(blog: Hash, { path, url, kind }: ArchiveWish): FileRow {
  const empty = { blob: null, bytes: 0, type: '', etag: null, last_modified: null, checked_ms: 0, tries: 0 }
  return { blog, path, url, kind: archiveEntryKinds.indexOf(kind), ...empty }
}

function fromRow({ path, url, kind, blob, bytes, type, checked_ms: checkedMs, tries }: FileRow): ArchiveEntry {
  const counts = { bytes: Number(bytes), checkedMs: Number(checkedMs), tries: Number(tries) }
  return { path, url, kind: archiveEntryKinds[kind]!, blob, type, ...counts }
}
