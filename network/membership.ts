/**
 * This member's place in the network: its own record, renewed well before it runs out and whenever the operator's
 * settings or vouchers change; and leaving, said ahead so that others take over in peace.
 */

import type { Ledger } from '../ledger/ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { ok, type Result, refuse } from '../protocol/codes.ts'
import { countedVouchers } from '../protocol/membership.ts'
import { byTime, type Key, type SignedObject } from '../protocol/objects.ts'
import type { Sha256, Signer } from '../protocol/platform.ts'
import { type MemberFields, memberRecord } from './founding.ts'

export type MembershipDeps = {
  readonly ledger: Ledger
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type MembershipOptions = {
  /** First key of this member. */
  readonly self: Key
  readonly nextKey: Key
  readonly fields: MemberFields
}

/** A record is renewed when it has less than this left: two weeks to notice that renewing fails. */
const renewBeforeMs = 14 * 86_400_000

export class Membership {
  readonly #deps: MembershipDeps
  readonly #options: MembershipOptions
  readonly #startMs: number
  #leaving: boolean

  constructor(deps: MembershipDeps, options: MembershipOptions) {
    this.#deps = deps
    this.#options = options
    this.#startMs = deps.clock.nowMs()
    this.#leaving = options.fields.leaving === true
  }

  /** Publishes a new record where one is due. Refused where nobody has vouched for this member. */
  keep(): Promise<Result<null>> {
    return this.#keep(null)
  }

  /** Says that this member leaves: no new lists name it, and the blogs it keeps find other mirrors. */
  leave(): Promise<Result<null>> {
    return this.#keep(true)
  }

  async #keep(leaving: boolean | null): Promise<Result<null>> {
    const { ledger, clock, signer, sha256, log } = this.#deps
    const { self, nextKey, fields } = this.#options
    const newest = this.#newestRecord()
    const operator = newest?.payload.operator ?? this.#invitedOperator()
    const who = { member: self, operator: operator ?? '' }
    const vouchers = countedVouchers(ledger.network, ledger.networkObjects, clock.nowMs(), who, sha256).slice(0, 4)
    if (operator === undefined || (newest === null && vouchers.length === 0))
      return refuse('NOT_MEMBER', 'nobody has vouched for this member yet')
    // A record newer than this process was signed by the operator's command: its word on leaving holds.
    const said = newest !== null && newest.payload.time > this.#startMs ? newest.payload.leaving === true : null
    this.#leaving = leaving ?? said ?? this.#leaving
    const wanted = { ...fields, leaving: this.#leaving }
    // A record whose placement fits no voucher that counts makes nobody a member: it is made anew.
    const misfit = vouchers.length > 0 && ledger.roster().memberOf(self) === null
    if (newest !== null && !misfit && !isDue(newest, wanted, vouchers, clock.nowMs())) return ok(null)
    const placement = misfit ? null : (newest?.payload.placement ?? null)
    const record = await memberRecord(
      { clock, sha256 },
      ledger.network,
      signer,
      {
        member: self,
        operator,
        nextKey,
        vouchers,
        placement,
        ...(newest === null ? {} : { after: newest.payload.time }),
      },
      wanted,
    )
    const [answer] = await ledger.accept([record.envelope], 'self')
    log.info('member-record', { result: answer!.result, code: answer!.code })
    return answer!.result === 'refused' ? refuse(answer!.code ?? 'NOT_MEMBER', answer!.message) : ok(null)
  }

  /** The operator that the oldest voucher for this member names. */
  #invitedOperator(): Key | undefined {
    const { ledger } = this.#deps
    return ledger.networkObjects
      .filter(
        (networkObject): networkObject is SignedObject<'voucher'> =>
          networkObject.kind === 'voucher' && networkObject.payload.invited === this.#options.self,
      )
      .sort(byTime)[0]?.payload.operator
  }

  #newestRecord(): SignedObject<'member'> | null {
    const own = this.#deps.ledger.networkObjects.filter(
      (networkObject): networkObject is SignedObject<'member'> =>
        networkObject.kind === 'member' && networkObject.payload.member === this.#options.self,
    )
    return own.sort((a, b) => byTime(b, a))[0] ?? null
  }
}

function isDue(
  record: SignedObject<'member'>,
  wanted: MemberFields,
  vouchers: readonly SignedObject<'voucher'>[],
  nowMs: number,
): boolean {
  const now = record.payload
  if (now.expires - nowMs < renewBeforeMs) return true
  if (vouchers.some((voucher) => !now.vouchers.includes(voucher.id))) return true
  return (
    now.name !== wanted.name ||
    now.url !== wanted.url ||
    now.contact !== wanted.contact ||
    now.weight !== wanted.weight ||
    now.passive !== wanted.passive ||
    (now.contentUrl ?? null) !== wanted.contentUrl ||
    (now.join ?? 'invitation') !== wanted.join ||
    (wanted.kit !== undefined && now.kit !== wanted.kit) ||
    (now.leaving ?? false) !== (wanted.leaving ?? false)
  )
}
