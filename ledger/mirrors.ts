/** Who mirrors a blog. Pure. */
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { currentHead } from '../protocol/heads.ts'
import type { Time } from '../protocol/objects.ts'
import { placeMirrors } from '../protocol/placement.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { MemberView, Roster } from '../protocol/roster.ts'

/** The members that keep a blog: its signed list, or the placement everyone computes while there is none. */
export function mirrorsOf(blog: BlogObjects, roster: Roster, nowMs: Time, sha256: Sha256): readonly MemberView[] {
  const listed = currentHead(blog, nowMs)?.payload.mirrors ?? []
  if (listed.length === 0) return placeMirrors(blog.blog, roster, sha256)
  return listed.map((key) => roster.memberOf(key)).filter((member) => member !== null)
}
