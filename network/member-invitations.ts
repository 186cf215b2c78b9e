/**
 * Links by which friends become members: a line signed by the operator, good for so many members until a day, and revocable.
 * It stands behind `#` in the link, so that no server on the way reads it. The inviter's own member counts its uses on disk
 * and vouches when it sees the request.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Random } from '../lib/random.ts'
import { decodeBase64, encodeBase64 } from '../protocol/base64.ts'
import { fromHex, isHash, toHex, utf8 } from '../protocol/bytes.ts'
import type { Hash, Key, Time } from '../protocol/objects.ts'
import type { Platform, Signer } from '../protocol/platform.ts'

/** What a good line says. */
export type MemberInvitation = { readonly mark: string; readonly uses: number; readonly until: Time }

/** Members that one link may bring. */
export const invitationUsesMax = 100
const grammar = /^([0-9a-z]{8,9})\.([0-9]{1,3})\.([0-9a-f]{16})\.([A-Za-z0-9_-]{86})$/

export async function memberInvitation(
  { random }: { readonly random: Random },
  { member, uses, until }: { readonly member: Key; readonly uses: number; readonly until: Time },
  operator: Signer,
): Promise<{ readonly mark: string; readonly line: string }> {
  const end = until.toString(36)
  const mark = toHex(random.bytes(8))
  const signature = encodeBase64(await operator.sign(message(member, end, uses, mark)))
  const text = signature
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')
  return { mark, line: `${end}.${uses}.${mark}.${text}` }
}

/** What the line says, where the operator of `member` signed it; null else. Whether its day has passed is not looked at. */
export async function readMemberInvitation(
  platform: Platform,
  line: string,
  { member, operator }: { readonly member: Key; readonly operator: Key },
): Promise<MemberInvitation | null> {
  const found = grammar.exec(line.trim())
  if (found === null) return null
  const [, end, uses, mark, text] = found as unknown as [string, string, string, string, string]
  const signature = decodeBase64(`${text.replaceAll('-', '+').replaceAll('_', '/')}==`)
  const count = Number(uses)
  const signed = message(member, end, count, mark)
  if (signature === null || !(await platform.verify(fromHex(operator), signed, signature))) return null
  return { mark, uses: count, until: Number.parseInt(end, 36) }
}

export type InvitationLink = {
  /** Of the inviter, with its slash. */
  readonly url: string
  /** null where the link does not name it. */
  readonly network: Hash | null
  /** Empty for none. */
  readonly line: string
}

export function invitationLink(url: string, network: Hash, line: string): string {
  return `${url}join#${network}.${line}`
}

/** A link as people paste it: `https://member/`, `…/join`, perhaps with `#<network id>`, perhaps with a line behind that. */
export function readInvitationLink(link: string): InvitationLink {
  const [place = '', behind = ''] = link.trim().split('#', 2)
  const url = place.split('?', 1)[0]!.replace(/\/?(join)?\/?$/, '/')
  const [network = '', ...rest] = behind.split('.')
  return { url, network: isHash(network) ? network : null, line: rest.join('.') }
}

function message(member: Key, until: string, uses: number, mark: string): Uint8Array {
  return sha256(utf8(`dgos member invitation ${member} ${until} ${uses} ${mark}`))
}
