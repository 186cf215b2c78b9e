import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import { type Database, openDatabase } from '../../lib/database.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const [id, blog, code, mail, post] = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
  string,
]

/** As members wrote it while door keys were called passes. */
const oldSchema = [
  `create table door_passes (id text primary key, how text not null, blog text not null, seed text not null,
    name text not null, notice text, senders text not null, codes text not null, at bigint not null, openpgp text)`,
  `create table door_mails (pass text not null, message text not null, post text not null, raw blob not null,
    at bigint not null, constraint door_mails_key primary key (pass, message))`,
  `create table door_media (pass text not null, blob text not null, bytes blob not null, type text not null,
    name text not null, width integer not null, height integer not null, at bigint not null,
    constraint door_media_key primary key (pass, blob))`,
  `create table door_codes (pass text not null, code text not null, message text not null, at bigint not null,
    constraint door_codes_key primary key (pass, code))`,
]

async function oldDatabase(path: string): Promise<Database> {
  const database = openDatabase({ path })
  const run = async (tables: Kysely<unknown>, statements: readonly string[]) => {
    for (const statement of statements) await sql.raw(statement).execute(tables)
  }
  await database.migrate<unknown>('doors', [(tables) => run(tables, oldSchema), async () => {}, async () => {}])
  await run(database.tables(), [
    `insert into door_passes values ('${id}', 'mail', '${blog}', 'aa', 'phone', null, '["ana@ana.example"]', '["${code}"]', 7, null)`,
    `insert into door_mails values ('${id}', '${mail}', '${post}', x'4142', 8)`,
    `insert into door_media values ('${id}', '${code}', x'43', 'image/png', 'a.png', 1, 2, 9)`,
    `insert into door_codes values ('${id}', '${blog}', '${mail}', 8)`,
  ])
  return database
}

test('door keys, mails, images and spent codes of a database of old are found again, and what is new is added', async (t) => {
  const database = await oldDatabase(join(await temporaryFolder(t, 'doors'), 'member.db'))
  const store = await GatewayStore.open(database)
  const doorKey = await store.get(id)
  assert.deepEqual([doorKey?.name, doorKey?.senders, doorKey?.codes], ['phone', ['ana@ana.example'], [code]])
  assert.equal(await store.postOfMail(id, mail), post)
  assert.deepEqual(await store.media(id), [
    { door: id, blob: code, bytes: Uint8Array.of(0x43), type: 'image/png', name: 'a.png', width: 1, height: 2, at: 9 },
  ])
  assert.equal(await store.spendCode({ door: id, code: blog, message: mail, at: 9 }), true, 'the same mail again')
  assert.equal(await store.spendCode({ door: id, code: blog, message: post, at: 9 }), false, 'spent by another mail')
  assert.equal(await store.spendCode({ door: id, code, message: post, at: 9 }), true, 'a code that is left')
  await store.putMail({ door: id, message: post, post, raw: Uint8Array.of(1), at: 10 })
  assert.deepEqual([...(await store.mailOf(post))!], [0x41, 0x42])
  await store.put({ ...doorKey!, id: post })
  assert.deepEqual((await store.ofBlog(blog)).map((row) => row.id).sort(), [id, post])
  await database.close()
})
