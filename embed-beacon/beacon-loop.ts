/**
 * The beacon: a script on a blog that tells its readers when another blog of the network is down, and leads them to a
 * mirror. Its life on a page:
 *
 *   ask two pinned members for their outage lists (at most every five minutes a site; all, where they are silent) → verify
 *   → believe what two say
 *   → notice, marked links, list or redirect, as the tag says → (the reader follows) → check that blog's whole evidence
 *   → the nearest living mirror
 *
 * It never throws into the page, sets no cookie, sends no referrer, and asks nobody about one blog before that click
 * (but for the page's own blog, where the tag says `redirect`).
 * This file holds what every page needs while all is well; the rest is in parts (parts.ts).
 */

import { browserVerifier } from '../protocol/browser-verifier.ts'
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { listsNeeded, openLists, receiveLists } from './lists.ts'
import { recall, remember } from './memory.ts'
import type { Parts } from './parts.ts'
import type { ShowOutages } from './show-outages.ts'
import { readTag, type Tag } from './tag.ts'

/** A site asks again after this. */
const askEveryMs = 5 * 60_000
/** After a look that failed: 5, 15, 45 seconds, and so on. */
const firstRetryMs = 5000
/** Pins are looked after with the first question of a week, and whenever not even two of them answer. */
const weekOf = (ms: number) => Math.floor(ms / (7 * 86_400_000))
const nowMs = () => Date.now()

/** Makes one look at the lists, and the next ones. Each says how many fallen blogs are shown. */
function lookerOf(own: HTMLScriptElement, given: Tag, parts: Parts): () => Promise<number> {
  const verify: VerifyEd25519 = browserVerifier(parts.portable)
  const { dataset } = own
  const { members } = dataset
  let tell: ShowOutages | undefined
  return async () => {
    const { askedAt, lists: kept, pins } = recall()
    let tag = (pins?.of === members && readTag({ ...dataset, members: pins?.members })) || given
    let received = kept
    if (Math.abs(nowMs() - askedAt) > askEveryMs) {
      const followed = () =>
        parts
          .pins()
          .then((follow) => follow(tag, members!, verify, nowMs()))
          .catch(() => null)
      remember({ askedAt: nowMs() })
      received = await receiveLists(tag, verify, nowMs())
      if (received.length < listsNeeded) {
        tag = (await followed()) ?? tag
        received = await receiveLists(tag, verify, nowMs())
      } else if (askedAt > 0 && weekOf(askedAt) < weekOf(nowMs())) void followed() // no reader waits for it
      remember(received.length < listsNeeded ? { askedAt: 0 } : { lists: received })
    }
    if (received.length < listsNeeded) throw 0
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
  const { dataset } = own
  if (document.querySelector('[data-dgos]') !== null) return
  const tag = readTag(dataset)
  if (tag === null) {
    dataset.state = 'bad-tag'
    return
  }
  dataset.dgos = ''
  const look = lookerOf(own, tag, partsOf(own, tag))
  let nextMs = 0
  let failures = 0
  const turn = () => {
    if (document.hidden || nowMs() < nextMs) return
    nextMs = nowMs() + askEveryMs
    look()
      .then(
        (shown) => {
          failures = 0
          dataset.state = shown ? 'notice' : 'quiet'
        },
        () => {
          nextMs = nowMs() + Math.min(askEveryMs, firstRetryMs * 3 ** failures++)
          dataset.state = 'failed'
        },
      )
      .then(() => setTimeout(turn, nextMs - nowMs()))
  }
  document.addEventListener('visibilitychange', turn)
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', turn)
  else turn()
}
