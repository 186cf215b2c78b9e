/** `dgos requests`: who asked this member to vouch, and waits for a person. */
import { openDatabase } from '../../lib/database.ts'
import { SqlJoinRequestStore } from '../../network/join-request-store.ts'
import { requireFolder } from '../machine/folder.ts'
import { type Command, dataOption } from './command.ts'
import { dateOf } from './format.ts'
import { folderOf } from './member-folder.ts'

export const requests: Command = {
  name: 'requests',
  summary: 'Lists who asks to become a member and waits for your word',
  args: [],
  options: { data: dataOption },
  async run(call) {
    const folder = folderOf(call)
    await requireFolder(folder)
    const database = openDatabase({ path: folder.database })
    try {
      const waiting = await (await SqlJoinRequestStore.open(database)).waiting()
      const shown = waiting.map(({ request, at }) => ({ ...request, at }))
      const lines = shown.flatMap(({ name, url, member, at }) => [
        `${dateOf(at)}  ${name}  ${url}`,
        `  vouch for it with: dgos invite ${member}`,
      ])
      call.print({ requests: shown }, lines.length === 0 ? ['nobody waits'] : lines)
      return 0
    } finally {
      await database.close()
    }
  },
}
