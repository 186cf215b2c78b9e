/**
 * Heads and snapshots: which one is the newest that counts, and whose turn it is to sign the next. Heads are ordered by
 * (root version, seq); a new root starts again at 1, so that a stolen online key cannot run ahead for ever.
 */
import type { BlogObjects } from './blog-objects.ts'
import { headSigners, isOnline, isPosting, type KeyRoles, keyRolesOf } from './key-roles.ts'
import { signerSilentMs } from './limits.ts'
import { type Head, type Key, newestOf, type SignedObject, type Time } from './objects.ts'

export type HeadObject = SignedObject<'head'>
export type Trust = 'signed-by-blog' | 'captured-alike' | 'captured-by-one'

/** −1, 0 or 1 by (root version, seq). */
export function compareHeads(a: Head, b: Head): number {
  return Math.sign(a.rootVersion - b.rootVersion || a.seq - b.seq)
}

/** The newest head that counts, or null. Of two with one number the earlier signer in order wins, then the lower id. */
export function currentHead(blog: BlogObjects, nowMs: Time): HeadObject | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  const order = headSigners(roles, nowMs)
  const rank = (head: HeadObject) => {
    const at = order.indexOf(head.payload.key)
    return at < 0 ? order.length : at
  }
  const distrusted = distrustSince(blog, roles)
  const good = blog.head.filter((head) => counts(head, blog, roles, distrusted))
  good.sort((a, b) => compareHeads(b.payload, a.payload) || rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
  return good[0] ?? null
}

/** The newest head that counts and, where that was another, the one at an earlier moment: who sat then, and sits now. */
export function headsAt(blog: BlogObjects, timeMs: Time, nowMs: Time): readonly HeadObject[] {
  const head = currentHead(blog, nowMs)
  const then = currentHead({ ...blog, head: blog.head.filter(({ payload }) => payload.time <= timeMs) }, nowMs)
  return head === null ? [] : then === null || then === head ? [head] : [head, then]
}

function counts(head: HeadObject, blog: BlogObjects, roles: KeyRoles, distrusted: Time): boolean {
  const { key, root, rootVersion, seq, previous, time } = head.payload
  const step = roles.chain.steps[rootVersion - 1]
  if (step === undefined || step.id !== root || roles.revoked.has(key)) return false
  if (isOnline(roles, key) && time >= distrusted) return false
  if (previous === undefined && seq !== 1) return false
  const before = previous === undefined ? undefined : blog.head.find((head) => head.id === previous)
  if (before !== undefined && !isNext(before.payload, head.payload)) return false
  return isPosting(roles, key) || signsHeads(roles, head)
}

/**
 * Whether a head is by one of the blog's head signers: of the newest root, or of the root that the head names. So a blog
 * whose online key was exchanged keeps its mirror list until the new key signs one; heads of later roots stand above.
 */
export function signsHeads(roles: KeyRoles, head: HeadObject): boolean {
  const { key, rootVersion, time } = head.payload
  if (roles.revoked.has(key)) return false
  const step = roles.chain.steps[rootVersion - 1]?.payload
  return headSigners(roles, time).includes(key) || step?.online === key || step?.signers.includes(key) === true
}

/** Whether `next` may stand behind `before` in the chain of heads. */
export function isNext(before: Head, next: Head): boolean {
  if (next.rootVersion === before.rootVersion) return next.seq === before.seq + 1
  return next.rootVersion > before.rootVersion && next.seq === 1
}

/** From when on objects of the online key are set aside: an author said so, and no root has come since. */
export function distrustSince(blog: BlogObjects, roles: KeyRoles): Time {
  const rootTime = roles.chain.current.payload.time
  const declarations = blog.declaration.filter(
    ({ payload }) =>
      payload.by === 'author' &&
      payload.distrustSince !== undefined &&
      payload.time >= rootTime &&
      isPosting(roles, payload.key),
  )
  return Math.min(Number.POSITIVE_INFINITY, ...declarations.map((declaration) => declaration.payload.distrustSince!))
}

/**
 * Whose turn it is to sign heads: the first signer in order that is not silent. The blog's own server takes its turn where
 * the root lists its key among the signers or where it signed the newest head; while the blog is down it is passed over. null where nobody is left: then the mirrors keep what they have.
 */
export function headSigner(
  blog: BlogObjects,
  nowMs: Time,
  options: { down: boolean; alive?: (key: Key) => boolean },
): Key | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  const head = currentHead(blog, nowMs)
  const since = head?.payload.time ?? roles.chain.current.payload.time
  const takesTurns = (online: Key) =>
    roles.chain.current.payload.signers.includes(online) || head?.payload.key === online
  const silent = nowMs - since > signerSilentMs
  const order = headSigners(roles, nowMs).filter((key) => !isOnline(roles, key) || (!options.down && takesTurns(key)))
  const alive = order.filter((key) => options.alive?.(key) ?? true)
  const last = head === null ? -1 : alive.indexOf(head.payload.key)
  if (silent && last >= 0 && alive.length > 1) return alive[(last + 1) % alive.length] ?? null
  return alive[0] ?? null
}

/**
 * The copy to show: the snapshot that the newest head names, or the one the author chose with `show`. Trust grows from
 * "captured by one" to "captured alike" (another signer saw the same texts within a day) to "signed by the blog".
 */
export function currentSnapshot(
  blog: BlogObjects,
  nowMs: Time,
): { snapshot: SignedObject<'snapshot'>; trust: Trust } | null {
  const roles = keyRolesOf(blog)
  const head = currentHead(blog, nowMs)
  if (roles === null || head === null) return null
  const chosen = chosenSnapshot(blog, roles, nowMs) ?? head.payload.snapshot
  const distrusted = distrustSince(blog, roles)
  const known = blog.snapshot.filter(
    (snapshot) => !(isOnline(roles, snapshot.payload.key) && snapshot.payload.time >= distrusted),
  )
  const snapshot =
    known.find((snapshot) => snapshot.id === chosen) ??
    newestOf(known.filter((snapshot) => snapshot.payload.time <= head.payload.time))
  return snapshot === null ? null : { snapshot, trust: trustOf(snapshot, known, roles) }
}

function chosenSnapshot(blog: BlogObjects, roles: KeyRoles, nowMs: Time): string | undefined {
  const declarations = blog.declaration.filter(
    ({ payload }) => payload.show !== undefined && payload.until > nowMs && isPosting(roles, payload.key),
  )
  return newestOf(declarations)?.payload.show
}

function trustOf(
  snapshot: SignedObject<'snapshot'>,
  known: readonly SignedObject<'snapshot'>[],
  roles: KeyRoles,
): Trust {
  if (isOnline(roles, snapshot.payload.key)) return 'signed-by-blog'
  const twin = known.some(
    (other) => other.payload.key !== snapshot.payload.key && other.payload.alike === snapshot.payload.alike,
  )
  return twin ? 'captured-alike' : 'captured-by-one'
}
