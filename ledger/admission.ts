/**
 * Whether there is room here for an object that its key may say. The order is that of the price: size, signer, blog, and,
 * where no address of the blog is proven, the small room that all such blogs share. What the member says itself has room.
 */
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { objectsOf } from '../protocol/blog-objects.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import { isKept, isPrivate } from '../protocol/kinds.ts'
import type { Hash, Head, Key, SignedObject, Time } from '../protocol/objects.ts'
import { placeMirrors } from '../protocol/placement.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { Roster } from '../protocol/roster.ts'
import { blogRefusal, bytesOf, bytesOfAll, groupsOf } from './budgets.ts'
import { isAsked, Unproven, unprovenRefusal, wasProven } from './unproven.ts'

export type AdmissionContext = {
  readonly roster: Roster
  readonly nowMs: Time
  /** The address block that handed it in; '' where it is not known. */
  readonly from: string
}
/** Room, where these unproven blogs go for it. */
export type Room = { readonly ok: true; readonly gone: readonly Hash[] }

/** Members near a blog: its mirrors, and as many of its ranking as may stand in for them. */
const nearMax = 32

export class Admission {
  readonly #sha256: Sha256
  readonly #unproven = new Unproven()
  /** Blogs that were seen to be proven: they stay so. */
  readonly #proven = new Set<Hash>()
  readonly #ranked = new WeakMap<Roster, Map<Hash, ReadonlySet<Key>>>()

  constructor(deps: { readonly sha256: Sha256 }) {
    this.#sha256 = deps.sha256
  }

  /** Whether no address of this known blog has been seen to be proven. */
  isUnproven(blog: Hash): boolean {
    return this.#unproven.has(blog)
  }

  /** A blog found on disk. Whether it is proven shows when its objects are read. */
  found(root: SignedObject<'root'>, blog: Hash): void {
    this.#unproven.weigh(blog, bytesOf(root), '', root.payload.time)
  }

  attested(blog: Hash): void {
    this.#unproven.remove(blog)
  }

  forget(blog: Hash): void {
    this.#unproven.remove(blog)
    this.#proven.delete(blog)
  }

  /** `all` are the known objects of the same kind. */
  roomFor(
    object: SignedObject,
    all: readonly SignedObject[],
    blog: BlogObjects,
    context: AdmissionContext,
  ): Refused | Room {
    const isNear = (key: Key) => this.#isNear(key, blog, context.roster)
    const { kind } = object
    if ((kind === 'receipt' || kind === 'checkpoint') && !isNear(object.payload.key))
      return refuse('NOT_ALLOWED', `a ${kind} of a member that is neither mirror nor stand-in`)
    if (kind === 'attestation' && !isAsked(object.payload.key, object.payload.address, context.roster, this.#sha256))
      return refuse('NOT_ALLOWED', 'a member that is not asked to look at that address')
    const groupOf = groupsOf(blog, object, isNear)
    const flood = blogRefusal(object, all, blog, groupOf)
    if (flood !== null) return flood
    if (this.#isProven(blog, context.roster)) return { ok: true, gone: [] }
    const isAuthors = (object: SignedObject) => !['near', 'others'].includes(groupOf(object.payload.key))
    const strange = unprovenRefusal(object, blog, isAuthors)
    if (strange !== null) return strange
    const gone = this.#unproven.roomFor(blog.blog, bytesOf(object), context.from, context.nowMs)
    return gone === null ? refuse('QUOTA', 'too many blogs that nobody has attested yet') : { ok: true, gone }
  }

  /** What was stored of a blog, and so is kept. */
  stored(blog: BlogObjects, { roster, nowMs, from }: AdmissionContext): void {
    if (this.#isProven(blog, roster)) this.#unproven.remove(blog.blog)
    else this.#unproven.weigh(blog.blog, bytesOfAll(objectsOf(blog)), from, nowMs)
  }

  #isProven(blog: BlogObjects, roster: Roster): boolean {
    if (this.#proven.has(blog.blog)) return true
    if (!wasProven(blog, roster, this.#sha256)) return false
    this.#proven.add(blog.blog)
    return true
  }

  #isNear(key: Key, blog: BlogObjects, roster: Roster): boolean {
    const id = roster.memberOf(key)?.id
    if (id === undefined) return false
    if (roster.members.length <= nearMax || blog.head.some(({ payload }) => isListed(id, payload))) return true
    const ranked = this.#ranked.get(roster) ?? new Map<Hash, ReadonlySet<Key>>()
    this.#ranked.set(roster, ranked)
    const found =
      ranked.get(blog.blog) ??
      new Set(placeMirrors(blog.blog, roster, this.#sha256, { copies: nearMax }).map((member) => member.id))
    ranked.set(blog.blog, found)
    return found.has(id)
  }
}

function isListed(id: Key, { mirrors, standIns }: Head): boolean {
  return mirrors.includes(id) || standIns?.includes(id) === true
}

/** What is never kept by itself travels inside others; what is told to one member alone names it. */
export function isWanted(object: SignedObject, self: string): boolean {
  if (!isKept(object.kind) || (object.kind === 'life' && object.payload.since === undefined)) return false
  return !isPrivate(object.kind) || ('member' in object.payload && object.payload.member === self)
}
