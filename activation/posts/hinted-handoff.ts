/**
 * Members that could not be given a post are remembered on disk and tried again, later and later, until they have it or a
 * week has passed; from then on gossip is enough. Source: DeCandia et al., "Dynamo" (2007), §4.6.
 */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Code } from '../../protocol/codes.ts'
import type { Key, SignedObject } from '../../protocol/objects.ts'
import type { MemberView } from '../../protocol/roster.ts'
import { BoundedQueue } from './bounded-queue.ts'
import type { Delivered, Delivery } from './delivery.ts'
import type { Hint, HintStore } from './hint-store.ts'

export type HintedHandoffDeps = {
  readonly ledger: Ledger
  readonly delivery: Delivery
  readonly hints: HintStore
  readonly clock: Clock
  readonly log: Log
}
export type HintedHandoffOptions = {
  /** Whether a member has the post, or no longer needs it. */
  readonly isHeld: (post: PostObject, member: Key) => Promise<boolean>
}
type PostObject = SignedObject<'post'>

const firstTryMs = 10_000
const lastTryMs = 15 * 60_000
const hintMsMax = 7 * 86_400_000
/** Hints looked at in one round; members tried side by side. */
const hintsPerRound = 500
const membersAtOnce = 8
/** Refusals that pass with time: a full disk is emptied, a busy member rests. */
const passing: ReadonlySet<Code> = new Set<Code>([
  'QUOTA',
  'RATE',
  'OVERLOADED',
  'TIMEOUT',
  'INTERNAL',
  'AHEAD_OF_TIME',
])

export class HintedHandoff {
  readonly #deps: HintedHandoffDeps
  readonly #options: HintedHandoffOptions
  /** Members that did not answer lately. */
  readonly #absent = new Set<Key>()

  constructor(deps: HintedHandoffDeps, options: HintedHandoffOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** What came of a first delivery. */
  async took(post: PostObject, member: MemberView, delivered: Delivered): Promise<void> {
    if (delivered === 'taken') return
    this.#note(post, member, delivered)
    if (isLasting(delivered)) return
    await this.remember(post, [member])
  }

  /** To be tried with the next rounds. */
  async remember(post: PostObject, members: readonly MemberView[]): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    const common = { blog: post.payload.blog, post: post.id, since: nowMs, tries: 0, next: nowMs + firstTryMs }
    await this.#deps.hints.put(members.map(({ id }) => ({ member: id, ...common })))
  }

  /** A member signed something: if it was absent, it is tried in the next round. */
  heard(key: Key): void {
    const member = this.#deps.ledger.roster().memberOf(key)
    if (member === null || !this.#absent.delete(member.id)) return
    this.#deps.hints
      .hurry(member.id, this.#deps.clock.nowMs())
      .catch((error) => this.#deps.log.error('hints-failed', { error: String(error) }))
  }

  async retry(): Promise<void> {
    const due = await this.#deps.hints.due(this.#deps.clock.nowMs(), hintsPerRound)
    const byMember = Map.groupBy(due, (hint) => hint.member)
    const queue = new BoundedQueue({ concurrency: membersAtOnce, lengthMax: byMember.size })
    await Promise.all([...byMember].map(([member, hints]) => queue.add(() => this.#retryMember(member, hints))))
  }

  /** One after the other, so that a member that comes back is not flooded; the first silence ends the round. */
  async #retryMember(id: Key, hints: readonly Hint[]): Promise<void> {
    const { hints: store, ledger, delivery, clock } = this.#deps
    const member = ledger.roster().members.find((member) => member.id === id)
    for (const hint of hints) {
      const post = await ledger.object(hint.post)
      const old = hint.since < clock.nowMs() - hintMsMax
      if (member === undefined || post?.kind !== 'post' || old || (await this.#options.isHeld(post, id))) {
        if (member !== undefined || old) await store.remove(id, hint.post)
        else await store.put([later(hint, clock.nowMs())])
        continue
      }
      const delivered = await delivery.send(member, post)
      if (delivered === 'taken' || isLasting(delivered)) await store.remove(id, hint.post)
      else await store.put([later(hint, clock.nowMs())])
      if (delivered !== 'taken') this.#note(post, member, delivered)
      if (delivered === 'absent') return
    }
  }

  #note(post: PostObject, member: MemberView, delivered: Exclude<Delivered, 'taken'>): void {
    if (delivered === 'absent') this.#absent.add(member.id)
    else this.#deps.log.warn('post-refused', { post: post.id, member: member.id, code: delivered.refused })
  }
}

function isLasting(delivered: Delivered): boolean {
  return typeof delivered !== 'string' && !passing.has(delivered.refused)
}

function later(hint: Hint, nowMs: number): Hint {
  const waitMs = Math.min(lastTryMs, firstTryMs * 2 ** hint.tries)
  return { ...hint, tries: Math.min(hint.tries + 1, 20), next: nowMs + waitMs }
}
