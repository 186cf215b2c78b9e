/** `dgos backup`: keys, configuration and database in one file, while the member runs. Copies come back from other mirrors. */

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '../../lib/database.ts'
import { isHash } from '../../protocol/bytes.ts'
import { type Folder, requireFolder, textOfFile, writeWhole } from '../machine/folder.ts'
import { lastingZoneKeys, zoneKeyFiles } from '../machine/zone-keys.ts'
import { type Command, dataOption, flagValue, UsageError } from './command.ts'
import { folderOf } from './member-folder.ts'
import { TarWriter } from './tar-file.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'Writes keys, configuration and database of a member into one file',
  args: ['<file.tar>'],
  options: {
    data: dataOption,
    blobs: { type: 'boolean', help: 'also the copies, which other mirrors have as well' },
    'keys-only': { type: 'boolean', help: 'only keys, configuration and network: the rest can be fetched again' },
  },
  notes: [
    'The file holds the keys in the open (mode 600). Keep it where only you can read it, away from this machine.',
  ],
  async run(call) {
    const { io, values, args } = call
    const folder = folderOf(call)
    await requireFolder(folder)
    const writer = await TarWriter.create(args[0]!, io.clock.nowMs()).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(error.code === 'EEXIST' ? `${args[0]} exists: choose another name` : error.message)
    })
    let files = 0
    let bytes = 0
    const add = async (name: string, content: Uint8Array) => {
      await writer.add(name, content)
      files++
      bytes += content.length
    }
    for (const name of [
      'FORMAT',
      'config.json',
      'network.json',
      'keys/member.key',
      'keys/next.key',
      'keys/operator.key',
      ...(await zoneKeyFiles(folder)),
    ]) {
      const text = await textOfFile(join(folder.root, name))
      if (text !== null) await add(name, new TextEncoder().encode(text))
    }
    if (!flagValue(values, 'keys-only')) {
      await add('dgos.sqlite', await databaseOf(folder))
    }
    if (flagValue(values, 'blobs')) {
      for (const name of await blobNames(folder))
        await add(name, new Uint8Array(await readFile(join(folder.root, name))))
    }
    await writer.close()
    await rememberBackup(folder, io.clock.nowMs())
    call.print({ file: args[0], files, bytes }, [
      `${files} files, ${Math.ceil(bytes / 1024)} KiB in ${args[0]}; it holds the keys: keep it safe`,
    ])
    return 0
  },
}

async function databaseOf(folder: Folder): Promise<Uint8Array> {
  const dir = await mkdtemp(join(folder.root, 'backup-'))
  const database = openDatabase({ path: folder.database })
  try {
    const copy = join(dir, 'dgos.sqlite')
    await database.copyTo(copy)
    return new Uint8Array(await readFile(copy))
  } finally {
    await database.close()
    await rm(dir, { recursive: true })
  }
}

async function blobNames(folder: Folder): Promise<readonly string[]> {
  const found = await readdir(folder.blobs, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = found.filter((dirent) => dirent.isFile() && isHash(dirent.name))
  return files.map((file) => join(file.parentPath, file.name).slice(folder.root.length + 1)).sort()
}

/** So that `dgos doctor` can say whether these keys were ever backed up. */
async function rememberBackup(folder: Folder, atMs: number): Promise<void> {
  await writeWhole(join(folder.root, 'keys/backed-up'), `${JSON.stringify({ atMs, keys: await keysPrint(folder) })}\n`)
}

/** A print of the key files: another one means that a key is newer than its backup. */
export async function keysPrint(folder: Folder): Promise<string> {
  const hash = createHash('sha256')
  for (const path of Object.values(folder.keys)) hash.update((await textOfFile(path)) ?? '').update('\n')
  for (const key of await lastingZoneKeys(folder)) hash.update(key).update('\n')
  return hash.digest('hex')
}
