/** `dgos start`: runs the member until the process is told to end. */
import { startMember } from '../start.ts'
import { type Command, dataOption } from './command.ts'
import { folderOf } from './member-folder.ts'

export const start: Command = {
  name: 'start',
  summary: 'Runs the member of a data folder',
  args: [],
  options: { data: dataOption },
  notes: ['Settings come from config.json in the folder and from DGOS_* in the environment, which wins.'],
  async run(call) {
    const running = await startMember(folderOf(call), call.io.env)
    const { config, member, port } = running
    call.print({ member: member.key, url: config.url, port, fast: config.fast }, [
      `${config.name} is running: ${config.url} (port ${port})${config.fast ? ', with short intervals' : ''}`,
    ])
    await call.io.ended
    await running.stop()
    return 0
  },
}
