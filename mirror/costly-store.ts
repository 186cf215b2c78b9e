/** Documents that asked for too much, on disk: a restart is no reason to read them again at once. */
import type { Database, MigrationStep } from '../lib/database.ts'
import type { Hash, Time } from '../protocol/objects.ts'

export type Costly = {
  readonly blog: Hash
  readonly job: string
  /** The address or the hash of the document. */
  readonly source: string
  /** How its owner knows it: an address. */
  readonly shown: string
  readonly detail: string
  readonly since: Time
  /** When it is read again. */
  readonly until: Time
  readonly tries: number
}
export type CostlyName = Pick<Costly, 'blog' | 'job' | 'source'>

export type CostlyStore = {
  all(): Promise<readonly Costly[]>
  /** Replaces what was known of the same document. */
  put(costly: Costly): Promise<void>
  remove(names: readonly CostlyName[]): Promise<void>
}

type Tables = { costly_documents: Costly }

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('costly_documents')
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('job', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('shown', 'text', (column) => column.notNull())
      .addColumn('detail', 'text', (column) => column.notNull())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('costly_documents_key', ['blog', 'job', 'source'])
      .execute()
  },
]

export class SqlCostlyStore implements CostlyStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlCostlyStore> {
    await database.migrate<Tables>('costly', steps)
    return new SqlCostlyStore(database)
  }

  async all(): Promise<readonly Costly[]> {
    const rows = await this.#database
      .tables<Tables>()
      .selectFrom('costly_documents')
      .selectAll()
      .orderBy('until')
      .execute()
    return rows.map((row) => ({ ...row, since: Number(row.since), until: Number(row.until) }))
  }

  async put(costly: Costly): Promise<void> {
    const { shown, detail, since, until, tries } = costly
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('costly_documents')
        .values({ ...costly })
        .onConflict((conflict) =>
          conflict.columns(['blog', 'job', 'source']).doUpdateSet({ shown, detail, since, until, tries }),
        )
        .execute()
    })
  }

  async remove(names: readonly CostlyName[]): Promise<void> {
    if (names.length === 0) return
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (const { blog, job, source } of names)
        await transaction
          .deleteFrom('costly_documents')
          .where('blog', '=', blog)
          .where('job', '=', job)
          .where('source', '=', source)
          .execute()
    })
  }
}
