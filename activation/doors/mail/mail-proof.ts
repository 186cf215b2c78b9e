/**
 * Whose a mail is, read in a thread: a stranger who knows a secret address decides how much there is to hash and to verify.
 * Nothing is looked up there: what a name server would be asked is named, and asked for by the caller.
 */
import { ok, type Result } from '../../../protocol/codes.ts'
import { readHead } from './headers.ts'
import { type AuthorKey, type OpenpgpPass, openpgpVerdict } from './openpgp.ts'
import { signedHeaders, signedPart } from './signed-part.ts'
import { type DkimPass, dkimVerdict } from './verdict.ts'

/** What a name server said of a name: its texts with their parts, or the code of its refusal. */
export type SaidOfName = { readonly texts: string[][] } | { readonly code: string }

export type DkimInput = {
  readonly raw: Uint8Array
  /** Addresses that the author named for this door. */
  readonly senders: readonly string[]
  readonly said: ReadonlyMap<string, SaidOfName>
  readonly nowMs: number
}
export type DkimOutcome = {
  readonly verdict: Result<DkimPass>
  /** Names that were needed and are not among what was said. */
  readonly asks: readonly string[]
}

/** Honest mail bears one signature or two; a list or a provider adds its own. */
export const namesMax = 8

export async function dkimOutcome({ raw, senders, said, nowMs }: DkimInput): Promise<DkimOutcome> {
  const head = readHead(raw)
  if (!head.ok) return { verdict: head, asks: [] }
  const asks = new Set<string>()
  const resolver = async (name: string, type: string) => {
    if (type !== 'TXT') throw coded('ENODATA')
    const known = said.get(name)
    if (known !== undefined && 'texts' in known) return known.texts
    if (known === undefined && said.size + asks.size < namesMax) asks.add(name)
    throw coded(known?.code ?? 'ENOTFOUND')
  }
  return { verdict: await dkimVerdict(raw, head.value, senders, resolver, nowMs), asks: [...asks] }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}

export type OpenpgpInput = AuthorKey & { readonly raw: Uint8Array; readonly nowMs: number }
/** `messageId`: the Message-ID is signed. */
export type OpenpgpProof = OpenpgpPass & { readonly messageId: boolean }

/** null where the message bears no OpenPGP signature. */
export async function openpgpProof({ raw, nowMs, ...author }: OpenpgpInput): Promise<Result<OpenpgpProof> | null> {
  const head = readHead(raw)
  if (!head.ok) return head
  const part = signedPart(raw, head.value)
  if (part === null || !part.ok) return part
  const checked = await openpgpVerdict(part.value, author, nowMs)
  if (!checked.ok) return checked
  const inside = signedHeaders(checked.value.signed, head.value)
  return inside.ok ? ok({ ...checked.value, ...inside.value }) : inside
}
