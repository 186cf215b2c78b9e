/** `dgos blog move` and `dgos blog drop`: the addresses of a blog, of which the root names up to eight. */
import { type Call, type Command, CommandFailed, UsageError } from './command.ts'
import { done, keyRing, rewrite, rootOptions, signRoot } from './key-ring.ts'

export const blogMove: Command = {
  name: 'blog move',
  summary: 'Says where a blog lives now; old addresses lead there',
  args: ['<address>'],
  options: rootOptions,
  async run(call) {
    const address = addressIn(call)
    const ring = await keyRing(call)
    const { addresses } = ring.roles.chain.current.payload
    const all = [address, ...addresses.filter((other) => other !== address)]
    const root = await signRoot(call, ring, { addresses: all })
    await rewrite(call, { ...ring.file, addresses: all }, ring.file.keys)
    const tag = `<meta name="dgos" content="${ring.file.blog}">`
    return done(call, root, { addresses: all, marker: tag }, `put the marker at ${address}: ${tag}`)
  },
}

export const blogDrop: Command = {
  name: 'blog drop',
  summary: 'Says that an address is no longer ours',
  args: ['<address>'],
  options: rootOptions,
  async run(call) {
    const address = addressIn(call)
    const ring = await keyRing(call)
    const left = ring.roles.chain.current.payload.addresses.filter((other) => other !== address)
    if (left.length === 0) throw new CommandFailed('that is the only address: "dgos blog move" names another one first')
    const root = await signRoot(call, ring, { addresses: left })
    await rewrite(call, { ...ring.file, addresses: left }, ring.file.keys)
    return done(call, root, { addresses: left }, `${address} is no address of the blog any more`)
  },
}

function addressIn({ args: [value = ''] }: Call): string {
  const address = value.endsWith('/') ? value : `${value}/`
  if (!/^https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?\/([A-Za-z0-9~_-][A-Za-z0-9._~-]*\/){0,5}$/.test(address))
    throw new UsageError('give the address of the blog: http(s)://host/ or http(s)://host/path/')
  return address
}
