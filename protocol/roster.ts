/** The members as everyone computes them from the network's objects. See membership.ts for the rules. */
import type { Hash, Key, Network, SignedObject, Time } from './objects.ts'

export type MemberView = {
  /** First key: the lasting name of this member. */
  readonly id: Key
  /** The key it signs with now. */
  readonly key: Key
  readonly name: string
  readonly url: string
  readonly contentUrl: string | null
  readonly operator: Key
  readonly passive: boolean
  readonly weight: number
  readonly region: string
  readonly block: string
  /** Operators that vouched for it: the first is its inviter. Empty for founders. */
  readonly inviters: readonly Key[]
  readonly placement: Hash
  readonly standing: 'full' | 'guest'
  readonly since: Time
  readonly expires: Time
  readonly leaving: boolean
  readonly record: SignedObject<'member'>
}

export type Roster = {
  readonly network: SignedObject<'network'>
  /** Unexpired members that are not leaving, by id, in order of id. */
  readonly members: readonly MemberView[]
  /** Operators of full standing. */
  readonly operators: readonly Key[]
  /** The member that has or had this key, expired ones included; null for strangers. */
  memberOf(key: Key): MemberView | null
}

export function loopbackOpen(network: SignedObject<'network'>): boolean {
  return (network.payload as Network).loopback === true
}
