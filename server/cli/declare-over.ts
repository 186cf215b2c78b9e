/** `dgos declare over`: the author's word that the blog is back. */
import { nodePlatform } from '../../lib/platform.ts'
import { seal } from '../../protocol/envelope.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import type { Command } from './command.ts'
import { authorAt, postingKey } from './declare.ts'

/** Long enough for every word of the watchers to have run out. */
const overMs = 24 * 3_600_000

export const declareOver: Command = {
  name: 'declare over',
  summary: 'Says that a blog is back; ends an outage',
  args: [],
  options: authorOptions,
  async run(call) {
    const file = await readAuthorFile(call)
    const member = await memberFor(call, file)
    const time = call.io.clock.nowMs()
    const fields = {
      network: file.network,
      time,
      blog: file.blog,
      state: 'over' as const,
      by: 'author' as const,
      until: time + overMs,
    }
    const declaration = await seal('declaration', fields, postingKey(file), nodePlatform.sha256)
    await member.handAll([declaration], authorAt(call, file))
    call.print({ declaration: declaration.id, blog: file.blog }, ['the outage is over'])
    return 0
  },
}
