/**
 * Who speaks for a blog. Root 1 names the blog (its id is the blog's id); root n+1 names root n and is signed by one
 * recovery key of n. A signer of rank r leaves the keys ranked above it as they are, so a key is removed only by itself
 * or a higher one. Of two roots of one version the higher-ranked signer wins whenever it arrives; two by the same key
 * freeze the blog at the version before, and both are shown. Every step is walked; nothing is skipped.
 */
import { rootVersionsMax } from './limits.ts'
import type { Hash, Key, SignedObject } from './objects.ts'

export type RootObject = SignedObject<'root'>

export type RootChain = {
  readonly blog: Hash
  /** Root 1 … the current one. */
  readonly steps: readonly RootObject[]
  readonly current: RootObject
  /** Set where one key signed two successors of `current`: no successor counts until a higher key decides. */
  readonly rivals: readonly RootObject[]
}

/** The chain, or null where root 1 is unknown or invalid. Pure: the same set gives the same chain in any order of arrival. */
export function rootChain(blog: Hash, roots: readonly RootObject[]): RootChain | null {
  const first = roots.find((root) => root.id === blog)
  if (first === undefined || !isGenesis(first)) return null
  const steps = [first]
  for (;;) {
    const current = steps.at(-1)!
    if (current.payload.closed === true || steps.length === rootVersionsMax) return { blog, steps, current, rivals: [] }
    const next = successors(current, blog, roots)
    if (next.length === 0) return { blog, steps, current, rivals: [] }
    const best = Math.min(...next.map((root) => rankOf(current, root.payload.key)))
    const winners = next.filter((root) => rankOf(current, root.payload.key) === best)
    if (winners.length > 1) return { blog, steps, current, rivals: winners }
    steps.push(winners[0]!)
  }
}

/** Whether `next` may follow `current` by the rules of rank. Says nothing about rivals. */
export function follows(current: RootObject, next: RootObject, blog: Hash): boolean {
  const { payload } = next
  const rank = rankOf(current, payload.key)
  return (
    rank >= 0 &&
    payload.blog === blog &&
    payload.version === current.payload.version + 1 &&
    payload.previous === current.id &&
    payload.network === current.payload.network &&
    new Set(payload.recovery).size === payload.recovery.length &&
    current.payload.recovery.slice(0, rank).every((key, i) => payload.recovery[i] === key)
  )
}

function isGenesis(root: RootObject): boolean {
  const { version, blog, previous, recovery, key } = root.payload
  return (
    version === 1 &&
    blog === undefined &&
    previous === undefined &&
    recovery.includes(key) &&
    new Set(recovery).size === recovery.length
  )
}

function successors(current: RootObject, blog: Hash, roots: readonly RootObject[]): RootObject[] {
  return roots.filter((root) => follows(current, root, blog)).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function rankOf(root: RootObject, key: Key): number {
  return root.payload.recovery.indexOf(key)
}

/** Every key revoked by any step, with the posts that stay good. A later root cannot take a revocation back. */
export function revokedKeys(chain: RootChain): ReadonlyMap<Key, readonly Hash[]> {
  const revoked = new Map<Key, readonly Hash[]>()
  for (const step of chain.steps) {
    for (const { key, lastGood } of step.payload.revoked) if (!revoked.has(key)) revoked.set(key, lastGood)
  }
  return revoked
}
