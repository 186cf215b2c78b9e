/** Keys of zones on disk: closed to others, in the backup, and never silently replaced. */
import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { kskFlags, zskFlags } from '../../naming/dnssec.ts'
import { keysPrint } from '../../server/cli/backup.ts'
import { folderAt, prepareFolder } from '../../server/machine/folder.ts'
import { zoneKeyFiles, zoneKeyStore } from '../../server/machine/zone-keys.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ksk = { flags: kskFlags, seed: '11'.repeat(32), madeMs: 1 }
const zsk = { flags: zskFlags, seed: '22'.repeat(32), madeMs: 1 }

async function arrange(t: TestContext) {
  const folder = folderAt(join(await temporaryFolder(t, 'zone-keys'), 'data'))
  await prepareFolder(folder)
  return { folder, store: zoneKeyStore(folder) }
}

test('keys are kept for their zone alone, and nobody else may read them', async (t) => {
  const { folder, store } = await arrange(t)
  assert.deepEqual(await store.read('blog.example.org'), [])
  await store.write('blog.example.org', [ksk, zsk])
  assert.deepEqual(await store.read('blog.example.org'), [ksk, zsk])
  assert.deepEqual(await store.read('example.org'), [])
  assert.equal((await stat(folder.zoneKeys('blog.example.org'))).mode & 0o777, 0o600)
  assert.deepEqual(await zoneKeyFiles(folder), ['keys/zone-blog.example.org.json'])
})

test('a damaged file is refused with words: new keys would make the zone unbelievable', async (t) => {
  const { folder, store } = await arrange(t)
  for (const text of ['', '[', '{}', '[{"flags":1,"seed":"00","madeMs":1}]']) {
    await writeFile(folder.zoneKeys('blog.example.org'), text)
    await assert.rejects(store.read('blog.example.org'), /is damaged: bring it back from a backup/)
  }
})

test('a new key of a zone that the parent knows wants a backup; the monthly one does not', async (t) => {
  const { folder, store } = await arrange(t)
  const before = await keysPrint(folder)
  await store.write('blog.example.org', [ksk, zsk])
  const first = await keysPrint(folder)
  assert.notEqual(first, before)
  await store.write('blog.example.org', [ksk, zsk, { ...zsk, seed: '33'.repeat(32), madeMs: 2 }])
  assert.equal(await keysPrint(folder), first)
})
