/** Requests of those who want to be members, and the uses of invitation links: on disk, so that a restart forgets neither. */
import type { Database, MigrationStep } from '../lib/database.ts'
import type { Key, Time } from '../protocol/objects.ts'
import type { MemberInvitation } from './member-invitations.ts'

/** Unsigned, and believed by nobody. */
export type JoinRequest = {
  readonly member: Key
  readonly operator: Key
  readonly name: string
  readonly url: string
}
export type WaitingRequest = { readonly request: JoinRequest; readonly at: Time }
export type JoinRequestStore = {
  /** Keeps the request until `before`, and at most `most`: the oldest make room. */
  put(request: JoinRequest, at: Time, before: Time, most: number): Promise<void>
  of(member: Key): Promise<WaitingRequest | null>
  /** Oldest first. */
  waiting(): Promise<readonly WaitingRequest[]>
  remove(member: Key): Promise<void>
  /** The link is used by this member from now on; false where it is used up or revoked. A second time counts no more. */
  use(invitation: MemberInvitation, member: Key): Promise<boolean>
  /** The voucher did not count after all. */
  release(mark: string, member: Key): Promise<void>
  revoke(mark: string, at: Time): Promise<void>
}

type Tables = {
  join_requests: { member: string; operator: string; name: string; url: string; at: number }
  invitation_uses: { mark: string; member: string }
  revoked_invitations: { mark: string; at: number }
}

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('join_requests')
      .addColumn('member', 'text', (column) => column.primaryKey())
      .addColumn('operator', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await tables.schema
      .createTable('invitation_uses')
      .addColumn('mark', 'text', (column) => column.notNull())
      .addColumn('member', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('invitation_uses_key', ['mark', 'member'])
      .execute()
    await tables.schema
      .createTable('revoked_invitations')
      .addColumn('mark', 'text', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
]

export class SqlJoinRequestStore implements JoinRequestStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlJoinRequestStore> {
    await database.migrate<Tables>('join_requests', steps)
    return new SqlJoinRequestStore(database)
  }

  async put({ member, operator, name, url }: JoinRequest, at: Time, before: Time, most: number): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('join_requests').where('at', '<', before).execute()
      await transaction.deleteFrom('join_requests').where('member', '=', member).execute()
      await transaction.insertInto('join_requests').values({ member, operator, name, url, at }).execute()
      const rows = await transaction.selectFrom('join_requests').select('member').orderBy('at', 'desc').execute()
      for (const row of rows.slice(most))
        await transaction.deleteFrom('join_requests').where('member', '=', row.member).execute()
    })
  }

  async of(member: Key): Promise<WaitingRequest | null> {
    return (await this.waiting()).find(({ request }) => request.member === member) ?? null
  }

  async waiting(): Promise<readonly WaitingRequest[]> {
    const tables = this.#database.tables<Tables>()
    const rows = await tables.selectFrom('join_requests').selectAll().orderBy('at', 'asc').execute()
    return rows.map(({ at, ...request }) => ({ request, at: Number(at) }))
  }

  async remove(member: Key): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('join_requests').where('member', '=', member).execute()
    })
  }

  async use({ mark, uses }: MemberInvitation, member: Key): Promise<boolean> {
    return this.#database.durably<Tables, boolean>(async (transaction) => {
      const revoked = await transaction
        .selectFrom('revoked_invitations')
        .select('mark')
        .where('mark', '=', mark)
        .executeTakeFirst()
      if (revoked !== undefined) return false
      const used = await transaction.selectFrom('invitation_uses').select('member').where('mark', '=', mark).execute()
      if (used.some((row) => row.member === member)) return true
      if (used.length >= uses) return false
      await transaction.insertInto('invitation_uses').values({ mark, member }).execute()
      return true
    })
  }

  async release(mark: string, member: Key): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('invitation_uses').where('mark', '=', mark).where('member', '=', member).execute()
    })
  }

  async revoke(mark: string, at: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('revoked_invitations')
        .values({ mark, at })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    })
  }
}
