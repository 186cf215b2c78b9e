/** How a network begins and grows: the objects that found it, vouch for a member, and say who a member is. */
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { seal } from '../protocol/envelope.ts'
import { memberUntilMsMax } from '../protocol/limits.ts'
import { placementId } from '../protocol/membership.ts'
import type { Key, Member, SignedObject, Time } from '../protocol/objects.ts'
import type { Sha256, Signer } from '../protocol/platform.ts'

export type FoundingDeps = { readonly clock: Clock; readonly random: Random; readonly sha256: Sha256 }

/** `founders` are operators' keys; they stand from the beginning and vouch for their own members. */
export async function foundNetwork(
  { clock, random, sha256 }: FoundingDeps,
  operator: Signer,
  fields: { readonly name: string; readonly founders: readonly Key[]; readonly loopback: boolean },
): Promise<SignedObject<'network'>> {
  const nonce = toHex(random.bytes(32))
  const { name, founders } = fields
  const payload = { time: clock.nowMs(), name, founders, nonce, ...(fields.loopback ? { loopback: true } : {}) }
  return seal('network', payload, operator, sha256)
}

export type VoucherFields = {
  readonly invited: Key
  readonly operator: Key
  readonly region: string
  readonly block: string
}

export async function vouch(
  { clock, random, sha256 }: FoundingDeps,
  network: SignedObject<'network'>,
  by: Signer,
  fields: VoucherFields,
): Promise<SignedObject<'voucher'>> {
  const nonce = toHex(random.bytes(32))
  return seal('voucher', { network: network.id, time: clock.nowMs(), ...fields, nonce }, by, sha256)
}

/** What the operator sets. The rest of a member record follows from keys and vouchers. */
export type MemberFields = Pick<Member, 'name' | 'url' | 'contact' | 'weight' | 'passive'> & {
  readonly contentUrl: string | null
  readonly join: 'closed' | 'invitation' | 'open'
  readonly leaving?: boolean
  /** SHA-256 of the kit's program that this member hands out. */
  readonly kit?: string
}

export type MemberWho = {
  readonly member: Key
  readonly operator: Key
  readonly nextKey: Key
  readonly vouchers: readonly SignedObject<'voucher'>[]
  /** The placement of the first record; later ones keep it. null for the first. */
  readonly placement: string | null
  /** The time of the record before: of two the later one counts, so they are never of one moment. */
  readonly after?: Time
}

/** A member record for the next thirty days. */
export async function memberRecord(
  { clock, sha256 }: Pick<FoundingDeps, 'clock' | 'sha256'>,
  network: SignedObject<'network'>,
  signer: Signer,
  who: MemberWho,
  fields: MemberFields,
): Promise<SignedObject<'member'>> {
  const time = Math.max(clock.nowMs(), (who.after ?? 0) + 1)
  const { contentUrl, leaving, ...rest } = fields
  const nonces = who.vouchers.map((voucher) => voucher.payload.nonce)
  const payload = {
    network: network.id,
    time,
    member: who.member,
    operator: who.operator,
    next: toHex(sha256(fromHex(who.nextKey))),
    vouchers: who.vouchers.map((voucher) => voucher.id),
    placement: who.placement ?? placementId(who.member, nonces, network.id, sha256),
    expires: time + memberUntilMsMax,
    ...rest,
    ...(contentUrl === null ? {} : { contentUrl }),
    ...(leaving === true ? { leaving } : {}),
  }
  return seal('member', payload, signer, sha256)
}
