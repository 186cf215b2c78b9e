/** `dgos status`: what a member knows: who is there, which blogs it guards, what is down. */
import { requireFolder } from '../machine/folder.ts'
import { configOf } from '../start.ts'
import { type Command, dataOption, textValue } from './command.ts'
import { dateOf } from './format.ts'
import { MemberClient } from './member-client.ts'
import { folderOf, ownMember } from './member-folder.ts'

type Blog = {
  blog: string
  title: string
  state: string
  proven: string[]
  addresses: string[]
  mirrors: number
  capturedAt: number | null
  posts: number
  wall?: { title: string; watchers: number; of: number } | null
}

export const status: Command = {
  name: 'status',
  summary: 'Shows the network and the blogs as a member sees them',
  args: [],
  options: {
    data: dataOption,
    member: { type: 'string', value: '<url>', help: 'ask this member instead of the own one' },
  },
  async run(call) {
    const { io, values } = call
    const url = textValue(values, 'member')
    const folder = folderOf(call)
    if (url === null) await requireFolder(folder)
    const member =
      url === null ? ownMember(call, await configOf(folder, io.env)) : new MemberClient({ wire: io.wire }, { url })
    const { network, roster } = await member.network(io.clock.nowMs())
    const blogs = ((await member.get('dgos/v1/blogs')) ?? []) as Blog[]
    const members = roster.members.map(({ id, name, url, operator, standing, expires }) => ({
      key: id,
      name,
      url,
      operator,
      standing,
      expires,
    }))
    call.print({ network: network.id, name: network.payload.name, members, blogs }, [
      `network "${network.payload.name}" ${network.id}`,
      `${members.length} members of ${roster.operators.length} operators`,
      ...members.map(
        (member) => `  ${member.standing === 'full' ? 'full ' : 'guest'}  ${member.name.padEnd(20)}  ${member.url}`,
      ),
      `${blogs.length} blogs`,
      ...blogs.map(
        (blog) =>
          `  ${blog.state.padEnd(9)}  ${(blog.proven[0] ?? `${blog.addresses[0]} (not proven)`).padEnd(36)}  ${blog.mirrors} mirrors, captured ${dateOf(blog.capturedAt)}, ${blog.posts} posts${behindWall(blog)}`,
      ),
    ])
    return 0
  },
}

function behindWall({ wall }: Blog): string {
  return wall ? `, behind a wall (${wall.title}) for ${wall.watchers} of ${wall.of} guards` : ''
}
