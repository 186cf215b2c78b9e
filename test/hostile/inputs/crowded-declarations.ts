import type { SignedObject } from '../../../protocol/objects.ts'
import type { SmallBlog } from '../../support/small-network.ts'

const votesMax = 10

/** Declarations of one member, each with as many votes as it may carry: eleven signatures each. */
export async function crowdedDeclarations(blog: SmallBlog, by: string, count: number, time: number) {
  const votes = await Promise.all(
    Array.from({ length: votesMax }, (_, i) => blog.observe(by, { time: time + i, since: time - 60_000 })),
  )
  const fields = { state: 'down' as const, by: 'quorum' as const, votes: votes.map(({ envelope }) => envelope) }
  const declared = (i: number) =>
    blog.net.sign('declaration', by, { blog: blog.id, ...fields, time: time + i, until: time + 3_600_000 })
  return Promise.all(Array.from({ length: count }, (_, i): Promise<SignedObject<'declaration'>> => declared(i)))
}
