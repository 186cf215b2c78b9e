/** Which invitations have let a blog in: kept on disk until their day, so that none lets in a second one after a restart. */
import type { Database, MigrationStep } from '../lib/database.ts'
import type { Hash, Time } from '../protocol/objects.ts'

export type InvitationStore = {
  /** The invitation is this blog's from now on; false where another blog has used it. On disk when it resolves. */
  use(mark: string, blog: Hash, until: Time, nowMs: Time): Promise<boolean>
  /** The blog was not taken after all: the invitation is good again. */
  release(mark: string, blog: Hash): Promise<void>
  /** The blog was let in: this member captures it and signs for it where a root names it. On disk when it resolves. */
  enrol(blog: Hash, nowMs: Time): Promise<void>
  isEnrolled(blog: Hash): Promise<boolean>
}

type Tables = {
  used_invitations: { mark: string; blog: string; until: number }
  enrolled_blogs: { blog: string; at: number }
}

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('used_invitations')
      .addColumn('mark', 'text', (column) => column.primaryKey())
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .execute()
  },
  async (tables) => {
    await tables.schema
      .createTable('enrolled_blogs')
      .addColumn('blog', 'text', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
]

export class SqlInvitationStore implements InvitationStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlInvitationStore> {
    await database.migrate<Tables>('invitations', steps)
    return new SqlInvitationStore(database)
  }

  async use(mark: string, blog: Hash, until: Time, nowMs: Time): Promise<boolean> {
    return this.#database.durably<Tables, boolean>(async (transaction) => {
      await transaction.deleteFrom('used_invitations').where('until', '<', nowMs).execute()
      await transaction
        .insertInto('used_invitations')
        .values({ mark, blog, until })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const used = await transaction
        .selectFrom('used_invitations')
        .select('blog')
        .where('mark', '=', mark)
        .executeTakeFirstOrThrow()
      return used.blog === blog
    })
  }

  async release(mark: string, blog: Hash): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('used_invitations').where('mark', '=', mark).where('blog', '=', blog).execute()
    })
  }

  async enrol(blog: Hash, nowMs: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('enrolled_blogs')
        .values({ blog, at: nowMs })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    })
  }

  async isEnrolled(blog: Hash): Promise<boolean> {
    const tables = this.#database.tables<Tables>()
    const row = await tables.selectFrom('enrolled_blogs').select('blog').where('blog', '=', blog).executeTakeFirst()
    return row !== undefined
  }
}
