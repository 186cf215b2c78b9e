/**
 * The beacon: a script on a blog that tells its readers when another blog of the network is down, and leads them to a
 * mirror. Its life on a page:
 *
 *   ask two pinned members for their outage lists (at most every five minutes a site) → verify → believe what two say
 *   → a notice for blogs the page links to, then for others → (the reader follows it) → check that blog's whole evidence
 *   → the first living mirror
 *
 * It never throws into the page, sets no cookie, sends no referrer, and asks nobody about one blog before that click.
 * This file holds what every page needs while all is well; the rest is in parts (parts.ts).
 */
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { openLists, receiveLists } from './lists.ts'
import { recall, remember } from './memory.ts'
import { type Load, loaderOf, type PartHash } from './parts.ts'
import { readTag, type Tag } from './tag.ts'
import type { Tell } from './tell.ts'
import { browserVerifier } from './verifier.ts'

/** Written in by build.ts. */
declare const noticePart: PartHash
declare const portablePart: PartHash

/** A site asks again after this. */
const askEveryMs = 5 * 60_000
const nowMs = () => Date.now()

/** Makes one look at the lists, and the next ones. Each says how many fallen blogs are shown. */
function lookerOf(tag: Tag, load: Load): () => Promise<number> {
  const verify: VerifyEd25519 = browserVerifier(() => load(portablePart))
  let tell: Tell | undefined
  return async () => {
    const { askedAt, lists: kept } = recall()
    const age = nowMs() - askedAt
    const isAsked = age >= 0 && age < askEveryMs
    if (!isAsked) remember({ askedAt: nowMs() })
    const received = isAsked ? kept : await receiveLists(tag, verify, nowMs())
    if (!isAsked) remember({ lists: received })
    const lists = await openLists(received, tag, verify, nowMs())
    if (lists.some((list) => list.entries.length > 0 || list.bucket === 'split')) tell ??= await load(noticePart)
    return (await tell?.({ tag, received, lists, verify, load, nowMs })) ?? 0
  }
}

/** `data-state` on the tag says how it went: "quiet", "notice", "bad-tag" or "failed". */
function start(own: HTMLScriptElement): void {
  const tag = readTag(own.dataset)
  const say = (state: string) => {
    own.dataset.state = state
  }
  if (tag === null) {
    say('bad-tag')
    return
  }
  const look = lookerOf(tag, loaderOf(own))
  let lookedAt = 0
  const turn = () => {
    if (document.hidden || nowMs() - lookedAt < askEveryMs) return
    lookedAt = nowMs()
    look().then(
      (shown) => say(shown > 0 ? 'notice' : 'quiet'),
      () => say('failed'),
    )
  }
  const begin = () => {
    turn()
    document.addEventListener('visibilitychange', turn)
    setInterval(turn, askEveryMs + 1000)
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin)
  else begin()
}

try {
  start(document.currentScript as HTMLScriptElement)
} catch {
  // The page goes first: a browser too old for the beacon has none.
}
