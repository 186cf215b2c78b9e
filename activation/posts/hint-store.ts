/** Posts that a mirror could not be given yet. Kept on disk, so that a restart forgets none. */
import type { Database, MigrationStep } from '../../lib/database.ts'
import type { Hash, Key, Time } from '../../protocol/objects.ts'

export type Hint = {
  readonly member: Key
  readonly blog: Hash
  readonly post: Hash
  readonly since: Time
  readonly tries: number
  /** When to try again. */
  readonly next: Time
}

export type HintStore = {
  /** Replaces the hint of the same member and post. */
  put(hints: readonly Hint[]): Promise<void>
  /** Hints whose time has come, the longest waiting first, at most `limit`. */
  due(nowMs: Time, limit: number): Promise<readonly Hint[]>
  /** The member was heard of: its hints are due now. */
  hurry(member: Key, nowMs: Time): Promise<void>
  remove(member: Key, post: Hash): Promise<void>
  removeOlder(sinceMs: Time): Promise<void>
  count(): Promise<number>
}

type Tables = {
  post_hints: { member: string; blog: string; post: string; since: number; tries: number; next: number }
}

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('post_hints')
      .addColumn('member', 'text', (column) => column.notNull())
      .addColumn('post', 'text', (column) => column.notNull())
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addColumn('next', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('post_hints_key', ['member', 'post'])
      .execute()
    await tables.schema.createIndex('post_hints_next').on('post_hints').column('next').execute()
  },
]

export class SqlHintStore implements HintStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlHintStore> {
    await database.migrate<Tables>('post-hints', steps)
    return new SqlHintStore(database)
  }

  async put(hints: readonly Hint[]): Promise<void> {
    if (hints.length === 0) return
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (const hint of hints) {
        await transaction
          .insertInto('post_hints')
          .values({ ...hint })
          .onConflict((conflict) =>
            conflict.columns(['member', 'post']).doUpdateSet({ tries: hint.tries, next: hint.next }),
          )
          .execute()
      }
    })
  }

  async due(nowMs: Time, limit: number): Promise<readonly Hint[]> {
    const rows = await this.#tables()
      .selectFrom('post_hints')
      .selectAll()
      .where('next', '<=', nowMs)
      .orderBy('next')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ ...row, since: Number(row.since), next: Number(row.next) }))
  }

  async hurry(member: Key, nowMs: Time): Promise<void> {
    await this.#database.durably<Tables, unknown>((transaction) =>
      transaction
        .updateTable('post_hints')
        .set({ next: nowMs })
        .where('member', '=', member)
        .where('next', '>', nowMs)
        .execute(),
    )
  }

  async remove(member: Key, post: Hash): Promise<void> {
    await this.#database.durably<Tables, unknown>((transaction) =>
      transaction.deleteFrom('post_hints').where('member', '=', member).where('post', '=', post).execute(),
    )
  }

  async removeOlder(sinceMs: Time): Promise<void> {
    await this.#database.durably<Tables, unknown>((transaction) =>
      transaction.deleteFrom('post_hints').where('since', '<', sinceMs).execute(),
    )
  }

  async count(): Promise<number> {
    const row = await this.#tables()
      .selectFrom('post_hints')
      .select((eb) => eb.fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    return Number(row.count)
  }

  #tables() {
    return this.#database.tables<Tables>()
  }
}
