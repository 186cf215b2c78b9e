/** Who asked to be vouched for. A request is unsigned and believed by nobody: the operator decides who it is. */

import { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import { accept, type Result, refuse } from '../protocol/codes.ts'
import type { Key } from '../protocol/objects.ts'

const fields = z.object({
  member: z.string().regex(/^[0-9a-f]{64}$/),
  operator: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(100),
  url: z
    .string()
    .min(8)
    .max(512)
    .regex(/^https?:\/\/[!-~]+\/$/),
})

export type JoinRequest = z.output<typeof fields>
export type JoinPolicy = 'closed' | 'invitation' | 'open'

export type JoinRequestsDeps = {
  readonly clock: Clock
  /** Vouches at once; null where the operator's key is not on this machine. */
  readonly vouch: ((request: JoinRequest) => Promise<void>) | null
}

/** Requests that wait at one time. The oldest make room: they can be sent again. */
const requestsMax = 100
const keptMs = 7 * 86_400_000

export class JoinRequests {
  readonly #deps: JoinRequestsDeps
  readonly #policy: JoinPolicy
  readonly #waiting = new Map<Key, { readonly request: JoinRequest; readonly atMs: number }>()

  constructor(deps: JoinRequestsDeps, options: { readonly policy: JoinPolicy }) {
    this.#deps = deps
    this.#policy = options.policy
  }

  async take(input: unknown): Promise<Result<{ readonly status: 'waiting' | 'vouched' }>> {
    if (this.#policy === 'closed') return refuse('NOT_ALLOWED', 'this member takes no requests')
    const parsed = fields.safeParse(input)
    if (!parsed.success) return refuse('BAD_FIELDS', String(parsed.error.issues[0]?.path[0] ?? 'request'))
    if (this.#policy === 'open' && this.#deps.vouch !== null) {
      await this.#deps.vouch(parsed.data)
      return accept({ status: 'vouched' })
    }
    this.#waiting.delete(parsed.data.member)
    this.#waiting.set(parsed.data.member, { request: parsed.data, atMs: this.#deps.clock.nowMs() })
    if (this.#waiting.size > requestsMax) this.#waiting.delete(this.#waiting.keys().next().value!)
    return accept({ status: 'waiting' })
  }

  of(member: Key): JoinRequest | null {
    const found = this.#waiting.get(member)
    return found === undefined || found.atMs < this.#deps.clock.nowMs() - keptMs ? null : found.request
  }
}
