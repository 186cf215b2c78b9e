/** Which notices went out: kept on disk, so that a member that restarts in an outage does not tell an author twice. */
import type { Database, MigrationStep } from '../lib/database.ts'
import type { Hash, Time } from '../protocol/objects.ts'

export type NoticeStore = {
  /** When this member last told this contact of this blog; null = never. */
  toldAt(blog: Hash, contact: string): Promise<Time | null>
  put(blog: Hash, contact: string, atMs: Time): Promise<void>
  /** Whether this address was asked to agree to mails about this blog, and has. null: never asked. */
  consent(blog: Hash, contact: string): Promise<Consent | null>
  /** What the link with this mark is about. */
  consentOf(mark: Hash): Promise<{ readonly blog: Hash; readonly contact: string } | null>
  /** The address is being asked: an earlier link leads nowhere any more. */
  ask(blog: Hash, contact: string, mark: Hash, atMs: Time): Promise<void>
  agree(blog: Hash, contact: string, atMs: Time): Promise<void>
  /** How often this address was asked since then and has not agreed, and how often all were. */
  asked(
    contact: string,
    sinceMs: Time,
    allSinceMs: Time,
  ): Promise<{ readonly ofContact: number; readonly ofAll: number }>
}
export type Consent = { readonly askedAt: Time; readonly agreedAt: Time | null }

type Tables = {
  notices: { blog: string; contact: string; at: number }
  consents: { blog: string; contact: string; mark: string; asked: number; agreed: number | null }
}

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
  async (tables) => {
    await tables.schema
      .createTable('consents')
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('contact', 'text', (column) => column.notNull())
      .addColumn('mark', 'text', (column) => column.notNull())
      .addColumn('asked', 'bigint', (column) => column.notNull())
      .addColumn('agreed', 'bigint')
      .addPrimaryKeyConstraint('consents_key', ['blog', 'contact'])
      .execute()
    await tables.schema.createIndex('consents_mark').on('consents').column('mark').execute()
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

  async consent(blog: Hash, contact: string): Promise<Consent | null> {
    const tables = this.#database.tables<Tables>()
    const row = await tables
      .selectFrom('consents')
      .select(['asked', 'agreed'])
      .where('blog', '=', blog)
      .where('contact', '=', contact)
      .executeTakeFirst()
    if (row === undefined) return null
    return { askedAt: Number(row.asked), agreedAt: row.agreed === null ? null : Number(row.agreed) }
  }

  async consentOf(mark: Hash): Promise<{ readonly blog: Hash; readonly contact: string } | null> {
    const tables = this.#database.tables<Tables>()
    const query = tables.selectFrom('consents').select(['blog', 'contact']).where('mark', '=', mark)
    return (await query.executeTakeFirst()) ?? null
  }

  async ask(blog: Hash, contact: string, mark: Hash, atMs: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('consents')
        .values({ blog, contact, mark, asked: atMs, agreed: null })
        .onConflict((conflict) => conflict.columns(['blog', 'contact']).doUpdateSet({ mark, asked: atMs }))
        .execute()
    })
  }

  async agree(blog: Hash, contact: string, atMs: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .updateTable('consents')
        .set({ agreed: atMs })
        .where('blog', '=', blog)
        .where('contact', '=', contact)
        .execute()
    })
  }

  async asked(contact: string, sinceMs: Time, allSinceMs: Time) {
    const tables = this.#database.tables<Tables>()
    const count = (since: Time) =>
      tables
        .selectFrom('consents')
        .select((expression) => expression.fn.countAll().as('count'))
        .where('asked', '>', since)
        .where('agreed', 'is', null)
    const own = await count(sinceMs).where('contact', '=', contact).executeTakeFirstOrThrow()
    const all = await count(allSinceMs).executeTakeFirstOrThrow()
    return { ofContact: Number(own.count), ofAll: Number(all.count) }
  }
}
