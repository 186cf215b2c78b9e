/** `dgos blog hub`: WebSub hubs that mirrors tell of emergency posts. */
import { type Command, flagValue, UsageError } from './command.ts'
import { done, keyRing, rootOptions, signRoot } from './key-ring.ts'

export const blogHub: Command = {
  name: 'blog hub',
  summary: 'Names a WebSub hub to be told of emergency posts',
  args: ['<url>'],
  options: { ...rootOptions, remove: { type: 'boolean', help: 'it is told no longer' } },
  async run(call) {
    const [url = ''] = call.args
    if (!/^https?:\/\//.test(url)) throw new UsageError('give the url of the hub')
    const ring = await keyRing(call)
    const others = (ring.roles.chain.current.payload.hubs ?? []).filter((hub) => hub !== url)
    const isRemoved = flagValue(call.values, 'remove')
    const hubs = isRemoved ? others : [...others, url]
    const root = await signRoot(call, ring, { hubs })
    return done(call, root, { hubs }, `${url} is ${isRemoved ? 'no longer told' : 'told'} of emergency posts`)
  },
}
