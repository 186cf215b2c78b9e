/** `dgos start`: runs the member until the process is told to end, and lets the doctor look at it once a week. */
import type { Log } from '../../lib/log.ts'
import { weekly } from '../../lib/schedule.ts'
import { startWatchdog } from '../machine/watchdog.ts'
import { startMember } from '../start.ts'
import { type Call, type Command, dataOption } from './command.ts'
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
    const unwatch = startWatchdog({ clock: call.io.clock, log: running.log.part('watchdog') }, { env: call.io.env })
    const cancel = running.schedule.at('doctor', weekly, () => weeklyVisit(call, running.log.part('doctor')))
    await call.io.ended
    cancel()
    await running.stop()
    unwatch()
    return 0
  },
}

/** What is not good goes to the log, where who runs the member looks. */
export async function weeklyVisit(call: Call, log: Log): Promise<void> {
  const { examined } = await import('./doctor.ts')
  for (const { check, result, detail } of await examined(call))
    if (result !== 'good') log.warn('doctor-found', { check, result, detail })
}
