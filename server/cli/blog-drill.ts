/** `dgos blog drill`: an outage that is none. For ten minutes everything happens as on the day, marked as an exercise. */
import { hostPath } from '../../protocol/addresses.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import type { Command } from './command.ts'
import { declarationOf } from './declare.ts'
import { dateOf } from './format.ts'

const drillHours = 10 / 60

export const blogDrill: Command = {
  name: 'blog drill',
  summary: 'Plays an outage for ten minutes, marked as an exercise everywhere; do it once a year',
  args: [],
  options: authorOptions,
  async run(call) {
    const file = await readAuthorFile(call)
    const values = { ...call.values, hours: String(drillHours), exercise: true }
    const declaration = await declarationOf({ ...call, values }, file)
    const member = await memberFor(call, file)
    await member.handAll([declaration])
    const { until } = declaration.payload
    const page = `${member.url}m/${hostPath(file.addresses[0]!)}/`
    call.print({ declaration: declaration.id, until, page }, [
      `an exercise until ${dateOf(until)}: write with "dgos post" or your kit, and see what readers see at ${page}`,
      '"dgos declare over" ends it sooner',
    ])
    return 0
  },
}
