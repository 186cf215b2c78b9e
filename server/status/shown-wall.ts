/** A wall before a blog as status, console and command line show it: what it is, and how its owner lets guards in. */
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import type { Time } from '../../protocol/objects.ts'
import type { Roster } from '../../protocol/roster.ts'
import { type SeenWall, seenWall } from '../../protocol/seen-wall.ts'
import { wallOf } from '../../protocol/walls.ts'

export type ShownWall = SeenWall & { readonly title: string; readonly letIn: string }

/** A host that answers "too many requests" and nothing else. */
const flooded = { title: 'too many requests', letIn: 'Raise the limit of your host for the addresses of your mirrors.' }

/** null where no watcher meets a wall. */
export function shownWall(blog: BlogObjects, roster: Roster, nowMs: Time): ShownWall | null {
  const seen = seenWall(blog, roster, nowMs)
  if (seen === null) return null
  const { title, letIn } = wallOf(seen.reason) ?? flooded
  return { ...seen, title, letIn }
}
