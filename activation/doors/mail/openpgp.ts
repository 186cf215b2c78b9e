/**
 * OpenPGP signatures (RFC 9580) by the key that the author gave the door and named in the root. The package is loaded with
 * the first signed mail, so that a member at rest does not carry it. It refuses SHA-1 and older hashes, and RSA below 2047 bits.
 */
import { utf8 } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { SignedPart } from './signed-part.ts'
import { dateMsMax } from './verdict.ts'

export type OpenpgpPass = {
  readonly fingerprint: string
  readonly createdMs: number
  /** A message of its own: what was signed, with the headers inside of it. */
  readonly signed: Uint8Array
}
export type AuthorKey = {
  readonly armored: string
  /** Fingerprints that the root names. */
  readonly named: readonly string[]
}

/** Room for the largest keys with a few signatures on them. */
export const openpgpBytesMax = 16 * 1024

/** Hex, lower case, of the one public key in the text. */
export async function openpgpFingerprint(armored: string): Promise<Result<string>> {
  if (armored.length > openpgpBytesMax) return refuse('BAD_FIELDS', 'openpgp: too long; export with export-minimal')
  const { readKeys } = await import('openpgp')
  try {
    const keys = await readKeys({ armoredKeys: armored })
    if (keys.length !== 1) return refuse('BAD_FIELDS', 'openpgp: one key is needed')
    if (keys[0]!.isPrivate()) return refuse('BAD_FIELDS', 'openpgp: that is the private key: export the public one')
    return ok(keys[0]!.getFingerprint())
  } catch (error) {
    return refuse('BAD_FIELDS', `openpgp: not a public key: ${(error as Error).message.slice(0, 100)}`)
  }
}

/** A signature made within the hour, by a key that the root names now. */
export async function openpgpVerdict(part: SignedPart, author: AuthorKey, nowMs: number): Promise<Result<OpenpgpPass>> {
  const { readKey, readSignature, readCleartextMessage, createMessage, verify } = await import('openpgp')
  try {
    const key = await readKey({ armoredKey: author.armored })
    const fingerprint = key.getFingerprint()
    if (!author.named.includes(fingerprint)) return refuse('NOT_ALLOWED', 'the root does not name this OpenPGP key')
    const common = { verificationKeys: key, date: new Date(nowMs + dateMsMax) }
    const clear = part.how === 'clear' ? await readCleartextMessage({ cleartextMessage: part.text }) : null
    const { signatures } =
      part.how === 'detached'
        ? await verify({
            message: await createMessage({ binary: part.bytes }),
            signature: await readSignature({ armoredSignature: part.signature }),
            ...common,
          })
        : await verify({ message: clear!, ...common })
    let why = 'no OpenPGP signature'
    for (const signature of signatures) {
      const problem = await signature.verified.then(
        () => null,
        (error: Error) => `OpenPGP: ${error.message.slice(0, 150)}`,
      )
      if (problem === null) {
        const createdMs = (await signature.signature).packets[0]?.created?.getTime() ?? 0
        if (Math.abs(createdMs - nowMs) > dateMsMax) return refuse('EXPIRED', 'signed more than an hour ago')
        const signed = part.how === 'detached' ? part.bytes : messageOf(clear!.getText())
        return ok({ fingerprint, createdMs, signed })
      }
      why = problem
    }
    return refuse('NOT_ALLOWED', why)
  } catch (error) {
    return refuse('BAD_REQUEST', `the OpenPGP signature cannot be read: ${(error as Error).message.slice(0, 100)}`)
  }
}

/** A signed text has no headers. A first line "Subject: …" with an empty one below it is the title. */
function messageOf(text: string): Uint8Array {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const title = /^Subject: (.{1,300})$/i.exec(lines[0] ?? '')?.[1]
  const isTitled = title !== undefined && lines[1] === ''
  const subject = isTitled ? `Subject: =?utf-8?B?${Buffer.from(title, 'utf8').toString('base64')}?=\r\n` : ''
  const body = (isTitled ? lines.slice(2) : lines).join('\r\n')
  const head = `${subject}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`
  return utf8(head + body)
}
