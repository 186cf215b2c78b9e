/**
 * Which part of a message an OpenPGP signature speaks of: the first part of a multipart/signed (RFC 3156), or the one
 * signed text of a plain message (RFC 9580, section 7). Nothing outside of it is ever used, so that words around a
 * signature, a changed Subject or a second text cannot become part of the post.
 */
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { Head } from './headers.ts'

export type SignedPart =
  | { readonly how: 'detached'; readonly bytes: Uint8Array; readonly signature: string }
  | { readonly how: 'clear'; readonly text: string }

/** Room for several signatures of the largest keys. */
const signatureBytesMax = 16 * 1024
/** More than a post may hold. */
const clearBytesMax = 1024 * 1024
/** Names of headers that mean something here are far shorter. */
const nameCharactersMax = 100
const beginSignature = '-----BEGIN PGP SIGNATURE-----'
const endSignature = '-----END PGP SIGNATURE-----'
const beginClear = '-----BEGIN PGP SIGNED MESSAGE-----'

/** null where the message bears no OpenPGP signature. */
export function signedPart(raw: Uint8Array, { value }: Head): Result<SignedPart> | null {
  const type = value.get('content-type') ?? 'text/plain'
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1')
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  if (/^multipart\/signed\b/i.test(type)) return detached(type, body)
  return /^text\/plain\b/i.test(type) ? clear(type, value.get('content-transfer-encoding') ?? '', body) : null
}

function detached(type: string, body: string): Result<SignedPart> | null {
  if (!/;\s*protocol="?application\/pgp-signature"?/i.test(type)) return null
  const found = [...type.matchAll(/;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/gi)]
  const boundary = found[0]?.[1] ?? found[0]?.[2]
  if (found.length !== 1 || boundary === undefined) return refuse('BAD_REQUEST', 'one boundary is needed')
  const mark = boundary.replace(/[^A-Za-z0-9]/g, '\\$&')
  const lines = [...body.matchAll(new RegExp(`(?:^|\\r\\n)--${mark}(--)?[ \\t]*(?=\\r\\n|$)`, 'g'))]
  const [open, middle, close] = lines
  if (lines.length !== 3 || open?.[1] !== undefined || middle?.[1] !== undefined || close?.[1] === undefined)
    return refuse('BAD_REQUEST', 'a signed message has two parts: what is signed, and the signature')
  const after = (line: RegExpMatchArray) => line.index! + line[0].length + 2
  const signed = body.slice(after(open!), middle!.index)
  const rest = body.slice(after(middle!), close.index)
  if (!/(?:^|\r\n)content-type:[ \t]*application\/pgp-signature\b/i.test(rest))
    return refuse('BAD_REQUEST', 'the second part is no OpenPGP signature')
  const signature = between(rest, beginSignature, endSignature)
  if (signature === null || signature.length > signatureBytesMax)
    return refuse('BAD_REQUEST', 'the second part holds no OpenPGP signature')
  return ok({ how: 'detached', bytes: new Uint8Array(Buffer.from(signed, 'latin1')), signature })
}

function clear(type: string, encoding: string, body: string): Result<SignedPart> | null {
  const bytes = decoded(encoding.toLowerCase(), body)
  if (bytes === null || bytes.length > clearBytesMax) return null
  const charset = /;\s*charset="?([A-Za-z0-9_-]{1,40})"?/i.exec(type)?.[1] ?? 'utf-8'
  let text: string
  try {
    text = new TextDecoder(charset).decode(bytes)
  } catch {
    return refuse('BAD_REQUEST', 'the character set is unknown')
  }
  const whole = between(text, beginClear, endSignature)
  if (whole === null) return null
  if (text.indexOf(beginClear) !== text.lastIndexOf(beginClear))
    return refuse('BAD_REQUEST', 'more than one signed text')
  return ok({ how: 'clear', text: whole })
}

function decoded(encoding: string, body: string): Uint8Array | null {
  if (encoding === '' || encoding === '7bit' || encoding === '8bit') return Buffer.from(body, 'latin1')
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding !== 'quoted-printable') return null
  const joined = body.split('\r\n').map(withoutFinalBlanks).join('\r\n').replaceAll('=\r\n', '')
  const plain = joined.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

function withoutFinalBlanks(line: string): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return line.slice(0, end)
}

function between(text: string, from: string, to: string): string | null {
  const start = text.indexOf(from)
  const end = start < 0 ? -1 : text.indexOf(to, start)
  return end < 0 ? null : text.slice(start, end + to.length)
}

/**
 * Headers inside of what is signed (RFC 9788 and its forerunners): those that stand there must say what the message says.
 * `messageId`: the Message-ID is signed.
 */
export function signedHeaders(signed: Uint8Array, head: Head): Result<{ readonly messageId: boolean }> {
  const text = Buffer.from(signed.buffer, signed.byteOffset, signed.byteLength).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const lines = (end < 0 ? '' : text.slice(0, end)).replace(/\r\n(?=[ \t])/g, '').split('\r\n')
  const inside = new Map<string, string>()
  for (const line of lines) {
    const found = /^([!-9;-~]+):/.exec(line)
    if (found !== null && found[1]!.length <= nameCharactersMax)
      inside.set(found[1]!.toLowerCase(), line.slice(found[0].length).trim())
  }
  const id = inside.get('message-id')
  if (id !== undefined && id !== `<${head.messageId}>`) return refuse('NOT_ALLOWED', 'another Message-ID is signed')
  const date = inside.get('date')
  if (date !== undefined && Date.parse(date.replace(/\([^()]*\)/g, '')) !== head.dateMs)
    return refuse('NOT_ALLOWED', 'another Date is signed')
  return ok({ messageId: id !== undefined })
}
