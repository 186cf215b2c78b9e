/**
 * The member's database: SQL through Kysely, so that stores do not know the engine. Here SQLite, embedded; a host that
 * outgrows one machine gets another engine behind the same type.
 *
 * Whatever a member has acknowledged is on disk: WAL with synchronous=FULL, one fsync a commit. `durably` lets all
 * writes that wait at one moment share that fsync (group commit).
 */
import Sqlite from 'better-sqlite3'
import { CompiledQuery, Kysely, SqliteDialect, type Transaction } from 'kysely'

/** One step of a store's history. Steps are never edited after a release: a new one is added. */
export type MigrationStep<Tables> = (tables: Kysely<Tables>) => Promise<void>

export type Database = {
  readonly engine: 'sqlite'
  /** The database as one store sees it: with the store's own tables. */
  tables<Tables>(): Kysely<Tables>
  /** Brings the store `name` to its newest form: runs the steps that this file has not seen, each all or nothing. */
  migrate<Tables>(name: string, steps: readonly MigrationStep<Tables>[]): Promise<void>
  /**
   * Runs `write` in a transaction that it may share with others, and resolves when the transaction is on disk.
   * A write that throws is undone alone. Within `write` use only the transaction given, and wait for nothing else:
   * `tables()` would wait for the transaction, and everybody waits for the slowest write.
   */
  durably<Tables, T>(write: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>
  /** A whole copy as it stands now, into a file that does not exist yet. Writers go on meanwhile. */
  copyTo(path: string): Promise<void>
  /** Runs what still waits, then closes. */
  close(): Promise<void>
}

export type DatabaseOptions = {
  /** A file, or ':memory:'. */
  readonly path: string
}

/** How long a statement waits for another process (a backup, `dgos doctor`) that holds the file. */
const busyMs = 5_000
/** Writes that share one commit at most: bounds how much one failing disk undoes, and how long readers wait. */
const batchWritesMax = 256

export function openDatabase({ path }: DatabaseOptions): Database {
  const file = new Sqlite(path, { timeout: busyMs })
  file.pragma('journal_mode = WAL')
  file.pragma('synchronous = FULL')
  file.pragma('foreign_keys = ON')
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: file }) })
  const commits = new GroupCommit(kysely)
  return {
    engine: 'sqlite',
    tables: <Tables>() => kysely as unknown as Kysely<Tables>,
    migrate: (name, steps) => migrate(kysely, name, steps as unknown as readonly MigrationStep<never>[]),
    durably: (write) => commits.add(write as Write) as Promise<never>,
    async copyTo(copy) {
      await kysely.executeQuery(CompiledQuery.raw('vacuum into ?', [copy]))
    },
    async close() {
      await commits.drained()
      await kysely.destroy()
    },
  }
}

type Write = (transaction: Transaction<unknown>) => Promise<unknown>
type Waiting = { readonly write: Write; resolve(value: unknown): void; reject(error: unknown): void }

/** Writes that arrive in one turn of the event loop, or while a commit is under way, go to disk together. */
class GroupCommit {
  readonly #kysely: Kysely<unknown>
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null

  constructor(kysely: Kysely<unknown>) {
    this.#kysely = kysely
  }

  add(write: Write): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  async drained(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      await this.#commit(this.#waiting.splice(0, batchWritesMax))
    }
    this.#running = null
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const outcomes: (() => void)[] = []
    try {
      await this.#kysely.transaction().execute(async (transaction) => {
        for (const waiting of batch) outcomes.push(await attempt(transaction, waiting))
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    for (const tell of outcomes) tell()
  }
}

/** One write inside the shared transaction. Nobody is told of the outcome before the commit. */
async function attempt(transaction: Transaction<unknown>, { write, resolve, reject }: Waiting): Promise<() => void> {
  await transaction.executeQuery(CompiledQuery.raw('savepoint one_write'))
  try {
    const value = await write(transaction)
    await transaction.executeQuery(CompiledQuery.raw('release savepoint one_write'))
    return () => resolve(value)
  } catch (error) {
    await transaction.executeQuery(CompiledQuery.raw('rollback to savepoint one_write'))
    await transaction.executeQuery(CompiledQuery.raw('release savepoint one_write'))
    return () => reject(error)
  }
}

type MigrationTables = { dgos_migrations: { store: string; step: number } }

async function migrate(kysely: Kysely<unknown>, store: string, steps: readonly MigrationStep<never>[]): Promise<void> {
  const all = kysely as unknown as Kysely<MigrationTables>
  await all.schema
    .createTable('dgos_migrations')
    .ifNotExists()
    .addColumn('store', 'text', (column) => column.primaryKey())
    .addColumn('step', 'integer', (column) => column.notNull())
    .execute()
  await all.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('dgos_migrations')
      .select('step')
      .where('store', '=', store)
      .executeTakeFirst()
    const done = row?.step ?? 0
    if (done > steps.length) throw new NewerDatabaseError(store, steps.length, done)
    for (const step of steps.slice(done)) await step(transaction as unknown as Kysely<never>)
    await transaction
      .insertInto('dgos_migrations')
      .values({ store, step: steps.length })
      .onConflict((conflict) => conflict.column('store').doUpdateSet({ step: steps.length }))
      .execute()
  })
}

/** The file was written by a newer release. Going back would read its tables wrongly, so the member does not start. */
export class NewerDatabaseError extends Error {
  readonly code = 'NEWER_DATABASE'
  readonly expected: number
  readonly found: number

  constructor(store: string, expected: number, found: number) {
    super(`The database was written by a newer release (${store}: step ${found}, this release knows ${expected}).`)
    this.expected = expected
    this.found = found
  }
}
