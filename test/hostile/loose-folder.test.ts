/** What other users of the machine may read is no data folder. */
import assert from 'node:assert/strict'
import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderAt, prepareFolder, requireFolder, writeWhole } from '../../server/machine/folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('a data folder that everybody may read is refused, before anything is put there and at the start', async (t) => {
  const folder = folderAt(await temporaryFolder(t, 'loose'))
  await chmod(folder.root, 0o755)
  await assert.rejects(prepareFolder(folder), /other users of this machine.*chmod 700/)
  await chmod(folder.root, 0o700)
  await prepareFolder(folder)
  await requireFolder(folder)
  for (const loose of [0o705, 0o701, 0o720]) {
    await chmod(folder.root, loose)
    await assert.rejects(requireFolder(folder), /other users of this machine.*chmod 700/)
  }
  await chmod(folder.root, 0o750)
  await requireFolder(folder)
})

test('what is written there is for its user alone', async (t) => {
  const root = await temporaryFolder(t, 'loose')
  await writeWhole(join(root, 'config.json'), '{}')
  assert.equal((await stat(join(root, 'config.json'))).mode & 0o777, 0o600)
})
