/**
 * Whether a message is the author's: an aligned DKIM pass that covers what the post is made of, or a one-time code in the
 * subject. SPF and the sender that the connection named say nothing about who wrote, and are not asked.
 */

import type { MailResolver } from '../../../lib/dns.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { Head } from './headers.ts'

export type DkimPass = { readonly domain: string }

/** A mail with another date is an old one that somebody plays again. */
export const dateMsMax = 3_600_000
const signed = ['from', 'subject', 'date', 'message-id']
/** Decide how the body is read, so they are signed where they stand. */
const signedWherePresent = ['content-type', 'content-transfer-encoding', 'mime-version']
const keyBitsMin = 1024

export function dateProblem({ dateMs }: Head, nowMs: number): string | null {
  return Math.abs(dateMs - nowMs) <= dateMsMax ? null : 'the Date is more than an hour off'
}

/** `senders` are the addresses that the author named for this door. */
export async function dkimVerdict(
  raw: Uint8Array,
  head: Head,
  senders: readonly string[],
  resolver: MailResolver,
  nowMs: number,
): Promise<Result<DkimPass>> {
  if (!senders.includes(head.from)) return refuse('NOT_ALLOWED', 'From is not an address that the author named')
  const [{ dkimVerify }, { getDomain }] = await Promise.all([import('mailauth'), import('tldts')])
  // of the ICANN part or the private part of the public suffix list: co.uk, github.io
  const isPublicSuffix = (domain: string) => getDomain(domain, { allowPrivateDomains: true }) === null
  const options = { resolver, strict: true, rejectRsaSha1: true, minBitLength: keyBitsMin, curTime: new Date(nowMs) }
  const { results } = await dkimVerify(Buffer.from(raw), options as never)
  let why = 'no DKIM signature'
  for (const result of results as readonly DkimResult[]) {
    const problem = problemOf(result, head, isPublicSuffix)
    if (problem === null) return ok({ domain: result.signingDomain })
    why = problem
  }
  return refuse('NOT_ALLOWED', why)
}

type DkimResult = {
  readonly signingDomain: string
  readonly status: { readonly result: string; readonly comment?: string; readonly aligned?: string | false }
  readonly signingHeaders?: { readonly keys?: string }
  readonly canonBodyLengthLimited?: boolean
}

function problemOf(
  dkimResult: DkimResult,
  { from, value }: Head,
  isPublicSuffix: (domain: string) => boolean,
): string | null {
  if (dkimResult.status.result === 'none') return 'no DKIM signature'
  if (dkimResult.status.result !== 'pass')
    return `DKIM ${dkimResult.status.result}${dkimResult.status.comment === undefined ? '' : `: ${dkimResult.status.comment}`}`
  const domain = dkimResult.signingDomain.toLowerCase()
  const author = from.slice(from.lastIndexOf('@') + 1)
  if (dkimResult.status.aligned === undefined || dkimResult.status.aligned === false)
    return 'the signature is not of the domain of From'
  // mailauth aligns by organisation: a sibling of the author's host, or a guest below it, would sign for the author.
  if (author !== domain && !author.endsWith(`.${domain}`)) return 'the signature is not of the domain of From'
  if (isPublicSuffix(domain)) return 'the signature is of a suffix under which everybody has domains'
  const names = (dkimResult.signingHeaders?.keys ?? '').toLowerCase().split(/[\s:]+/)
  const present = signedWherePresent.filter((name) => value.has(name))
  const missing = [...signed, ...present].find((name) => !names.includes(name))
  if (missing !== undefined) return `the signature does not cover ${missing}`
  return dkimResult.canonBodyLengthLimited === true ? 'the signature covers a part of the body only (l=)' : null
}
