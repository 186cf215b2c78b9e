/**
 * What an author signs on a bad day: the next root, and the head that must follow it at once where the key of the present
 * one no longer counts. Pure builders, for the command line and for whatever else keeps the keys.
 */
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import { seal } from '../../protocol/envelope.ts'
import { currentHead } from '../../protocol/heads.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import { byTime, type Hash, type Key, type Payloads, type SignedObject, type Time } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'

type Root = Payloads['root']
export type RootChanges = {
  readonly recovery?: readonly Key[]
  readonly posting?: Root['posting']
  /** null takes it away. */
  readonly online?: Key | null
  readonly signers?: readonly Key[]
  readonly addresses?: readonly string[]
  /** Members that may answer under the blog's own name. */
  readonly trusted?: readonly Key[]
  /** WebSub hubs that are told of emergency posts. */
  readonly hubs?: readonly string[]
  /** Fingerprints of OpenPGP keys whose mails are the author's. */
  readonly openpgp?: readonly string[]
  /** Added to those before: a revocation is for good. */
  readonly revoke?: Root['revoked']
  readonly closed?: true
}

const addressesMax = 8
const headMs = 7 * 86_400_000

/** The fields of root n+1. What `changes` does not name stays as it is. */
export function successorFields(
  current: SignedObject<'root'>,
  blog: Hash,
  time: Time,
  changes: RootChanges,
): Omit<Root, 'key'> {
  const { key: _signer, online, revoked, ...rest } = current.payload
  const { online: newOnline, revoke, addresses, ...others } = changes
  const nextOnline = newOnline === undefined ? online : (newOnline ?? undefined)
  return {
    ...rest,
    ...others,
    time,
    version: current.payload.version + 1,
    blog,
    previous: current.id,
    addresses: (addresses ?? rest.addresses).slice(0, addressesMax),
    ...(nextOnline === undefined ? {} : { online: nextOnline }),
    revoked: [...revoked, ...(revoke ?? []).filter(({ key }) => !revoked.some((revocation) => revocation.key === key))],
  }
}

/**
 * The fields of a head by a posting key that carries on the present mirrors and copy under the new root; null where the
 * present head still counts after it, or where there is none.
 */
export function headAfter(
  blog: BlogObjects,
  root: SignedObject<'root'>,
  time: Time,
): Omit<Payloads['head'], 'key'> | null {
  const before = currentHead(blog, time)
  if (before === null) return null
  const after = { ...blog, root: [...blog.root, root] }
  if (currentHead(after, time)?.id === before.id) return null
  const { key: _signer, expires: _expires, ...rest } = before.payload
  const place = { root: root.id, rootVersion: root.payload.version, seq: 1, previous: before.id }
  return { ...rest, time, ...place, expires: time + headMs }
}

/**
 * The author's word that the blog is down, to be said again by a new key where the one that said it ends: doors would else
 * close in the middle of an outage. null where `old` has said nothing that still holds. Never for a stolen key.
 */
export function declarationAfter(blog: BlogObjects, old: Key, time: Time): Omit<Payloads['declaration'], 'key'> | null {
  const declarations = blog.declaration
    .filter(({ payload }) => payload.by === 'author' && payload.key === old)
    .sort((a, b) => byTime(b, a))
  const last = declarations[0]?.payload
  if (last === undefined || last.state !== 'down' || last.until <= time) return null
  const { key: _signer, ...rest } = last
  return { ...rest, time }
}

export type NextRoot = {
  readonly root: SignedObject<'root'>
  /** To be handed in together: the root, and the head where one must follow at once. */
  readonly objects: readonly SignedObject[]
  /** No posting key was at hand to carry on the list of mirrors: a steward has to sign the next head. */
  readonly headMissing: boolean
}

/**
 * Signs root n+1, and with it a head where the present one stops counting: mirrors must never be left without a list.
 * Refuses with words for the author where no root may follow, or where these are no words of this blog.
 */
export async function signNextRoot(
  blog: BlogObjects,
  changes: RootChanges,
  { recovery, posting }: { readonly recovery: Signer; readonly posting: Signer | null },
  nowMs: Time,
  sha256: Sha256,
): Promise<Result<NextRoot>> {
  const roles = keyRolesOf(blog)
  if (roles === null) return refuse('UNKNOWN_BLOG', 'no member that answers knows the blog')
  const { current, rivals } = roles.chain
  if (current.payload.closed === true) return refuse('BLOG_CLOSED', 'the blog has left the network: no root follows')
  if (!current.payload.recovery.includes(recovery.key))
    return refuse('NOT_ALLOWED', 'these words are no recovery key of this blog')
  if (rivals.length > 0)
    return refuse('BROKEN_CHAIN', 'two roots of one key stand against each other: sign with a higher recovery key')
  const time = Math.max(nowMs, current.payload.time + 1)
  const root = await seal('root', successorFields(current, blog.blog, time, changes), recovery, sha256)
  const head = headAfter(blog, root, time)
  const mayPost = posting !== null && root.payload.posting.some((device) => device.key === posting.key)
  const heads = head !== null && mayPost ? [await seal('head', head, posting, sha256)] : []
  return ok({ root, objects: [root, ...heads], headMissing: head !== null && !mayPost })
}
