/**
 * The beacon: a script on a blog that tells its readers when another blog of the network is down, and leads them to a
 * mirror. Its life on a page:
 *
 *   ask two pinned members for their outage lists (at most every five minutes a site) → verify → believe what two say
 *   → notice, marked links, list or redirect, as the tag says → (the reader follows) → check that blog's whole evidence
 *   → the nearest living mirror
 *
 * It never throws into the page, sets no cookie, sends no referrer, and asks nobody about one blog before that click
 * (but for the page's own blog, where the tag says `redirect`).
 * This file holds what every page needs while all is well; the rest is in parts (parts.ts).
 */
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { listsNeeded, openLists, receiveLists } from './lists.ts'
import { recall, remember } from './memory.ts'
import type { Parts } from './parts.ts'
import type { ShowOutages } from './show-outages.ts'
import { readTag, type Tag } from './tag.ts'
import { browserVerifier } from './verifier.ts'

/** A site asks again after this. */
const askEveryMs = 5 * 60_000
/** Pins are looked after with the first question of a week, and whenever not even two of them answer. */
const weekOf = (ms: number) => Math.floor(ms / (7 * 86_400_000))
const nowMs = () => Date.now()

/** Makes one look at the lists, and the next ones. Each says how many fallen blogs are shown. */
function lookerOf(own: HTMLScriptElement, given: Tag, parts: Parts): () => Promise<number> {
  const verify: VerifyEd25519 = browserVerifier(parts.portable)
  const { members } = own.dataset
  let tell: ShowOutages | undefined
  return async () => {
    const { askedAt, lists: kept, pins } = recall()
    let tag = (pins?.of === members && readTag({ ...own.dataset, members: pins?.members })) || given
    let received = kept
    if (Math.abs(nowMs() - askedAt) > askEveryMs) {
      remember({ askedAt: nowMs() })
      received = await receiveLists(tag, verify, nowMs())
      if (received.length < listsNeeded || (askedAt > 0 && weekOf(askedAt) < weekOf(nowMs()))) {
        const moved = await parts
          .pins()
          .then((follow) => follow(tag, members!, verify, nowMs()))
          .catch(() => null)
        if (moved) {
          tag = moved
          received = await receiveLists(tag, verify, nowMs())
        }
      }
      remember({ lists: received })
    }
    const lists = await openLists(received, tag, verify, nowMs())
    if (lists.some((list) => list.entries.length > 0 || list.bucket === 'split')) tell ??= await parts.notice()
    return (await tell?.({ own, tag, received, lists, verify, loadCheck: parts.check, nowMs })) ?? 0
  }
}

/**
 * Begins on this page, once, however many tags it has. `data-state` on the tag says how it went: "quiet", "notice",
 * "bad-tag" or "failed".
 */
export function begin(partsOf: (own: HTMLScriptElement, tag: Tag) => Parts): void {
  const own = document.currentScript as HTMLScriptElement
  if (document.querySelector('[data-dgos]') !== null) return
  const tag = readTag(own.dataset)
  const say = (state: string) => {
    own.dataset.state = state
  }
  if (tag === null) {
    say('bad-tag')
    return
  }
  own.dataset.dgos = ''
  const look = lookerOf(own, tag, partsOf(own, tag))
  let lookedAt = 0
  const turn = () => {
    if (document.hidden || nowMs() - lookedAt < askEveryMs) return
    lookedAt = nowMs()
    look().then(
      (shown) => say(shown > 0 ? 'notice' : 'quiet'),
      () => say('failed'),
    )
  }
  const ready = () => {
    turn()
    document.addEventListener('visibilitychange', turn)
    setInterval(turn, askEveryMs + 1000)
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready)
  else ready()
}
