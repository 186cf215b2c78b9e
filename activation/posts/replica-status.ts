/**
 * Who has a post on disk, read from receipts. A receipt is a member's signed word that it stored the post with all its
 * attachments; one word an operator counts for safety.
 */
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { safeOperators } from '../../protocol/limits.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { MemberView, Roster } from '../../protocol/roster.ts'

export type ReplicaStatus = {
  /** Mirrors that gave a receipt. */
  readonly held: number
  /** Mirrors on the blog's list. */
  readonly of: number
  /** Three operators have it, or all there are where there are fewer. */
  readonly safe: boolean
  /** Operators of mirrors that gave a receipt. */
  readonly operators: number
  /** Operators needed for safety. */
  readonly needed: number
  readonly missing: readonly { readonly member: Key; readonly name: string; readonly url: string }[]
}

/** Members that gave a receipt for a post, mirrors or not. */
export function receiptGivers(post: Hash, blog: BlogObjects, roster: Roster): ReadonlySet<Key> {
  const givers = blog.receipt
    .filter((receipt) => receipt.payload.post === post)
    .map((receipt) => roster.memberOf(receipt.payload.key)?.id)
  return new Set(givers.filter((giver) => giver !== undefined))
}

export function replicaStatusOf(
  post: Hash,
  blog: BlogObjects,
  mirrors: readonly MemberView[],
  roster: Roster,
): ReplicaStatus {
  const givers = receiptGivers(post, blog, roster)
  const holding = mirrors.filter((mirror) => givers.has(mirror.id))
  const operators = new Set(holding.map((member) => member.operator)).size
  const needed = Math.min(safeOperators, new Set(mirrors.map((mirror) => mirror.operator)).size)
  const missing = mirrors.filter((mirror) => !givers.has(mirror.id))
  return {
    held: holding.length,
    of: mirrors.length,
    safe: needed > 0 && operators >= needed,
    operators,
    needed,
    missing: missing.map(({ id, name, url }) => ({ member: id, name, url })),
  }
}
