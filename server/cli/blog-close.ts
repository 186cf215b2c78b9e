/** `dgos blog close`: the last root of a blog, after which mirrors delete the copy. */
import { type Command, flagValue, UsageError } from './command.ts'
import { done, keyRing, rootOptions, signRoot } from './key-ring.ts'

export const blogClose: Command = {
  name: 'blog close',
  summary: 'Takes a blog out of the network for good',
  args: [],
  options: { ...rootOptions, yes: { type: 'boolean', help: 'I mean it: this cannot be taken back' } },
  async run(call) {
    if (!flagValue(call.values, 'yes'))
      throw new UsageError('give --yes: mirrors delete the copy, and no root can follow')
    const ring = await keyRing(call)
    const root = await signRoot(call, ring, { closed: true })
    return done(call, root, { closed: true }, 'the blog has left the network')
  },
}
