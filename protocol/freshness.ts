/**
 * "Confirmed fresh": mirrors of min(5, ⌈n/2⌉) operators say, within 24 hours, that the newest state they have seen is
 * not newer than what is shown here. Otherwise readers are told "may be old". Only a label: it never stops anything.
 */
import type { BlogObjects } from './blog-objects.ts'
import { currentHead } from './heads.ts'
import { aheadMsMax, checkpointFreshMs } from './limits.ts'
import type { Key, SignedObject, Time } from './objects.ts'
import type { Roster } from './roster.ts'

export type Freshness = { readonly fresh: boolean; readonly confirming: number; readonly needed: number }

/** How many operators of the blog's mirrors confirm that nothing newer is known. `n` = operators on the mirror list. */
export function freshness(blog: BlogObjects, roster: Roster, nowMs: Time): Freshness {
  const head = currentHead(blog, nowMs)
  if (head === null) return { fresh: false, confirming: 0, needed: 1 }
  const newest = newestByOperator(blog, head, roster, nowMs)
  const mirrors = new Set(head.payload.mirrors.map((id) => roster.memberOf(id)?.operator ?? id))
  const needed = Math.max(1, Math.min(5, Math.ceil(mirrors.size / 2)))
  const posts = new Set(blog.post.map((post) => post.id))
  const confirming = [...newest.values()].filter((checkpoint) => confirms(checkpoint, head, posts)).length
  return { fresh: confirming >= needed, confirming, needed }
}

/** The newest checkpoint of each operator on the mirror list, not older than a day. One operator, one word. */
function newestByOperator(blog: BlogObjects, head: SignedObject<'head'>, roster: Roster, nowMs: Time) {
  const newest = new Map<Key, SignedObject<'checkpoint'>>()
  for (const checkpoint of blog.checkpoint) {
    const member = roster.memberOf(checkpoint.payload.key)
    const { time } = checkpoint.payload
    if (member === null || !head.payload.mirrors.includes(member.id)) continue
    if (time < nowMs - checkpointFreshMs || time > nowMs + aheadMsMax) continue
    const other = newest.get(member.operator)
    if (other === undefined || other.payload.time < time || (other.payload.time === time && other.id < checkpoint.id))
      newest.set(member.operator, checkpoint)
  }
  return newest
}

/** Its newest state is ours or an older one, and it names no post that we lack. */
function confirms(
  checkpoint: SignedObject<'checkpoint'>,
  head: SignedObject<'head'>,
  posts: ReadonlySet<string>,
): boolean {
  const { rootVersion, seq } = checkpoint.payload
  const older =
    rootVersion < head.payload.rootVersion || (rootVersion === head.payload.rootVersion && seq < head.payload.seq)
  return (older || checkpoint.payload.head === head.id) && checkpoint.payload.posts.every((id) => posts.has(id))
}
