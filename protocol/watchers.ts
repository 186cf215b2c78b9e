/** Who watches a blog: the same for every member, and every browser, that knows the same objects. */
import type { BlogObjects } from './blog-objects.ts'
import { observationFreshMs } from './limits.ts'
import { byTime, type Key, type SignedObject, type Time } from './objects.ts'
import { isDownVote } from './quorum.ts'
import type { MemberView, Roster } from './roster.ts'
import { currentSeating } from './seats.ts'

/** The mirrors of the newest head, in its order, without members of the blog's own operator. Each of them has a vote. */
export function watchersOf(blog: BlogObjects, roster: Roster, nowMs: Time): readonly MemberView[] {
  return currentSeating(blog, roster, nowMs).mirrors
}

/** Whether a fall is in the air: a watcher has voted down within five minutes, or a verdict of down lasts. Then stand-ins look. */
export function isDoubted(blog: BlogObjects, nowMs: Time): boolean {
  const isVote = ({ payload }: SignedObject<'observation'>) =>
    payload.time > nowMs - observationFreshMs && isDownVote(payload)
  return blog.observation.some(isVote) || isDeclared(blog, nowMs)
}

/** Whether a word of a watcher stands against a verdict that lasts: then it is everybody's, as the verdict is. */
export function contradicts(object: SignedObject, blog: BlogObjects, nowMs: Time): boolean {
  if (object.kind !== 'observation' || object.payload.state === 'down' || isDownVote(object.payload)) return false
  return isDeclared(blog, nowMs)
}

function isDeclared({ declaration }: BlogObjects, nowMs: Time): boolean {
  return declaration.some(({ payload: { by, state, until } }) => by === 'quorum' && state === 'down' && until > nowMs)
}

/** The newest word of each mirror and stand-in: what whoever counts a verdict again must know. */
export function seatWords(blog: BlogObjects, roster: Roster, nowMs: Time): readonly SignedObject<'observation'>[] {
  const { mirrors, standIns } = currentSeating(blog, roster, nowMs)
  const ids = new Set([...mirrors, ...standIns].map(({ id }) => id))
  const newest = new Map<Key, SignedObject<'observation'>>()
  for (const word of blog.observation) {
    const id = roster.memberOf(word.payload.key)?.id
    if (id === undefined || !ids.has(id)) continue
    const before = newest.get(id)
    if (before === undefined || byTime(before, word) < 0) newest.set(id, word)
  }
  return [...newest.values()]
}
