/**
 * A mirror that answers: nobody is led to one that is silent. The first of a list is asked, and after half a second of
 * silence all the others at once (Dean, Barroso: The Tail at Scale, 2013). What was found holds for a while, so that many
 * readers make no more questions than one.
 */
import { type Clock, pause, within } from '../../lib/clock.ts'
import type { Hash } from '../../protocol/objects.ts'

export type AnsweringMirrorsDeps = {
  readonly clock: Clock
  /** Whether a member answers within this time. */
  readonly answers: (memberUrl: string, timeMs: number) => Promise<boolean>
}

const hedgeMs = 500
/** A reader waits no longer. */
const waitMs = 3_000
const keptMs = 30_000
/** Blogs remembered. The oldest make room. */
const blogsMax = 1_000
const askedMax = 10

export class AnsweringMirrors {
  readonly #deps: AnsweringMirrorsDeps
  readonly #found = new Map<Hash, { readonly untilMs: number; readonly url: Promise<string | null> }>()

  constructor(deps: AnsweringMirrorsDeps) {
    this.#deps = deps
  }

  /** The address of one that answers, of a blog's mirrors in this order; null where none does. */
  of(blog: Hash, urls: readonly string[]): Promise<string | null> {
    const nowMs = this.#deps.clock.steadyMs()
    const known = this.#found.get(blog)
    if (known !== undefined && known.untilMs > nowMs) return known.url
    const url = this.#ask(urls.slice(0, askedMax))
    this.#found.delete(blog)
    this.#found.set(blog, { untilMs: nowMs + keptMs, url })
    if (this.#found.size > blogsMax) this.#found.delete(this.#found.keys().next().value!)
    return url
  }

  async #ask([first, ...others]: readonly string[]): Promise<string | null> {
    if (first === undefined) return null
    const { clock, answers } = this.#deps
    const ask = async (url: string) => ((await answers(url, waitMs)) ? url : null)
    const early = ask(first)
    const found = await within(clock, hedgeMs, early, null)
    if (found !== null) return found
    const said = async (asked: Promise<string | null>) => (await asked) ?? Promise.reject(new Error('silent'))
    const any = Promise.any([early, ...others.map(ask)].map(said)).catch(() => null)
    return Promise.race([any, pause(clock, waitMs).then(() => null)])
  }
}
