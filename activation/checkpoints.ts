/**
 * Checkpoints: a mirror's signed word, every hour and at each change, of the newest state of a blog that it has seen.
 * Readers are told "confirmed fresh" where enough operators say so (protocol/freshness.ts): nobody can show them an old
 * state as the newest without several operators' help.
 */

import { DueRuns } from '../ledger/coalesced-runs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Schedule } from '../lib/schedule.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { currentHead } from '../protocol/heads.ts'
import { isShown } from '../protocol/kinds.ts'
import { blogOf, type Checkpoint, type Hash, type Key, type SignedObject } from '../protocol/objects.ts'
import type { Signer } from '../protocol/platform.ts'
import { tips } from '../protocol/posts.ts'
import { rootChain } from '../protocol/roots.ts'

export type CheckpointsDeps = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly schedule: Schedule
  readonly signer: Signer
  readonly log: Log
}
export type CheckpointsOptions = { readonly self: Key; readonly checkpointMs: number }

/** Changes within this make one checkpoint: a batch of posts, or a root and its head. */
const settleMs = 2_000

type Seen = Pick<Checkpoint, 'blog' | 'rootVersion' | 'seq' | 'posts'> & { readonly head?: Hash }

/** What this member has seen of a blog, or null where it has no root of it. Pure. */
export function newestSeen(blog: BlogObjects, nowMs: number): Seen | null {
  const chain = rootChain(blog.blog, blog.root)
  if (chain === null) return null
  const head = currentHead(blog, nowMs)
  const state = { blog: blog.blog, posts: tips(blog) }
  if (head === null) return { ...state, rootVersion: chain.current.payload.version, seq: 0 }
  return { ...state, head: head.id, rootVersion: head.payload.rootVersion, seq: head.payload.seq }
}

export class Checkpoints {
  readonly #deps: CheckpointsDeps
  readonly #options: CheckpointsOptions
  readonly #said = new Map<Hash, string>()
  readonly #settling: DueRuns
  #cancels: readonly Cancel[] = []

  constructor(deps: CheckpointsDeps, options: CheckpointsOptions) {
    this.#deps = deps
    this.#options = options
    const failed = (blog: Hash, error: unknown) => deps.log.error('checkpoint-failed', { blog, error: String(error) })
    this.#settling = new DueRuns(
      { clock: deps.clock, run: (blog) => this.#say(blog, false), failed },
      { gatherMs: settleMs },
    )
  }

  start(): void {
    const { ledger, schedule } = this.#deps
    const { checkpointMs } = this.#options
    this.#cancels = [
      ledger.onStored((objects) => this.#hear(objects)),
      schedule.every('checkpoints', checkpointMs, checkpointMs / 10, () => this.sayAll()),
    ]
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#settling.stop()
  }

  async sayAll(): Promise<void> {
    for (const blog of this.#deps.ledger.blogs()) await this.#say(blog, true)
  }

  #hear(objects: readonly SignedObject[]): void {
    for (const object of objects) {
      const blog = blogOf(object)
      if (blog !== null && isShown(object.kind)) this.#settling.note(blog)
    }
  }

  async #say(id: Hash, again: boolean): Promise<void> {
    const { ledger, clock, signer } = this.#deps
    const blog = await ledger.blog(id)
    const head = currentHead(blog, clock.nowMs())
    if (head?.payload.mirrors.includes(this.#options.self) !== true) return
    if (rootChain(id, blog.root)?.current.payload.closed === true) return
    const seen = newestSeen(blog, clock.nowMs())!
    const text = JSON.stringify(seen)
    if (!again && this.#said.get(id) === text) return
    this.#said.set(id, text)
    await ledger.publish('checkpoint', seen, signer)
  }
}
