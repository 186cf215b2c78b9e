/** Who watches a blog: the same for every member, and every browser, that knows the same objects. */
import { ownOperators } from './authority.ts'
import type { BlogObjects } from './blog-objects.ts'
import { currentHead } from './heads.ts'
import { keyRolesOf } from './key-roles.ts'
import type { Time } from './objects.ts'
import type { MemberView, Roster } from './roster.ts'

/** The mirrors of the newest head, in its order, without members of the blog's own operator. Each of them has a vote. */
export function watchersOf(blog: BlogObjects, roster: Roster, nowMs: Time): readonly MemberView[] {
  const roles = keyRolesOf(blog)
  const head = currentHead(blog, nowMs)
  if (roles === null || head === null || roles.chain.current.payload.closed === true) return []
  const own = ownOperators(roles, roster)
  const mirrors = head.payload.mirrors.map((id) => roster.memberOf(id)).filter((member) => member !== null)
  return mirrors.filter((mirror) => !own.includes(mirror.operator))
}
