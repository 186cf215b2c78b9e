/** `dgos blog invite`: a link by which one author without a server may enrol a blog at this member. */
import { invitationFor } from '../../network/blog-requests.ts'
import { readIdentity } from '../machine/identity.ts'
import { configOf } from '../start.ts'
import { type Command, CommandFailed, dataOption, numberValue } from './command.ts'
import { dateOf } from './format.ts'
import { folderOf } from './member-folder.ts'

const dayMs = 86_400_000

export const blogInvite: Command = {
  name: 'blog invite',
  summary: 'Makes a link by which one blog may enrol at this member',
  args: [],
  options: { data: dataOption, days: { type: 'string', value: '<n>', help: 'how long it holds (default 14)' } },
  async run(call) {
    const folder = folderOf(call)
    const identity = await readIdentity(folder)
    if (identity.operator === null) throw new CommandFailed("the operator's key is not on this machine")
    const until = Math.round(call.io.clock.nowMs() + numberValue(call.values, 'days', 14) * dayMs)
    const who = { member: identity.member.key, until }
    const invitation = await invitationFor({ random: call.io.random }, who, identity.operator)
    const { url } = await configOf(folder, call.io.env)
    const link = `${url}join?invitation=${invitation}`
    call.print({ invitation, link, until }, [link, `for one blog, until ${dateOf(until)}`])
    return 0
  },
}
