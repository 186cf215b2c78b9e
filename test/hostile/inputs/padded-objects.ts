import type { SignedObject } from '../../../protocol/objects.ts'
import { type SmallBlog, type SmallNetwork, signerOf, startMs } from '../../support/small-network.ts'

/** A field that no kind has: it is kept with the object, as all unknown fields are. */
const padding = (bytes: number) => ({ padding: 'x'.repeat(bytes) }) as object

/** Words of one watcher, each with so many bytes that say nothing. */
export function paddedObservations(blog: SmallBlog, by: string, count: number, bytes: number): Promise<SignedObject[]> {
  const one = (i: number) => blog.observe(by, { ...padding(bytes), time: startMs + i, since: startMs - 60_000 })
  return Promise.all(Array.from({ length: count }, (_, i) => one(i)))
}

/** Delegations of one key of the author, each to another key. */
export function paddedDelegations(
  net: SmallNetwork,
  blog: string,
  by: string,
  count: number,
  bytes: number,
): Promise<SignedObject[]> {
  const one = (i: number) => {
    const fields = { blog, to: signerOf(`${by} app ${i}`).key, may: ['post' as const], until: startMs + 86_400_000 }
    return net.sign('delegation', by, { ...fields, ...padding(bytes) })
  }
  return Promise.all(Array.from({ length: count }, (_, i) => one(i)))
}

/** Roots of nobody, one blog each. */
export function strangersRoots(
  net: SmallNetwork,
  count: number,
  bytes = 0,
  time = startMs,
): Promise<SignedObject<'root'>[]> {
  const { key } = signerOf('stranger')
  const one = (i: number) => {
    const keys = { recovery: [key], posting: [{ key, name: 'k' }], signers: [], revoked: [] }
    const addresses = ['https://ana.example/']
    return net.sign('root', 'stranger', { version: 1, ...keys, addresses, title: `${i}`, time, ...padding(bytes) })
  }
  return Promise.all(Array.from({ length: count }, (_, i) => one(i)))
}
