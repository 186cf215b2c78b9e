/** How the cases of membership are written: vouchers, records, and the roster that is expected. */
import type { Payloads } from '../../objects.ts'
import { dayMs, type Sheet, t0 } from './forge.ts'
import { type MemberFields, memberRecord } from './scene.ts'

export type Member = {
  readonly member: string
  readonly key?: string
  readonly operator: string
  readonly standing?: 'full' | 'guest'
  readonly inviters?: readonly string[]
}

export function say(
  sheet: Sheet,
  name: string,
  why: string,
  network: readonly string[],
  members: readonly Member[],
  nowMs = t0 + 20 * dayMs,
): void {
  const full = members.map((member) => ({ key: member.member, standing: 'full', inviters: [], ...member }))
  full.sort((x, y) => (sheet.forge.key(x.member) < sheet.forge.key(y.member) ? -1 : 1))
  const operators = [
    ...new Set(full.filter((member) => member.standing === 'full').map((member) => member.operator)),
  ].sort()
  sheet.case(name, why, { network, nowMs }, { members: full, operators })
}

type VoucherFields = Partial<Payloads['voucher']> & { readonly of: string; readonly operator?: never }

export function vouch(
  sheet: Sheet,
  alias: string,
  by: string,
  given: VoucherFields,
  operator = `operator ${given.of}`,
) {
  const { of, ...fields } = given
  return sheet.object(alias, 'voucher', by, {
    time: t0 + dayMs,
    invited: sheet.key(`member ${of}`),
    operator: sheet.key(operator),
    region: 'eu',
    block: '198.51',
    nonce: sheet.forge.hash(`nonce of ${alias}`),
    ...fields,
  })
}

/** The record of an invited member, placed by the nonces of the given vouchers. */
export function invited(
  sheet: Sheet,
  alias: string,
  of: string,
  vouchers: readonly string[],
  given: Partial<MemberFields> = {},
) {
  const fields = { vouchers: vouchers.map((voucher) => sheet.id(voucher)), ...given.fields }
  const nonces = vouchers.map((voucher) => sheet.forge.hash(`nonce of ${voucher}`))
  return memberRecord(sheet, alias, {
    name: `member ${of}`,
    operator: `operator ${of}`,
    time: t0 + 2 * dayMs,
    nonces,
    ...given,
    fields,
  })
}

/** A member with one voucher. */
export function guestOf(of: string, inviter: string): Member {
  return {
    member: `member ${of}`,
    operator: `operator ${of}`,
    standing: 'guest',
    inviters: [`operator ${inviter}`],
  }
}
