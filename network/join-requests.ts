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
import type { JoinRequest, JoinRequestStore } from './join-request-store.ts'
import type { MemberInvitation } from './member-invitations.ts'

const fields = z.object({
  member: z.string().refine(isHash),
  operator: z.string().refine(isHash),
  name: z.string().min(1).max(100),
  url: z
    .string()
    .min(8)
    .max(512)
    .regex(/^https?:\/\/[!-~]+\/$/),
  /** The line of an invitation link. */
  invitation: z.string().max(200).optional(),
})

export type JoinPolicy = 'closed' | 'invitation' | 'open'

export type JoinRequestsDeps = {
  readonly clock: Clock
  readonly store: JoinRequestStore
  /** What a line of an invitation link says; null where the operator of this member did not sign it. */
  readonly invitation: (line: string) => Promise<MemberInvitation | null>
  /** Vouches at once, or says false; null where the operator's key is not on this machine. */
  readonly vouch: ((request: JoinRequest) => Promise<boolean>) | null
}

/** Requests that wait at one time. The oldest make room: they can be sent again. */
const requestsMax = 100
const keptMs = 7 * 86_400_000
export type JoinStatus = 'waiting' | 'vouched'

export class JoinRequests {
  readonly #deps: JoinRequestsDeps
  readonly #policy: JoinPolicy

  constructor(deps: JoinRequestsDeps, options: { readonly policy: JoinPolicy }) {
    this.#deps = deps
    this.#policy = options.policy
  }

  /** Vouches where the door is open or the request bears a line of an invitation link; else a person decides. */
  async take(input: unknown): Promise<Result<{ readonly status: JoinStatus }>> {
    if (this.#policy === 'closed') return refuse('NOT_ALLOWED', 'this member takes no requests')
    const parsed = fields.safeParse(input)
    if (!parsed.success) return refuse('BAD_FIELDS', String(parsed.error.issues[0]?.path[0] ?? 'request'))
    const { invitation, ...request } = parsed.data
    if (this.#policy === 'open' && (await this.#deps.vouch?.(request)) === true) return this.#vouched(request)
    if (invitation !== undefined && invitation !== '') {
      const invited = await this.#invited(request, invitation)
      if (!invited.ok) return invited
      if (invited.value) return this.#vouched(request)
    }
    const nowMs = this.#deps.clock.nowMs()
    await this.#deps.store.put(request, nowMs, nowMs - keptMs, requestsMax)
    return ok({ status: 'waiting' })
  }

  async of(member: Key): Promise<JoinRequest | null> {
    const found = await this.#deps.store.of(member)
    return found === null || found.at < this.#deps.clock.nowMs() - keptMs ? null : found.request
  }

  async #vouched({ member }: JoinRequest): Promise<Result<{ readonly status: JoinStatus }>> {
    await this.#deps.store.remove(member)
    return ok({ status: 'vouched' })
  }

  /** False where the line is good and no voucher would count now, or the key is elsewhere: a person then decides. */
  async #invited(request: JoinRequest, line: string): Promise<Result<boolean>> {
    const { clock, store, vouch } = this.#deps
    const invitation = await this.#deps.invitation(line)
    if (invitation === null) return refuse('NOT_ALLOWED', 'that invitation is not from the operator of this member')
    if (invitation.until < clock.nowMs()) return refuse('EXPIRED', 'the invitation')
    if (!(await store.use(invitation, request.member)))
      return refuse('NOT_ALLOWED', 'that invitation is used up, or was taken back')
    if ((await vouch?.(request)) === true) return ok(true)
    await store.release(invitation.mark, request.member)
    return ok(false)
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
