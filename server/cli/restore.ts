/** `dgos restore`: a backup into an empty folder. Two members with one key would harm each other, so the old one must be gone. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Command, CommandFailed, dataOption, UsageError } from './command.ts'
import { folderOf } from './member-folder.ts'
import { readTar } from './tar-file.ts'

/** Names that a backup has. Anything else in the archive is refused: it could be written anywhere. */
const nameGrammar =
  /^(FORMAT|config\.json|network\.json|dgos\.sqlite|keys\/(member|next|operator)\.key|keys\/zone-[a-z0-9_.-]{1,253}\.json|blobs\/v\d\/[0-9a-f]{2}\/[0-9a-f]{64})$/

export const restore: Command = {
  name: 'restore',
  summary: 'Puts a backup into an empty data folder',
  args: ['<file.tar>'],
  options: { data: dataOption },
  notes: ['Stop the old member for good first: two members with one key harm each other.'],
  async run(call) {
    const folder = folderOf(call)
    const there = await readdir(folder.root).catch(() => [])
    if (there.length > 0) throw new UsageError(`${folder.root} is not empty`)
    let files = 0
    let whole = false
    for await (const entry of readTar(call.args[0]!)) {
      if (!entry.ok) throw new CommandFailed(`${call.args[0]}: ${entry.detail}`)
      const { name, bytes } = entry.value
      if (!nameGrammar.test(name))
        throw new CommandFailed(`${call.args[0]} holds "${name.slice(0, 100)}", which is no part of a backup`)
      const path = join(folder.root, name)
      const secret = name.startsWith('keys/')
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(path, bytes, { mode: secret ? 0o600 : 0o644 })
      if (secret) await chmod(path, 0o600)
      whole ||= name === 'keys/member.key'
      files++
    }
    if (!whole) throw new CommandFailed(`${call.args[0]} holds no member key`)
    call.print({ data: folder.root, files }, [
      `${files} files restored into ${folder.root}; run "dgos doctor", then "dgos start"`,
    ])
    return 0
  },
}
