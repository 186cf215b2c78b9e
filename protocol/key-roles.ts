/** Which roles a key has for a blog: the one place that reads roots and delegations into "may". */
import type { BlogObjects } from './blog-objects.ts'
import type { Hash, Key, Power, SignedObject, Time } from './objects.ts'
import { type RootChain, revokedKeys, rootChain } from './roots.ts'

export type Voices = {
  readonly chain: RootChain
  readonly revoked: ReadonlyMap<Key, readonly Hash[]>
  /** The newest delegation to each key; one that is revoked stays revoked. */
  readonly delegations: ReadonlyMap<Key, SignedObject<'delegation'>>
}

/** null where the blog has no valid root 1. */
export function voicesOf(blog: BlogObjects): Voices | null {
  const chain = rootChain(blog.blog, blog.root)
  if (chain === null) return null
  const revoked = new Map(revokedKeys(chain))
  const delegations = new Map<Key, SignedObject<'delegation'>>()
  const byAge = [...blog.delegation].sort((a, b) => a.payload.time - b.payload.time || (a.id < b.id ? -1 : 1))
  for (const one of byAge) {
    const { to, may, lastGood, key } = one.payload
    if (!mayDelegate(chain, revoked, key)) continue
    if (may.length === 0 && !revoked.has(to)) revoked.set(to, lastGood ?? [])
    if (!revoked.has(to)) delegations.set(to, one)
  }
  return { chain, revoked, delegations }
}

function mayDelegate(chain: RootChain, revoked: ReadonlyMap<Key, readonly Hash[]>, key: Key): boolean {
  if (revoked.has(key)) return false
  const { recovery, posting } = chain.current.payload
  return recovery.includes(key) || posting.some((one) => one.key === key)
}

export function isPosting(voices: Voices, key: Key): boolean {
  return !voices.revoked.has(key) && voices.chain.current.payload.posting.some((one) => one.key === key)
}

export function isRecovery(voices: Voices, key: Key): boolean {
  return voices.chain.current.payload.recovery.includes(key)
}

export function isOnline(voices: Voices, key: Key): boolean {
  return !voices.revoked.has(key) && voices.chain.current.payload.online === key
}

/** The delegation that lets `key` use `power` at `time`, or null. */
export function delegated(voices: Voices, key: Key, power: Power, time: Time): SignedObject<'delegation'> | null {
  const found = voices.delegations.get(key)
  if (found === undefined || voices.revoked.has(key)) return null
  return found.payload.may.includes(power) && found.payload.until >= time ? found : null
}

/** Keys that may sign heads and snapshots, in order: the blog's own server, then the stewards that the root names, then delegated ones. */
export function headSigners(voices: Voices, time: Time): readonly Key[] {
  const { online, signers } = voices.chain.current.payload
  const stewards = [...voices.delegations.keys()].filter((key) => delegated(voices, key, 'head', time) !== null).sort()
  const all = [...(online === undefined ? [] : [online]), ...signers, ...stewards]
  return [...new Set(all)].filter((key) => !voices.revoked.has(key))
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
