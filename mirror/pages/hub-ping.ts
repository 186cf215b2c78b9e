/**
 * WebSub, the publisher's side (W3C Recommendation, section 7): when a post of a blog that is down has been stored, the
 * hubs that the blog's root names are told which feeds of this mirror have changed, so that subscribers learn it in seconds.
 *
 *   post stored → a moment's gathering, in which pages are rendered → one POST to each hub → again after 30 s and 5 min
 */
import { DueRuns } from '../../ledger/coalesced-runs.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Web } from '../../lib/web.ts'
import { mirrorPath } from '../../protocol/addresses.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import type { Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { type FactsSource, factsNow } from './facts.ts'
import { feedForms } from './feeds.ts'

export type HubPingDeps = {
  readonly facts: FactsSource
  readonly web: Web
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type HubPingOptions = {
  readonly self: Key
  /** Public address of the member, with its final slash. */
  readonly url: string
}

/** Posts that come together are told together; pages are rendered by then. */
const gatherMs = 2_000
/** A hub that does not answer is asked again after these, and then left. */
const againMs = [30_000, 300_000]
const answerBytesMax = 4 * 1024
const answerMs = 10_000
/** Older posts are history that arrives late: nobody waits for them. */
const freshMs = 24 * 3_600_000

export class HubPing {
  readonly #deps: HubPingDeps
  readonly #options: HubPingOptions
  readonly #due: DueRuns
  readonly #waiting = new Map<string, Cancel>()

  constructor(deps: HubPingDeps, options: HubPingOptions) {
    this.#deps = deps
    this.#options = options
    const failed = (blog: Hash, error: unknown) => deps.log.error('hub-ping', { blog, error: String(error) })
    this.#due = new DueRuns({ clock: deps.clock, run: (blog) => this.#tell(blog), failed }, { gatherMs })
  }

  /** Records the posts among what was stored. */
  note(objects: readonly SignedObject[]): void {
    const sinceMs = this.#deps.clock.nowMs() - freshMs
    for (const object of objects)
      if (object.kind === 'post' && object.payload.time >= sinceMs) this.#due.note(object.payload.blog)
  }

  stop(): void {
    this.#due.stop()
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  /** Mirrors on the list tell; others that hold the text only do not. */
  async #tell(blog: Hash): Promise<void> {
    const { facts: source, clock, sha256 } = this.#deps
    const { self, url } = this.#options
    const facts = await factsNow(source, blog, clock.nowMs(), sha256)
    const member = facts?.roster.memberOf(self)
    if (facts === null || !member || facts.head?.payload.mirrors.includes(member.id) !== true) return
    const root = facts.roles.chain.current.payload
    if (root.closed === true || facts.state.state === 'up') return
    const topics = feedForms.map((form) => `${url}${mirrorPath(facts.name)}${form.place}`)
    const form = new URLSearchParams([['hub.mode', 'publish'], ...topics.map((topic) => ['hub.url', topic])])
    for (const hub of new Set(root.hubs ?? [])) void this.#ask(hub, utf8(form.toString()), 0)
  }

  async #ask(hub: string, body: Uint8Array, turn: number): Promise<void> {
    const { web, log } = this.#deps
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const limits = { bytesMax: answerBytesMax, cut: true, timeMs: answerMs, redirectsMax: 0 }
    const answer = await web.fetch({ url: hub, method: 'POST', headers, body, ...limits })
    if (answer.ok && answer.status >= 200 && answer.status < 300) return
    const why = answer.ok ? String(answer.status) : answer.reason
    const waitMs = againMs[turn]
    log.info('hub-silent', { hub, why, again: waitMs !== undefined })
    if (waitMs === undefined) return
    // A newer word to the same hub says the same topics: one attempt waits, not two.
    const waiting = `${hub} ${textOf(body)}`
    this.#waiting.get(waiting)?.()
    this.#waiting.set(waiting, this.#again(hub, body, turn, waitMs))
  }

  #again(hub: string, body: Uint8Array, turn: number, waitMs: number): Cancel {
    const { clock, log } = this.#deps
    return clock.after(waitMs, () => {
      this.#waiting.delete(`${hub} ${textOf(body)}`)
      this.#ask(hub, body, turn + 1).catch((error: unknown) => log.error('hub-ping', { hub, error: String(error) }))
    })
  }
}
