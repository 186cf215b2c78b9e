/**
 * How much one key may leave here. Every object is signed by somebody who may say it, and yet a stolen key, a hostile
 * member or a stranger with a blog of his own could fill this disk with them. Local rules, far above what the honest do.
 */
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import { keptOf } from '../protocol/kinds.ts'
import { aheadMsMax } from '../protocol/limits.ts'
import { isLive } from '../protocol/live.ts'
import { byTime, type Hash, type SignedObject, type Time } from '../protocol/objects.ts'

/**
 * null where there is room, as the kind's row in kinds.json says. `all` are the objects of the same kind that are known of
 * the blog, or of the network. Posts and receipts have rules of their own.
 */
export function floodRefusal(
  object: SignedObject,
  all: readonly SignedObject[],
  blog: BlogObjects | null,
): Refused | null {
  const most = keptOf(object.kind, blog === null ? 'network' : 'blog')?.signer?.objects
  if (most === undefined || all.length < most) return null
  const { key } = object.payload
  const own = all.filter((other) => other.kind === object.kind && other.payload.key === key).length
  return own < most ? null : refuse('RATE', `${most} objects "${object.kind}" of one key`)
}

/** Watchers and mirrors speak all day: of what they said, this many old words are forgotten at a time. */
const atATime = 64
/** Longer than any word of a watcher counts (a life in it: 30 minutes). */
const fadingMs = 40 * 60_000

/**
 * Newest words of one key and kind that stay however young they are: an hour of a watcher at its quickest, one a minute.
 * Where intervals are shortened, a watcher says as much in minutes; twelve of them once left 28,000 words on three blogs.
 */
const newestOfKey = 64

/** Verdicts bear their votes: of those that ran out, so many are forgotten at a time, once every clock agrees that they have. */
const verdictsAtATime = 2

/**
 * Observations, checkpoints and lives that newer ones replaced: ten watchers leave 3000 a day on every blog. And verdicts
 * that were renewed since: each renewal bears its votes, which say since when, and gives back the room of those before.
 */
export function fadedWords(blog: BlogObjects, network: readonly SignedObject[], nowMs: Time): ReadonlySet<Hash> {
  const verdicts = fadedVerdicts(blog, network, nowMs)
  return new Set([...fadedTalk(blog, network, nowMs), ...verdicts])
}

function fadedVerdicts(blog: BlogObjects, network: readonly SignedObject[], nowMs: Time): readonly Hash[] {
  const over = blog.declaration.filter(({ payload }) => payload.by === 'quorum' && payload.until < nowMs - aheadMsMax)
  if (over.length <= verdictsAtATime) return []
  const gone = over.filter((object) => !isLive(object, blog, network, nowMs)).map((object) => object.id)
  return gone.length < verdictsAtATime ? [] : gone
}

function fadedTalk(blog: BlogObjects, network: readonly SignedObject[], nowMs: Time): readonly Hash[] {
  const isOld = (object: SignedObject) => object.payload.time < nowMs - fadingMs
  const old = [blog.observation, blog.checkpoint, blog.life].flatMap((words) => {
    const surplus = new Set(surplusOf(words))
    return words.filter((object) => isOld(object) || surplus.has(object))
  })
  if (old.length < atATime) return []
  const gone = old.filter((object) => !isLive(object, blog, network, nowMs)).map((object) => object.id)
  return gone.length < atATime ? [] : gone
}

/** What each key said before its newest words. */
function surplusOf(words: readonly SignedObject[]): readonly SignedObject[] {
  if (words.length <= newestOfKey) return []
  return [...Map.groupBy(words, (word) => word.payload.key).values()].flatMap((own) =>
    own.length <= newestOfKey ? [] : own.sort(byTime).slice(0, -newestOfKey),
  )
}

/** Records that newer ones of the same key replaced: all but the first, which may hold its commitment, and the newest. */
export function replacedRecords(network: readonly SignedObject[]): readonly SignedObject[] {
  const records = network.filter((object) => object.kind === 'member')
  const byKey = Map.groupBy(records, (record) => record.payload.key)
  const gone = [...byKey.values()].flatMap((own) => own.sort(byTime).slice(1, -1))
  return gone.length < atATime ? [] : gone
}
