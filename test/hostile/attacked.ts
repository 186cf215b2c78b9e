/** A network of bare members, and the ledger of one that knows a blog: where hostile objects are thrown at. */
import type { Ledger } from '../../ledger/ledger.ts'
import { bareMember, take } from '../support/bare-member.ts'
import type { SmallBlog, SmallNetwork } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'

export { take }

export type Attacked = Pick<TestNetwork, 'clock'> & {
  readonly net: SmallNetwork
  readonly blog: SmallBlog
  /** Of member "m0", the only one that knows the blog. */
  readonly ledger: Ledger
  /** A member that knows nothing yet but the network. */
  newcomer(i: number): Promise<Ledger>
}

/** Lets all who are asked attest the blog's address: from then on it has the room of a blog that is somebody's. */
export async function prove({ blog, ledger }: Pick<Attacked, 'blog' | 'ledger'>): Promise<void> {
  const words = await take(ledger, await blog.attestations())
  if (words.some((word) => word !== 'stored')) throw new Error(words.join(' '))
}

export async function attacked(t: Cleanup, count = 12): Promise<Attacked> {
  const members = await TestNetwork.create(t, { members: count, make: bareMember() })
  const { small: net, clock } = members
  const blog = await net.blog()
  const { ledger } = members.member(0)
  await take(ledger, blog.kept)
  const newcomer = async (i: number) => (await members.add(bareMember(), i)).ledger
  return { net, clock, blog, ledger, newcomer }
}
