/** Door keys of e-mail and apps, the mails that came in, and images that wait for their post: on disk, as all that is promised. */
import type { Database, MigrationStep } from '../../../lib/database.ts'
import type { Hash, Time } from '../../../protocol/objects.ts'

export type DoorKeyRow = {
  /** SHA-256 of the secret: the secret itself is not kept. */
  readonly id: Hash
  readonly how: 'mail' | 'app'
  readonly blog: Hash
  /** Of the key that the author delegates to, hex. */
  readonly seed: string
  readonly name: string
  /** Where the author is told; null for apps. */
  readonly notice: string | null
  /** The author's own addresses, by which DKIM counts. */
  readonly senders: readonly string[]
  /** SHA-256 of one-time codes that are left. */
  readonly codes: readonly Hash[]
  /** The author's OpenPGP key, armored. It counts while the root names its fingerprint. */
  readonly openpgp: string | null
  readonly at: Time
}
export type SpentCode = {
  /** The id of its door key. */
  readonly door: Hash
  /** SHA-256 of the code. */
  readonly code: Hash
  /** A hash of what the message says. */
  readonly message: Hash
  readonly at: Time
}
export type MailRow = {
  /** The id of its door key. */
  readonly door: Hash
  /** SHA-256 of the Message-ID. */
  readonly message: Hash
  readonly post: Hash
  /** As it came, with the secret address in it: never leaves the gateway. */
  readonly raw: Uint8Array
  readonly at: Time
}
export type MediaRow = {
  /** The id of its door key. */
  readonly door: Hash
  readonly blob: Hash
  readonly bytes: Uint8Array
  readonly type: string
  readonly name: string
  readonly width: number
  readonly height: number
  readonly at: Time
}

type Tables = {
  door_keys: {
    id: string
    how: string
    blog: string
    seed: string
    name: string
    notice: string | null
    senders: string
    codes: string
    openpgp: string | null
    at: number
  }
  door_codes: { door: string; code: string; message: string; at: number }
  door_mails: { door: string; message: string; post: string; raw: Uint8Array; at: number }
  door_media: {
    door: string
    blob: string
    bytes: Uint8Array
    type: string
    name: string
    width: number
    height: number
    at: number
  }
}

/** Door keys were once called passes: the steps that made those tables stay as they are, and the last one renames. */
const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('door_passes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('how', 'text', (column) => column.notNull())
      .addColumn('blog', 'text', (column) => column.notNull())
      .addColumn('seed', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('notice', 'text')
      .addColumn('senders', 'text', (column) => column.notNull())
      .addColumn('codes', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await tables.schema
      .createTable('door_mails')
      .addColumn('pass', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('post', 'text', (column) => column.notNull())
      .addColumn('raw', 'blob', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('door_mails_key', ['pass', 'message'])
      .execute()
    await tables.schema
      .createTable('door_media')
      .addColumn('pass', 'text', (column) => column.notNull())
      .addColumn('blob', 'text', (column) => column.notNull())
      .addColumn('bytes', 'blob', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('width', 'integer', (column) => column.notNull())
      .addColumn('height', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('door_media_key', ['pass', 'blob'])
      .execute()
  },
  async (tables) => {
    await tables.schema.alterTable('door_passes').addColumn('openpgp', 'text').execute()
  },
  async (tables) => {
    await tables.schema
      .createTable('door_codes')
      .addColumn('pass', 'text', (column) => column.notNull())
      .addColumn('code', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('door_codes_key', ['pass', 'code'])
      .execute()
  },
  async (tables) => {
    await tables.schema.alterTable('door_passes').renameTo('door_keys').execute()
    for (const table of ['door_mails', 'door_media', 'door_codes'])
      await tables.schema.alterTable(table).renameColumn('pass', 'door').execute()
  },
]

export class GatewayStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<GatewayStore> {
    await database.migrate<Tables>('doors', steps)
    return new GatewayStore(database)
  }

  async put(doorKey: DoorKeyRow): Promise<void> {
    const row = { ...doorKey, senders: JSON.stringify(doorKey.senders), codes: JSON.stringify(doorKey.codes) }
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.insertInto('door_keys').values(row).execute()
    })
  }

  async get(id: Hash): Promise<DoorKeyRow | null> {
    const row = await this.#tables().selectFrom('door_keys').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : doorKeyOf(row)
  }

  async ofBlog(blog: Hash): Promise<readonly DoorKeyRow[]> {
    return (await this.#tables().selectFrom('door_keys').selectAll().where('blog', '=', blog).execute()).map(doorKeyOf)
  }

  /** True for the one message that finds the code left, and for the same message when it comes again. */
  spendCode({ door, code, message, at }: SpentCode): Promise<boolean> {
    return this.#database.durably<Tables, boolean>(async (transaction) => {
      const row = await transaction.selectFrom('door_keys').selectAll().where('id', '=', door).executeTakeFirst()
      const codes = row === undefined ? [] : doorKeyOf(row).codes
      if (!codes.includes(code)) {
        const spent = transaction.selectFrom('door_codes').select('message')
        const by = await spent.where('door', '=', door).where('code', '=', code).executeTakeFirst()
        return by?.message === message
      }
      const left = JSON.stringify(codes.filter((other) => other !== code))
      await transaction.updateTable('door_keys').set({ codes: left }).where('id', '=', door).execute()
      await transaction.insertInto('door_codes').values({ door, code, message, at }).execute()
      return true
    })
  }

  async remove(id: Hash): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('door_keys').where('id', '=', id).execute()
    })
  }

  async putMail(mail: MailRow): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('door_mails')
        .values(mail)
        .onConflict((conflict) => conflict.columns(['door', 'message']).doNothing())
        .execute()
    })
  }

  async postOfMail(door: Hash, message: Hash): Promise<Hash | null> {
    const row = await this.#tables()
      .selectFrom('door_mails')
      .select('post')
      .where('door', '=', door)
      .where('message', '=', message)
      .executeTakeFirst()
    return row?.post ?? null
  }

  async mailOf(post: Hash): Promise<Uint8Array | null> {
    const row = await this.#tables().selectFrom('door_mails').select('raw').where('post', '=', post).executeTakeFirst()
    return row?.raw ?? null
  }

  async putMedia(media: MediaRow): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction
        .insertInto('door_media')
        .values(media)
        .onConflict((conflict) => conflict.columns(['door', 'blob']).doUpdateSet({ at: media.at, name: media.name }))
        .execute()
    })
  }

  async media(door: Hash): Promise<readonly MediaRow[]> {
    const rows = await this.#tables().selectFrom('door_media').selectAll().where('door', '=', door).execute()
    return rows.map((row) => ({ ...row, at: Number(row.at), bytes: new Uint8Array(row.bytes) }))
  }

  /** Forgets what waited too long. Mails and spent codes stay longer than their Message-ID could be sent again. */
  async sweep(mediaBefore: Time, mailsBefore: Time): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      await transaction.deleteFrom('door_media').where('at', '<', mediaBefore).execute()
      await transaction.deleteFrom('door_codes').where('at', '<', mailsBefore).execute()
      await transaction.deleteFrom('door_mails').where('at', '<', mailsBefore).execute()
    })
  }

  #tables() {
    return this.#database.tables<Tables>()
  }
}

function doorKeyOf(row: Tables['door_keys']): DoorKeyRow {
  const how = row.how === 'mail' ? 'mail' : 'app'
  const list = (text: string) => JSON.parse(text) as string[]
  return { ...row, how, senders: list(row.senders), codes: list(row.codes), at: Number(row.at) }
}
