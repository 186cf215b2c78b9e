/**
 * Lives that a blog with code of its own sends to its mirrors every five minutes, without being asked. They come from
 * inside, so they pass where guards do not: while a wall answers in the blog's place they are all that is known of it.
 *
 * Each says since when the row has had no gap, so that the newest one tells the rhythm. Silence speaks only after a row of
 * a day: a blog that wakes when somebody visits is silent every night.
 */
import type { BlogObjects } from './blog-objects.ts'
import { isOnline, keyRolesOf } from './key-roles.ts'
import { aheadMsMax, lifeGapMs, lifeKeptMs, lifeRowMs, lifeSilentMs } from './limits.ts'
import { newestOf, type SignedObject, type Time } from './objects.ts'

/** The newest life that the blog's own server sent of itself within a week, or null. */
export function newestLife(blog: BlogObjects, nowMs: Time): SignedObject<'life'> | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  const good = blog.life.filter(
    ({ payload: { key, time, since } }) =>
      since !== undefined && isOnline(roles, key) && time > nowMs - lifeKeptMs && time <= nowMs + aheadMsMax,
  )
  return newestOf(good)
}

/** Since when a blog that had kept its rhythm for a day has been silent, if that is an hour; else null. */
export function silentSince(blog: BlogObjects, nowMs: Time): Time | null {
  const life = newestLife(blog, nowMs)?.payload
  if (life === undefined || life.time - life.since! < lifeRowMs) return null
  return nowMs - life.time >= lifeSilentMs ? life.time : null
}

/** What the next life says: the row goes on, or begins again. `before` is the last one that was sent. */
export function nextSince(before: { readonly time: Time; readonly since: Time } | null, nowMs: Time): Time {
  return before !== null && nowMs - before.time <= lifeGapMs && before.since <= nowMs ? before.since : nowMs
}
