/** Who asked to be vouched for. A request is unsigned and believed by nobody: the operator decides who it is. */

import { z } from 'zod'
import type { Ledger } from '../ledger/ledger.ts'
import type { Clock } from '../lib/clock.ts'
import { isHash } from '../protocol/bytes.ts'
import { ok, type Result, refuse } from '../protocol/codes.ts'
import { mayVouchFrom } from '../protocol/membership.ts'
import type { Key } from '../protocol/objects.ts'
import type { Signer } from '../protocol/platform.ts'
import { type FoundingDeps, vouch } from './founding.ts'

const fields = z.object({
  member: z.string().refine(isHash),
  operator: z.string().refine(isHash),
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
  /** Vouches at once, or says false; null where the operator's key is not on this machine. */
  readonly vouch: ((request: JoinRequest) => Promise<boolean>) | null
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
    if (this.#policy === 'open' && (await this.#deps.vouch?.(parsed.data)) === true) return ok({ status: 'vouched' })
    this.#waiting.delete(parsed.data.member)
    this.#waiting.set(parsed.data.member, { request: parsed.data, atMs: this.#deps.clock.nowMs() })
    if (this.#waiting.size > requestsMax) this.#waiting.delete(this.#waiting.keys().next().value!)
    return ok({ status: 'waiting' })
  }

  of(member: Key): JoinRequest | null {
    const found = this.#waiting.get(member)
    return found === undefined || found.atMs < this.#deps.clock.nowMs() - keptMs ? null : found.request
  }
}

export type AutoVouchDeps = FoundingDeps & { readonly ledger: Ledger }

/** Vouches for whoever asks, as often as vouchers of one operator count. Region and block are not known of strangers. */
export function autoVouch(deps: AutoVouchDeps, operator: Signer): (request: JoinRequest) => Promise<boolean> {
  return async ({ member, operator: invited }) => {
    const { ledger, clock } = deps
    const own = ledger.networkObjects.filter((entry) => entry.kind === 'voucher' && entry.payload.key === operator.key)
    if (own.some((entry) => entry.kind === 'voucher' && entry.payload.invited === member)) return true
    const from = mayVouchFrom(ledger.network, ledger.networkObjects, clock.nowMs(), operator.key, deps.sha256)
    if (from === null || from > clock.nowMs()) return false
    const place = { region: 'unknown', block: 'ffff' }
    const voucher = await vouch(deps, ledger.network, operator, { invited: member, operator: invited, ...place })
    const [answer] = await ledger.accept([voucher.envelope], 'self')
    return answer!.result !== 'refused'
  }
}
