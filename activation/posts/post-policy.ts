/**
 * Which posts this member takes, beyond who may sign them: only while the blog cannot speak for itself, and within its
 * share. What another mirror has already taken is taken here too, or the mirrors would never agree; only the share and
 * the limits of storage still hold then.
 */
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { blogState } from '../../protocol/blog-state.ts'
import { type Refused, refuse } from '../../protocol/codes.ts'
import { delegated, isPosting, keyRolesOf } from '../../protocol/key-roles.ts'
import { delegatedPostsPerDay } from '../../protocol/limits.ts'
import type { Hash, SignedObject, Time } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { dayOf } from '../../protocol/posts.ts'
import type { Roster } from '../../protocol/roster.ts'
import { receiptGivers } from './replica-status.ts'

export type PostPolicyOptions = {
  /** Posts and attachments of one blog on this member, by its author. 100 MB by default; delegated keys have a quarter besides. */
  readonly quotaBytesMax: number
  /** Posts of one posting key in an hour. Delegated keys have their own limit a day. */
  readonly postsPerHour: number
}
export const postPolicyDefaults: PostPolicyOptions = { quotaBytesMax: 100 * 1024 * 1024, postsPerHour: 60 }

export type PostPolicyContext = { readonly roster: Roster; readonly nowMs: Time; readonly sha256: Sha256 }
type PostObject = SignedObject<'post'>

const hourMs = 3_600_000
/** What apps and gateways may use of what the author may: beside it, so that they take nothing from the author. */
const delegatedShare = 1 / 4

/** null where the post is taken. `blog` is everything known of it, without the post. */
export function postRefusal(
  post: PostObject,
  blog: BlogObjects,
  context: PostPolicyContext,
  options: PostPolicyOptions,
): Refused | null {
  const { quotaBytesMax } = options
  const roles = keyRolesOf(blog)
  const byAuthor = (post: PostObject) => roles !== null && isPosting(roles, post.payload.key)
  const mine = byAuthor(post)
  const share = mine ? quotaBytesMax : quotaBytesMax * delegatedShare
  if (postBytes([...blog.post.filter((post) => byAuthor(post) === mine), post]) > share)
    return refuse('QUOTA', `${share} bytes a blog${mine ? '' : ' for delegated keys'}`)
  if (receiptGivers(post.id, blog, context.roster).size > 0) return null
  const { withdrawn, replaces, time } = post.payload
  if (withdrawn === true && blog.post.some((post) => post.id === replaces)) return null // taking back is always possible
  if (!isOpen(blog, context, context.nowMs) && !isOpen(blog, context, time)) return refuse('BLOG_NOT_DOWN')
  return rateRefusal(post, blog, options)
}

/** Whether posts are accepted: the blog is suspected, down or returning. */
function isOpen(blog: BlogObjects, { roster, sha256, nowMs }: PostPolicyContext, atMs: Time): boolean {
  return blogState(blog, roster, Math.min(atMs, nowMs), sha256).state !== 'up'
}

function rateRefusal(post: PostObject, blog: BlogObjects, { postsPerHour }: PostPolicyOptions): Refused | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return refuse('UNKNOWN_BLOG')
  const { key, time } = post.payload
  const own = blog.post.filter((other) => other.payload.key === key && other.id !== post.id)
  if (isPosting(roles, key)) {
    const lately = own.filter((post) => Math.abs(post.payload.time - time) < hourMs)
    return lately.length < postsPerHour ? null : refuse('RATE', `${postsPerHour} posts an hour`)
  }
  const power = delegated(roles, key, 'post', time)
  const limit = Math.min(power?.payload.postsPerDay ?? delegatedPostsPerDay, delegatedPostsPerDay)
  const sameDay = own.filter((other) => dayOf(other) === dayOf(post))
  return sameDay.length < limit ? null : refuse('RATE', `${limit} posts a day with this key`)
}

/** Receipts beyond those for known posts that one member may leave with a blog: for posts still on their way. */
const earlyReceiptsMax = 30

/** A member has one receipt to give for each post. More is a flood, not news. */
export function receiptRefusal(receipt: SignedObject<'receipt'>, blog: BlogObjects): Refused | null {
  const given = blog.receipt.filter((other) => other.payload.key === receipt.payload.key).length
  return given < 2 * blog.post.length + earlyReceiptsMax ? null : refuse('RATE', 'receipts of one member')
}

/** Bytes on disk: texts as they are kept, and each attachment once. */
export function postBytes(posts: readonly PostObject[]): number {
  const blobs = new Map<Hash, number>()
  for (const post of posts)
    for (const attachment of post.payload.attachments) blobs.set(attachment.blob, attachment.bytes)
  const texts = posts.reduce((sum, post) => sum + post.envelope.payload.length, 0)
  return [...blobs.values()].reduce((sum, bytes) => sum + bytes, texts)
}
