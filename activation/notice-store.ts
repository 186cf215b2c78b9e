/** Which notices went out: kept on disk, so that a member that restarts in an outage does not tell an author twice. */
import type { Database, MigrationStep } from '../lib/database.ts'
import type { Hash, Time } from '../protocol/objects.ts'

export type NoticeStore = {
  /** When this member last told this contact of this blog; null = never. */
  toldAt(blog: Hash, contact: string): Promise<Time | null>
  put(blog: Hash, contact: string, atMs: Time): Promise<void>
}

type Tables = { notices: { blog: string; contact: string; at: number } }

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('notices')
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('contact', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('notices_key', ['blog', 'contact'])
      .execute()
  },
]

export class SqlNoticeStore implements NoticeStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlNoticeStore> {
    await database.migrate<Tables>('notices', steps)
    return new SqlNoticeStore(database)
  }

  async toldAt(blog: Hash, contact: string): Promise<Time | null> {
    const tables = this.#database.tables<Tables>()
    const row = await tables
      .selectFrom('notices')
      .select('at')
      .where('blog', '=', blog)
      .where('contact', '=', contact)
      .executeTakeFirst()
    return row === undefined ? null : Number(row.at)
  }

  async put(blog: Hash, contact: string, atMs: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('notices')
        .values({ blog, contact, at: atMs })
        .onConflict((conflict) => conflict.columns(['blog', 'contact']).doUpdateSet({ at: atMs }))
        .execute()
    })
  }
}
