/** Which roles a key has for a blog: the one place that reads roots and delegations into "may". */
import type { BlogObjects } from './blog-objects.ts'
import { byTime, type Hash, type Key, type Power, type SignedObject, type Time } from './objects.ts'
import { type RootChain, revokedKeys, rootChain } from './roots.ts'
import type { Roster } from './roster.ts'

export type KeyRoles = {
  readonly chain: RootChain
  readonly revoked: ReadonlyMap<Key, readonly Hash[]>
  /** The newest delegation to each key; one that is revoked stays revoked. */
  readonly delegations: ReadonlyMap<Key, SignedObject<'delegation'>>
}

/** null where the blog has no valid root 1. */
export function keyRolesOf(blog: BlogObjects): KeyRoles | null {
  const chain = rootChain(blog.blog, blog.root)
  if (chain === null) return null
  const revoked = new Map(revokedKeys(chain))
  const delegations = new Map<Key, SignedObject<'delegation'>>()
  const byAge = [...blog.delegation].sort(byTime)
  for (const delegation of byAge) {
    const { to, may, lastGood, key } = delegation.payload
    if (!mayDelegate(chain, revoked, key)) continue
    if (may.length === 0 && !revoked.has(to)) revoked.set(to, lastGood ?? [])
    if (!revoked.has(to)) delegations.set(to, delegation)
  }
  return { chain, revoked, delegations }
}

function mayDelegate(chain: RootChain, revoked: ReadonlyMap<Key, readonly Hash[]>, key: Key): boolean {
  if (revoked.has(key)) return false
  const { recovery, posting } = chain.current.payload
  return recovery.includes(key) || posting.some((device) => device.key === key)
}

export function isPosting(roles: KeyRoles, key: Key): boolean {
  return !roles.revoked.has(key) && roles.chain.current.payload.posting.some((posting) => posting.key === key)
}

export function isRecovery(roles: KeyRoles, key: Key): boolean {
  return roles.chain.current.payload.recovery.includes(key)
}

export function isOnline(roles: KeyRoles, key: Key): boolean {
  return !roles.revoked.has(key) && roles.chain.current.payload.online === key
}

/** The delegation that lets `key` use `power` at `time`, or null. */
export function delegated(roles: KeyRoles, key: Key, power: Power, time: Time): SignedObject<'delegation'> | null {
  const found = roles.delegations.get(key)
  if (found === undefined || roles.revoked.has(key)) return null
  return found.payload.may.includes(power) && found.payload.until >= time ? found : null
}

/** Keys that may sign heads and snapshots, in order: the blog's own server, then the stewards that the root names, then delegated ones. */
export function headSigners(roles: KeyRoles, time: Time): readonly Key[] {
  const { online, signers } = roles.chain.current.payload
  const stewards = [...roles.delegations.keys()].filter((key) => delegated(roles, key, 'head', time) !== null).sort()
  const all = [...(online === undefined ? [] : [online]), ...signers, ...stewards]
  return [...new Set(all)].filter((key) => !roles.revoked.has(key))
}

/** Ids of the given posts and of everything they follow, as far as known. */
export function ancestry(posts: readonly SignedObject<'post'>[], from: readonly Hash[]): ReadonlySet<Hash> {
  const byId = new Map(posts.map((post) => [post.id, post]))
  const seen = new Set<Hash>()
  const queue = [...from]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    queue.push(...(byId.get(id)?.payload.prevs ?? []))
  }
  return seen
}

/** Operators of members that are the blog's own server: they have no vote about it. */
export function ownOperators(roles: KeyRoles, roster: Roster): readonly Key[] {
  const { online } = roles.chain.current.payload
  const member = online === undefined ? null : roster.memberOf(online)
  return member === null ? [] : [member.operator]
}
