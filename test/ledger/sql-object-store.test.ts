import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { objectStoreContract } from './object-store-contract.ts'

objectStoreContract('SQLite', async () => SqlObjectStore.open(openDatabase({ path: ':memory:' })))

test('objects outlive the process that put them', async (t) => {
  const dir = await temporaryFolder(t, 'objects')
  const envelope = { payload: 'e30=', payloadType: 'x', signatures: [{ keyid: 'k', sig: 's' }] }
  const first = openDatabase({ path: join(dir, 'member.db') })
  await (await SqlObjectStore.open(first)).put([{ id: '1'.repeat(64), kind: 'post', blog: null, time: 1, envelope }])
  await first.close()
  const second = openDatabase({ path: join(dir, 'member.db') })
  assert.deepEqual(await (await SqlObjectStore.open(second)).get('1'.repeat(64)), envelope)
  await second.close()
})
