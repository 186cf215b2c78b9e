/** Which members keep a blog: its signed list, or the placement everyone computes while there is no list. */

import type { BlogObjects } from '../protocol/blog-objects.ts'
import { currentHead } from '../protocol/heads.ts'
import { placeMirrors } from '../protocol/placement.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { MemberView, Roster } from '../protocol/roster.ts'

export function mirrorsOf(blog: BlogObjects, roster: Roster, nowMs: number, sha256: Sha256): readonly MemberView[] {
  const head = currentHead(blog, nowMs)
  if (head === null || head.payload.mirrors.length === 0) return placeMirrors(blog.blog, roster, sha256)
  return head.payload.mirrors.map((key) => roster.memberOf(key)).filter((one) => one !== null)
}
