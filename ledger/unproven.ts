/**
 * Blogs of which no address is proven: anybody can make one. Each has little room, all together a bounded one, and where
 * that is full the address block that handed in most makes room. Blocks are cut addresses, and live in memory only.
 */

import { attestationsNeeded } from '../protocol/address-proof.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { objectsOf } from '../protocol/blog-objects.ts'
import { toHex, utf8 } from '../protocol/bytes.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import type { Hash, SignedObject, Time } from '../protocol/objects.ts'
import { attesters, placeMirrors } from '../protocol/placement.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { rootChain } from '../protocol/roots.ts'
import type { Roster } from '../protocol/roster.ts'
import { bytesOf, bytesOfAll } from './budgets.ts'

/** What the author of an unproven blog has in all, and in one root; what members have to say of it. */
export const unprovenBlogBytesMax = 64 * 1024
export const unprovenRootBytesMax = 32 * 1024
const unprovenWordsBytesMax = 64 * 1024
/** All unproven blogs together. */
export const unprovenMost = { blogs: 2_000, bytes: 64 * 1024 * 1024 } as const
/** A newcomer is safe from its own neighbours this long: attesters look every minute. */
const safeMs = 3_600_000
/** Members that count as asked to attest: ten, and those who come next where members have come and gone. */
const askedMax = 24

/**
 * Whether as many operators as are needed have ever attested one of its addresses. Wider than `provenAddresses`: a blog
 * that was proven once is somebody's, and keeps its room when a wall hides its marker.
 */
export function wasProven(blog: BlogObjects, roster: Roster, sha256: Sha256): boolean {
  const root = rootChain(blog.blog, blog.root)?.current.payload
  if (root === undefined || blog.attestation.length === 0) return false
  return root.addresses.some((address) => {
    const said = blog.attestation.filter((attestation) => attestation.payload.address === address)
    const signers = new Set(said.map((attestation) => roster.memberOf(attestation.payload.key)?.id))
    const needed = attestationsNeeded(attesters(address, roster, sha256).length)
    if (signers.size < needed) return false
    const asked = askedFor(address, roster, sha256)
    return new Set(asked.filter((member) => signers.has(member.id)).map((member) => member.operator)).size >= needed
  })
}

/** Whether a member's word about the marker at this address can ever count. */
export function isAsked(key: string, address: string, roster: Roster, sha256: Sha256): boolean {
  const id = roster.memberOf(key)?.id
  if (id === undefined) return false
  return (
    attesters(address, roster, sha256).some((member) => member.id === id) ||
    askedFor(address, roster, sha256).some((member) => member.id === id)
  )
}

function askedFor(address: string, roster: Roster, sha256: Sha256) {
  return placeMirrors(toHex(sha256(utf8(address))), roster, sha256, { copies: askedMax })
}

/** null where an unproven blog has room for one object more. `isAuthors`: not a word of a member. */
export function unprovenRefusal(
  object: SignedObject,
  blog: BlogObjects,
  isAuthors: (object: SignedObject) => boolean,
): Refused | null {
  const ours = isAuthors(object)
  if (object.kind === 'root' && bytesOf(object) > unprovenRootBytesMax)
    return refuse('TOO_LARGE', 'a root of a blog without a proven address')
  if (object.kind === 'post' && object.payload.attachments.length > 0)
    return refuse('QUOTA', 'images are taken once an address of the blog is proven')
  const before = bytesOfAll(objectsOf(blog).filter((object) => isAuthors(object) === ours))
  const most = ours ? unprovenBlogBytesMax : unprovenWordsBytesMax
  return before + bytesOf(object) <= most
    ? null
    : refuse('QUOTA', `${most} bytes until an address of the blog is proven`)
}

type Newcomer = { readonly block: string; readonly atMs: Time; bytes: number }
type Sum = { blogs: number; bytes: number }

export class Unproven {
  /** In the order in which they came. */
  readonly #newcomers = new Map<Hash, Newcomer>()
  #bytes = 0

  has(blog: Hash): boolean {
    return this.#newcomers.has(blog)
  }

  get size(): number {
    return this.#newcomers.size
  }

  /** So much is kept of the blog now. The first block that handed it in stays its own. */
  weigh(blog: Hash, bytes: number, block: string, nowMs: Time): void {
    const newcomer = this.#newcomers.get(blog) ?? { block, atMs: nowMs, bytes: 0 }
    this.#bytes += bytes - newcomer.bytes
    newcomer.bytes = bytes
    this.#newcomers.set(blog, newcomer)
  }

  remove(blog: Hash): void {
    this.#bytes -= this.#newcomers.get(blog)?.bytes ?? 0
    this.#newcomers.delete(blog)
  }

  /** Blogs that make room for `bytes` more of this one; null where none may go. */
  roomFor(blog: Hash, bytes: number, block: string, nowMs: Time): readonly Hash[] | null {
    const known = this.#newcomers.get(blog)
    const own = known?.block ?? block
    const gone: Hash[] = []
    let blogs = this.#newcomers.size + (known === undefined ? 1 : 0)
    let sum = this.#bytes + bytes
    if (blogs <= unprovenMost.blogs && sum <= unprovenMost.bytes) return []
    const left = new Map([...this.#newcomers].filter(([id]) => id !== blog))
    while (blogs > unprovenMost.blogs || sum > unprovenMost.bytes) {
      const by = sum > unprovenMost.bytes ? 'bytes' : 'blogs'
      const victim = victimOf(left, by, { block: own, blogs: known === undefined ? 1 : 0, bytes }, nowMs)
      if (victim === null) return null
      gone.push(victim)
      blogs--
      sum -= left.get(victim)!.bytes
      left.delete(victim)
    }
    return gone
  }
}

/** The oldest blog of the block that has most. Where the newcomer's own block has as much, only one that had its chance. */
function victimOf(
  newcomers: ReadonlyMap<Hash, Newcomer>,
  by: keyof Sum,
  own: Sum & { readonly block: string },
  nowMs: Time,
): Hash | null {
  const sums = new Map<string, Sum>()
  for (const { block, bytes } of newcomers.values()) {
    const sum = sums.get(block) ?? { blogs: 0, bytes: 0 }
    sums.set(block, { blogs: sum.blogs + 1, bytes: sum.bytes + bytes })
  }
  const mine = (sums.get(own.block)?.[by] ?? 0) + own[by]
  const [fullest] = [...sums].filter(([block]) => block !== own.block).sort(([, a], [, b]) => b[by] - a[by])
  const others = fullest !== undefined && fullest[1][by] > mine ? fullest[0] : null
  for (const [id, { block, atMs }] of newcomers)
    if (others === null ? atMs < nowMs - safeMs : block === others) return id
  return null
}
