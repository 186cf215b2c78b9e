/**
 * The verdict: what the watchers' stored words amount to, made into a declaration that carries its own evidence.
 *
 * Every watcher counts alike, so any of them may declare. They do it one after the other in the order of the mirror
 * list, some seconds apart, and whoever finds the word already there stays silent. A declaration is renewed while the
 * votes hold, and lifted by up votes. The author's word outranks all of this and is left alone.
 */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { quorumUntilMs } from '../../protocol/limits.ts'
import { blogOf, byTime, type Hash, type Key, type SignedObject, type Time } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { type DownVerdict, downVerdict, isDownVote, type UpVerdict, upVerdict } from '../../protocol/quorum.ts'
import { currentSeating } from '../../protocol/seats.ts'

export type VerdictDeps = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly schedule: Schedule
  readonly log: Log
  readonly signer: Signer
}
export type VerdictOptions = {
  /** First key of this member. */
  readonly self: Key
  /** Pause between the watchers' turns to declare: long enough for a declaration to reach the next. */
  readonly turnMs: number
}

/** A standing declaration is renewed when it has less than this to go: enough for every watcher to have its turn. */
export const renewBeforeMs = quorumUntilMs / 2
const tickMs = 60_000

export type Decision = 'none' | 'declare' | 'renew' | 'lift'

/** Pure. `standing` is the newest unexpired word of the quorum, or null. */
export function decide(
  standing: SignedObject<'declaration'> | null,
  down: Pick<DownVerdict, 'down' | 'timeMs'>,
  up: Pick<UpVerdict, 'up' | 'timeMs'>,
  nowMs: Time,
): Decision {
  if (standing?.payload.state !== 'down') {
    return down.down && down.timeMs > (standing?.payload.time ?? 0) ? 'declare' : 'none'
  }
  if (up.up && up.timeMs > standing.payload.time) return 'lift'
  const ageing = standing.payload.until - nowMs < renewBeforeMs
  return ageing && down.down && down.timeMs > standing.payload.time ? 'renew' : 'none'
}

export class Verdict {
  readonly #deps: VerdictDeps
  readonly #options: VerdictOptions
  /** Blogs of which something bad has been said lately. All others cost nothing. */
  readonly #doubtful = new Set<Hash>()
  /** What this member will say of a blog when those before it had time to, and until then may leave unsaid. */
  readonly #waiting = new Map<Hash, { readonly decision: Decision; readonly cancel: Cancel }>()
  /** Blogs of which this member's word is being signed and stored: votes that arrive meanwhile make no second one. */
  readonly #speaking = new Set<Hash>()
  #cancels: readonly Cancel[] = []

  constructor(deps: VerdictDeps, options: VerdictOptions) {
    this.#deps = deps
    this.#options = options
  }

  start(): void {
    for (const blog of this.#deps.ledger.blogs()) this.#doubtful.add(blog)
    this.#cancels = [
      this.#deps.ledger.onStored((objects) => this.#hear(objects)),
      this.#deps.schedule.every('verdict', tickMs, tickMs / 6, () => this.#considerAll()),
    ]
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    for (const waiting of this.#waiting.values()) waiting.cancel()
    this.#waiting.clear()
  }

  #hear(objects: readonly SignedObject[]): void {
    const touched = new Set<Hash>()
    for (const object of objects) {
      const blog = blogOf(object)
      if (blog === null || (object.kind !== 'observation' && object.kind !== 'declaration')) continue
      if (isBad(object)) this.#doubtful.add(blog)
      if (this.#doubtful.has(blog)) touched.add(blog)
    }
    for (const blog of touched) this.#quietly(this.#consider(blog))
  }

  async #considerAll(): Promise<void> {
    for (const blog of this.#doubtful) await this.#consider(blog)
  }

  /** Counts, and takes this member's turn where there is something to say. */
  async #consider(id: Hash): Promise<void> {
    const { decision, rank, calm } = await this.#count(id)
    if (calm) this.#doubtful.delete(id)
    const waiting = this.#waiting.get(id)
    if (waiting?.decision === decision) return
    waiting?.cancel()
    this.#waiting.delete(id)
    if (decision === 'none' || rank < 0) return
    if (rank === 0) return this.#speak(id)
    const cancel = this.#deps.clock.after(rank * this.#options.turnMs, () => {
      this.#waiting.delete(id)
      this.#quietly(this.#speak(id))
    })
    this.#waiting.set(id, { decision, cancel })
  }

  /** Counts again, since much may have been heard while waiting for the turn, and says what still needs saying. */
  async #speak(id: Hash): Promise<void> {
    if (this.#speaking.has(id)) return
    this.#speaking.add(id)
    try {
      await this.#say(id)
    } finally {
      this.#speaking.delete(id)
    }
  }

  async #say(id: Hash): Promise<void> {
    const { decision, down, up } = await this.#count(id)
    if (decision === 'none') return
    const { votes, timeMs, needed } = decision === 'lift' ? up : down
    const declaration = await this.#deps.ledger.publish(
      'declaration',
      {
        blog: id,
        state: decision === 'lift' ? 'over' : 'down',
        by: 'quorum',
        time: timeMs,
        until: timeMs + quorumUntilMs,
        votes: votes.map((vote) => vote.envelope),
      },
      this.#deps.signer,
    )
    this.#deps.log.info('verdict', { blog: id, decision, declaration: declaration.id, votes: votes.length, needed })
  }

  async #count(id: Hash) {
    const { ledger, clock } = this.#deps
    const blog = await ledger.blog(id)
    const roster = ledger.roster()
    const nowMs = clock.nowMs()
    const seating = currentSeating(blog, roster, nowMs)
    const input = { ...seating, blog: id, observations: blog.observation, atMs: nowMs, roster }
    const down = downVerdict(input)
    const up = upVerdict(input)
    const standing = standingWord(blog, nowMs)
    const calm = standing?.payload.state !== 'down' && down.votes.length === 0
    const decision = decide(standing, down, up, nowMs)
    const { absent } = decision === 'lift' ? up : down
    const turns = [...seating.mirrors, ...seating.standIns].filter((member) => !absent.includes(member.id))
    const rank = turns.findIndex((member) => member.id === this.#options.self)
    return { decision, down, up, rank, calm }
  }

  #quietly(work: Promise<void>): void {
    work.catch((error) => this.#deps.log.error('verdict-failed', { error: String(error) }))
  }
}

/** Words that may make a verdict. What meets a wall makes none, and so costs nothing. */
function isBad(object: SignedObject<'observation' | 'declaration'>): boolean {
  if (object.kind === 'declaration') return object.payload.state === 'down'
  const { state } = object.payload
  return state === 'down' || state === 'changed' || isDownVote(object.payload)
}

/** The quorum's newest unexpired word. */
export function standingWord(blog: BlogObjects, nowMs: Time): SignedObject<'declaration'> | null {
  const declarations = blog.declaration.filter(
    (declaration) => declaration.payload.by === 'quorum' && declaration.payload.until > nowMs,
  )
  return declarations.sort((a, b) => byTime(b, a))[0] ?? null
}
