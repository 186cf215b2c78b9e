/** A capturer's memory in SQL: one row a file, one row a blog. */
import type { Database, MigrationStep } from '../../lib/database.ts'
import type { Hash, Time } from '../../protocol/objects.ts'
import type { Aside, CaptureStore, Round, Visit } from './capture-store.ts'

type VisitRow = {
  blog: string
  url: string
  came_from: string
  blob: string
  type: string
  bytes: number
  etag: string | null
  last_modified: string | null
  checked_ms: number
  policy: string | null
}
type RoundRow = {
  blog: string
  full_ms: number | null
  complete: number | null
  aside_reason: string | null
  aside_since_ms: number | null
  aside_last_ms: number | null
  aside_blob: string | null
}
type Tables = { capture_visits: VisitRow; capture_rounds: RoundRow }

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('capture_visits')
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('came_from', 'text', (column) => column.notNull())
      .addColumn('blob', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('etag', 'text')
      .addColumn('last_modified', 'text')
      .addColumn('checked_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('capture_visits_key', ['blog', 'url'])
      .execute()
    await tables.schema
      .createTable('capture_rounds')
      .addColumn('blog', 'text', (column) => column.primaryKey())
      .addColumn('full_ms', 'bigint')
      .addColumn('complete', 'integer')
      .addColumn('aside_reason', 'text')
      .addColumn('aside_since_ms', 'bigint')
      .addColumn('aside_last_ms', 'bigint')
      .addColumn('aside_blob', 'text')
      .execute()
  },
  async (tables) => {
    await tables.schema.alterTable('capture_visits').addColumn('policy', 'text').execute()
  },
]

/** Rows one insert carries at most: ten parameters a row. */
const rowsPerInsert = 100

export class SqlCaptureStore implements CaptureStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlCaptureStore> {
    await database.migrate<Tables>('capture', steps)
    return new SqlCaptureStore(database)
  }

  async visit(blog: Hash, url: string): Promise<Visit | null> {
    const row = await this.#tables()
      .selectFrom('capture_visits')
      .selectAll()
      .where('blog', '=', blog)
      .where('url', '=', url)
      .executeTakeFirst()
    return row === undefined ? null : fromRow(row)
  }

  async visits(blog: Hash): Promise<readonly Visit[]> {
    const rows = await this.#tables().selectFrom('capture_visits').selectAll().where('blog', '=', blog).execute()
    return rows.map(fromRow)
  }

  async putVisits(blog: Hash, visits: readonly Visit[]): Promise<void> {
    const rows = [...new Map(visits.map((visit) => [visit.url, toRow(blog, visit)])).values()]
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < rows.length; at += rowsPerInsert) {
        await transaction
          .insertInto('capture_visits')
          .values(rows.slice(at, at + rowsPerInsert))
          .onConflict((conflict) =>
            conflict.columns(['blog', 'url']).doUpdateSet((row) => ({
              came_from: row.ref('excluded.came_from'),
              blob: row.ref('excluded.blob'),
              type: row.ref('excluded.type'),
              bytes: row.ref('excluded.bytes'),
              etag: row.ref('excluded.etag'),
              last_modified: row.ref('excluded.last_modified'),
              checked_ms: row.ref('excluded.checked_ms'),
              policy: row.ref('excluded.policy'),
            })),
          )
          .execute()
      }
    })
  }

  async removeVisits(blog: Hash, urls: readonly string[]): Promise<void> {
    if (urls.length === 0) return
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < urls.length; at += rowsPerInsert) {
        const some = urls.slice(at, at + rowsPerInsert)
        await transaction.deleteFrom('capture_visits').where('blog', '=', blog).where('url', 'in', some).execute()
      }
    })
  }

  async dropVisits(blog: Hash, beforeMs: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      const old = transaction.deleteFrom('capture_visits').where('blog', '=', blog)
      await old.where('checked_ms', '<', beforeMs).execute()
    })
  }

  async round(blog: Hash): Promise<Round | null> {
    const row = await this.#round(blog)
    if (row === undefined || row.full_ms === null) return null
    return { fullMs: Number(row.full_ms), complete: row.complete === 1 }
  }

  async putRound(blog: Hash, round: Round): Promise<void> {
    await this.#putRow(blog, { full_ms: round.fullMs, complete: round.complete ? 1 : 0 })
  }

  async aside(blog: Hash): Promise<Aside | null> {
    const row = await this.#round(blog)
    if (row === undefined || row.aside_reason === null) return null
    const { aside_reason: reason, aside_since_ms, aside_last_ms, aside_blob: blob } = row
    return { reason, sinceMs: Number(aside_since_ms), lastMs: Number(aside_last_ms), blob }
  }

  async putAside(blog: Hash, aside: Aside | null): Promise<void> {
    if (aside === null && (await this.aside(blog)) === null) return
    await this.#putRow(blog, {
      aside_reason: aside?.reason ?? null,
      aside_since_ms: aside?.sinceMs ?? null,
      aside_last_ms: aside?.lastMs ?? null,
      aside_blob: aside?.blob ?? null,
    })
  }

  async blobs(blog: Hash): Promise<readonly Hash[]> {
    const rows = await this.#tables().selectFrom('capture_visits').select('blob').where('blog', '=', blog).execute()
    const aside = (await this.aside(blog))?.blob ?? null
    return [...rows.map((row) => row.blob), ...(aside === null ? [] : [aside])]
  }

  async blogs(): Promise<readonly Hash[]> {
    const visits = await this.#tables().selectFrom('capture_visits').select('blog').distinct().execute()
    const rounds = await this.#tables().selectFrom('capture_rounds').select('blog').execute()
    return [...new Set([...visits, ...rounds].map((row) => row.blog))].sort()
  }

  async forget(blog: Hash): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('capture_visits').where('blog', '=', blog).execute()
      await transaction.deleteFrom('capture_rounds').where('blog', '=', blog).execute()
    })
  }

  async #round(blog: Hash): Promise<RoundRow | undefined> {
    return this.#tables().selectFrom('capture_rounds').selectAll().where('blog', '=', blog).executeTakeFirst()
  }

  async #putRow(blog: Hash, change: Partial<RoundRow>): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('capture_rounds')
        .values({ ...emptyRound, blog, ...change })
        .onConflict((conflict) => conflict.column('blog').doUpdateSet(change))
        .execute()
    })
  }

  #tables() {
    return this.#database.tables<Tables>()
  }
}

const emptyRound = {
  full_ms: null,
  complete: null,
  aside_reason: null,
  aside_since_ms: null,
  aside_last_ms: null,
  aside_blob: null,
}

function toRow(blog: Hash, visit: Visit): VisitRow {
  return {
    blog,
    url: visit.url,
    came_from: visit.from,
    blob: visit.blob,
    type: visit.type,
    bytes: visit.bytes,
    etag: visit.etag,
    last_modified: visit.lastModified,
    checked_ms: visit.checkedMs,
    policy: visit.policy ?? null,
  }
}

function fromRow(row: VisitRow): Visit {
  return {
    url: row.url,
    from: row.came_from,
    blob: row.blob,
    type: row.type,
    bytes: Number(row.bytes),
    etag: row.etag,
    lastModified: row.last_modified,
    checkedMs: Number(row.checked_ms),
    ...(row.policy === null ? {} : { policy: row.policy }),
  }
}
