/** Who watches a blog: the same for every member, and every browser, that knows the same objects. */
import type { BlogObjects } from './blog-objects.ts'
import type { Time } from './objects.ts'
import type { MemberView, Roster } from './roster.ts'
import { currentSeating } from './seats.ts'

/** The mirrors of the newest head, in its order, without members of the blog's own operator. Each of them has a vote. */
export function watchersOf(blog: BlogObjects, roster: Roster, nowMs: Time): readonly MemberView[] {
  return currentSeating(blog, roster, nowMs).mirrors
}
