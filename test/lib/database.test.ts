import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { type Database, type MigrationStep, openDatabase } from '../../lib/database.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Notes = { notes: { id: string; text: string } }

const steps: MigrationStep<Notes>[] = [
  async (tables) => {
    await tables.schema
      .createTable('notes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('text', 'text', (column) => column.notNull())
      .execute()
  },
]

test('a database is WAL with synchronous=FULL: what was acknowledged is on disk', async (t) => {
  const database = await openTemporary(t)
  assert.deepEqual((await sql`pragma journal_mode`.execute(database.tables())).rows, [{ journal_mode: 'wal' }])
  assert.deepEqual((await sql`pragma synchronous`.execute(database.tables())).rows, [{ synchronous: 2 }])
})

test('migrations run once, in order, also when the file is opened again', async (t) => {
  const path = await temporaryPath(t)
  for (let opening = 0; opening < 2; opening++) {
    const database = openDatabase({ path })
    await database.migrate('notes', steps)
    await database.migrate('notes', steps)
    await database.close()
  }
  const database = openDatabase({ path })
  t.after(() => database.close())
  await database.migrate<Notes>('notes', [...steps, async (tables) => void (await insert(tables, 'by-step-2'))])
  assert.equal((await database.tables<Notes>().selectFrom('notes').selectAll().execute()).length, 1)
})

test('a file of a newer release is refused', async (t) => {
  const database = await openTemporary(t)
  await database.migrate('notes', [...steps, async () => {}])
  await assert.rejects(database.migrate('notes', steps), { code: 'NEWER_DATABASE', expected: 1, found: 2 })
})

test('a failing migration leaves nothing behind', async (t) => {
  const database = await openTemporary(t)
  const failing: MigrationStep<Notes> = async () => {
    throw new Error('no')
  }
  await assert.rejects(database.migrate('notes', [steps[0]!, failing]), /no/)
  await database.migrate('notes', steps)
})

test('concurrent writes share a commit, and one that fails is undone alone', async (t) => {
  const database = await openTemporary(t)
  await database.migrate('notes', steps)
  const outcomes = await Promise.allSettled(
    ['a', 'b', 'a', 'c'].map((id) => database.durably<Notes, string>((transaction) => insert(transaction, id))),
  )
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  )
  const rows = await database.tables<Notes>().selectFrom('notes').select('id').orderBy('id').execute()
  assert.deepEqual(rows, [{ id: 'a' }, { id: 'b' }, { id: 'c' }])
})

test('a write that throws after writing leaves nothing of it', async (t) => {
  const database = await openTemporary(t)
  await database.migrate('notes', steps)
  const failing = database.durably<Notes, void>(async (transaction) => {
    await insert(transaction, 'half')
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  assert.deepEqual(await database.tables<Notes>().selectFrom('notes').selectAll().execute(), [])
})

test('closing waits for the writes that were handed in', async (t) => {
  const path = await temporaryPath(t)
  const database = openDatabase({ path })
  await database.migrate('notes', steps)
  const writes = Array.from({ length: 600 }, (_, i) => database.durably<Notes, string>((tr) => insert(tr, `n${i}`)))
  await database.close()
  await Promise.all(writes)
  const again = openDatabase({ path })
  t.after(() => again.close())
  assert.equal((await again.tables<Notes>().selectFrom('notes').selectAll().execute()).length, 600)
})

async function insert(tables: Kysely<Notes>, id: string): Promise<string> {
  await tables.insertInto('notes').values({ id, text: 'text' }).execute()
  return id
}

async function temporaryPath(t: TestContext): Promise<string> {
  const dir = await temporaryFolder(t, 'database')
  return join(dir, 'member.sqlite')
}

async function openTemporary(t: TestContext): Promise<Database> {
  const database = openDatabase({ path: await temporaryPath(t) })
  t.after(() => database.close())
  return database
}
