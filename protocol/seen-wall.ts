/** A wall before a blog, as its watchers see it together: what is shown, and what an author is told. Pure. */
import type { BlogObjects } from './blog-objects.ts'
import { aheadMsMax, lifeRowMs, wallSeenMs } from './limits.ts'
import { newestLife } from './lives.ts'
import { byTime, type Key, type SignedObject, type Time } from './objects.ts'
import { sixTenths } from './quorum.ts'
import type { Roster } from './roster.ts'
import { watchersOf } from './watchers.ts'

export type SeenWall = {
  /** What most of them meet: see walls.ts. Of two as frequent the one that stands first in the alphabet. */
  readonly reason: string
  /** The lower median of since when they have met it. */
  readonly since: Time
  /** Watchers whose newest word within ten minutes is that they meet a wall, of how many. */
  readonly watchers: number
  readonly of: number
  /** Whether they are too many to see the blog together. */
  readonly blinds: boolean
  /** Whether the blog's own lives would tell that it has died: else only its author can declare it down. */
  readonly speaks: boolean
}

/** null where no watcher meets a wall. */
export function seenWall(blog: BlogObjects, roster: Roster, nowMs: Time): SeenWall | null {
  const watchers = watchersOf(blog, roster, nowMs)
  const ids = new Set(watchers.map((watcher) => watcher.id))
  const newest = new Map<Key, SignedObject<'observation'>>()
  for (const observation of blog.observation) {
    const { key, time } = observation.payload
    const id = roster.memberOf(key)?.id
    if (id === undefined || !ids.has(id) || time <= nowMs - wallSeenMs || time > nowMs + aheadMsMax) continue
    const before = newest.get(id)
    if (before === undefined || byTime(before, observation) < 0) newest.set(id, observation)
  }
  const walled = [...newest.values()].map(({ payload }) => payload).filter(({ state }) => state === 'defended')
  if (walled.length === 0) return null
  const since = walled.map((seen) => Math.min(seen.since, seen.time)).sort((a, b) => a - b)[(walled.length - 1) >> 1]!
  const life = newestLife(blog, nowMs)?.payload
  return {
    reason: mostFrequent(walled.map((seen) => seen.reason)),
    since,
    watchers: walled.length,
    of: watchers.length,
    blinds: walled.length >= sixTenths(watchers.length),
    speaks: life !== undefined && life.time - life.since! >= lifeRowMs,
  }
}

function mostFrequent(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]![0]
}
