/**
 * How much may be kept of what one blog's author, and what others, say of it: objects and bytes, of each kind, of each key,
 * and in all. Every object is signed by somebody who may say it, and yet a stolen key, a hostile member or a stranger with
 * a blog of his own could fill this disk with them. Far above what the honest need.
 *
 * Five groups have room of their own, so that nobody's use shrinks another's: the author's keys; the blog's own server and
 * its stewards; keys that the author delegated to; members near the blog; all other members. Unknown fields count.
 */
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { objectsOf } from '../protocol/blog-objects.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import { headSigners, isRecovery, keyRolesOf } from '../protocol/key-roles.ts'
import { bytesEachOf, keptOf } from '../protocol/kinds.ts'
import type { Key, SignedObject } from '../protocol/objects.ts'

export type Group = 'author' | 'server' | 'delegated' | 'near' | 'others'
type GroupOf = (key: Key) => Group

/** The part of a kind's room that a group has for itself. */
const shares: Readonly<Record<Group, number>> = { author: 1, server: 1, delegated: 1 / 4, near: 1, others: 1 / 4 }
const mebi = 1024 * 1024
/** Payload bytes of one group with one blog, of all kinds. Together: what a member can hold in memory of one blog. */
export const groupBytesMax: Readonly<Record<Group, number>> = {
  author: 16 * mebi,
  server: 8 * mebi,
  delegated: 4 * mebi,
  near: 8 * mebi,
  others: 2 * mebi,
}
/** One member has no more of its group's bytes of a kind than this part: so many would have to work together to fill it. */
const membersToFill = 24

/** Payload bytes of an object, from its text. */
export function bytesOf(object: SignedObject): number {
  return Math.floor((object.envelope.payload.length * 3) / 4)
}

export function bytesOfAll(objects: readonly SignedObject[]): number {
  return objects.reduce((sum, object) => sum + bytesOf(object), 0)
}

/** Who a key is to a blog. `object` may be the root that the keys come from. */
export function groupsOf(blog: BlogObjects, object: SignedObject, isNear: (key: Key) => boolean): GroupOf {
  const roles = keyRolesOf(blog)
  const first = object.kind === 'root' && roles === null ? object.payload.key : null
  const servers = new Set(roles === null ? [] : headSigners(roles, object.payload.time))
  const authors = new Set(
    blog.root.flatMap((root) => [...root.payload.recovery, ...root.payload.posting.map((posting) => posting.key)]),
  )
  return (key) => {
    if (key === first || authors.has(key) || (roles !== null && isRecovery(roles, key))) return 'author'
    if (servers.has(key) && roles?.delegations.has(key) !== true) return 'server'
    if (roles?.delegations.has(key) === true) return 'delegated'
    return isNear(key) ? 'near' : 'others'
  }
}

/** null where there is room, as the kind's row in kinds.json says. `all` are the known objects of the same kind. */
export function blogRefusal(
  object: SignedObject,
  all: readonly SignedObject[],
  blog: BlogObjects,
  groupOf: GroupOf,
): Refused | null {
  const tooLarge = sizeRefusal(object)
  if (tooLarge !== null) return tooLarge
  const group = groupOf(object.payload.key)
  const mates = objectsOf(blog).filter((object) => groupOf(object.payload.key) === group)
  if (bytesOfAll(mates) + bytesOf(object) > groupBytesMax[group]) return refuse('QUOTA', `of ${group} with one blog`)
  const kept = keptOf(object.kind, 'blog')
  const own = all.filter((other) => other.payload.key === object.payload.key)
  const isMember = group === 'near' || group === 'others'
  const bySigner = kept?.signer
  const alone =
    isMember && kept?.all !== undefined ? (kept.all.bytes * shares[group]) / membersToFill : Number.POSITIVE_INFINITY
  if (bySigner !== undefined && exceeds(object, own, bySigner.objects, Math.min(bySigner.bytes, alone)))
    return refuse('RATE', `${bySigner.objects} objects "${object.kind}" of one key, or too many bytes`)
  if (kept?.all === undefined) return null
  const part = shares[group]
  const same = all.filter((object) => groupOf(object.payload.key) === group)
  return exceeds(object, same, kept.all.objects * part, kept.all.bytes * part)
    ? refuse('RATE', `objects "${object.kind}" of ${group}`)
    : null
}

/** The same for objects of the network, which only members and operators sign. `all` are all that are known. */
export function networkRefusal(object: SignedObject, all: readonly SignedObject[]): Refused | null {
  const tooLarge = sizeRefusal(object)
  if (tooLarge !== null) return tooLarge
  const most = keptOf(object.kind, 'network')?.signer
  if (most === undefined) return null
  const own = all.filter((other) => other.kind === object.kind && other.payload.key === object.payload.key)
  return exceeds(object, own, most.objects, most.bytes)
    ? refuse('RATE', `${most.objects} objects "${object.kind}" of one key`)
    : null
}

function sizeRefusal(object: SignedObject): Refused | null {
  const most = bytesEachOf(object.kind)
  return bytesOf(object) > most ? refuse('TOO_LARGE', `${most} bytes are kept of one "${object.kind}"`) : null
}

function exceeds(object: SignedObject, before: readonly SignedObject[], objects: number, bytes: number): boolean {
  return before.length + 1 > objects || bytesOfAll(before) + bytesOf(object) > bytes
}
