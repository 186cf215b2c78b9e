/** Objects in SQL. One row an object; the envelope is kept as it was accepted, so that it can be handed on unchanged. */
import type { Database, MigrationStep } from '../lib/database.ts'
import type { Envelope, Hash, Kind } from '../protocol/objects.ts'
import type { ObjectRow, ObjectStore, StoredObject } from './object-store.ts'

type Tables = {
  objects: {
    id: string
    kind: string
    blog: string | null
    time: number
    payload: string
    sig: string
    key: string
    type: string
  }
}

const steps: readonly MigrationStep<Tables>[] = [
  async (tables) => {
    await tables.schema
      .createTable('objects')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('blog', 'text')
      .addColumn('time', 'bigint', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('sig', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .execute()
    await tables.schema.createIndex('objects_blog').on('objects').columns(['blog', 'kind']).execute()
    await tables.schema.createIndex('objects_kind').on('objects').column('kind').execute()
  },
]

/** Rows that one statement names at most. SQLite and PostgreSQL both bound the number of parameters. */
const idsPerStatement = 500
/** Rows that one insert carries at most: eight parameters a row. */
const rowsPerInsert = 100

export class SqlObjectStore implements ObjectStore {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<SqlObjectStore> {
    await database.migrate<Tables>('objects', steps)
    return new SqlObjectStore(database)
  }

  async put(rows: readonly ObjectRow[]): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < rows.length; at += rowsPerInsert) {
        await transaction
          .insertInto('objects')
          .values(rows.slice(at, at + rowsPerInsert).map(toTable))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute()
      }
    })
  }

  async get(id: Hash): Promise<Envelope | null> {
    const row = await this.#select().where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : fromTable(row).envelope
  }

  async ofBlog(blog: Hash | null): Promise<readonly StoredObject[]> {
    const query = this.#select().orderBy('id')
    const rows = await (blog === null ? query.where('blog', 'is', null) : query.where('blog', '=', blog)).execute()
    return rows.map(fromTable)
  }

  async ofKind(kind: Kind): Promise<readonly StoredObject[]> {
    return (await this.#select().where('kind', '=', kind).orderBy('id').execute()).map(fromTable)
  }

  async blogs(): Promise<readonly Hash[]> {
    const tables = this.#database.tables<Tables>()
    const rows = await tables
      .selectFrom('objects')
      .select('blog')
      .distinct()
      .where('blog', 'is not', null)
      .orderBy('blog')
      .execute()
    return rows.map((row) => row.blog!)
  }

  async remove(ids: readonly Hash[]): Promise<void> {
    await this.#database.durably<Tables, void>(async (transaction) => {
      for (let at = 0; at < ids.length; at += idsPerStatement) {
        await transaction
          .deleteFrom('objects')
          .where('id', 'in', ids.slice(at, at + idsPerStatement))
          .execute()
      }
    })
  }

  #select() {
    return this.#database.tables<Tables>().selectFrom('objects').select(['id', 'type', 'key', 'payload', 'sig'])
  }
}

function toTable({ id, kind, blog, time, envelope }: ObjectRow): Tables['objects'] {
  const [signature] = envelope.signatures
  return {
    id,
    kind,
    blog,
    time,
    payload: envelope.payload,
    sig: signature!.sig,
    key: signature!.keyid,
    type: envelope.payloadType,
  }
}

type Row = Pick<Tables['objects'], 'id' | 'type' | 'key' | 'payload' | 'sig'>

function fromTable({ id, type, key, payload, sig }: Row): StoredObject {
  return { id, envelope: { payload, payloadType: type, signatures: [{ keyid: key, sig }] } }
}
