/**
 * The DSSE envelope (secure-systems-lab/dsse, protocol v1.0.2): one payload, one signature, verified before it is parsed.
 * Signed bytes = "DSSEv1 " len(type) " " type " " len(payload) " " payload, lengths in bytes. The id of an object is the
 * SHA-256 of those bytes, because envelope text and signature are both malleable.
 */
import { decodeBase64, encodeBase64 } from './base64.ts'
import { fromHex, isHash, textOf, toHex, utf8 } from './bytes.ts'
import { type Code, ok, type Result, refuse } from './codes.ts'
import { signedBytes } from './dsse.ts'
import { isStrictSignature } from './ed25519.ts'
import { type Json, parseStrictJson } from './json.ts'
import { badField, isKind, payloadLimit } from './kinds.ts'
import { envelopeBytesMax } from './limits.ts'
import type { Envelope, Hash, Kind, Payloads, SignedObject } from './objects.ts'
import type { Platform, Sha256, Signer } from './platform.ts'
import { htmlProblem } from './post-html.ts'

export { signedBytes } from './dsse.ts'

const typePrefix = 'application/vnd.dgos.'
const typeSuffix = '.v1+json'

export function typeOf(kind: Kind): string {
  return `${typePrefix}${kind}${typeSuffix}`
}

/**
 * Signs a payload. `key` is filled in from the signer. Throws TypeError where the payload is not one that `open` accepts:
 * a member never signs what others must refuse.
 */
export async function seal<K extends Kind>(
  kind: K,
  fields: Omit<Payloads[K], 'key'>,
  signer: Signer,
  sha256: Sha256,
): Promise<SignedObject<K>> {
  const payload = { ...fields, key: signer.key } as unknown as Payloads[K]
  const bytes = utf8(JSON.stringify(payload))
  const read = readPayload(kind, bytes)
  if (!read.ok) throw new TypeError(`cannot seal ${kind}: ${read.code} ${read.detail}`)
  const message = signedBytes(typeOf(kind), bytes)
  const id = sha256(message)
  const signature = await signer.sign(message)
  const envelope: Envelope = {
    payload: encodeBase64(bytes),
    payloadType: typeOf(kind),
    signatures: [{ keyid: signer.key, sig: encodeBase64(signature) }],
  }
  return { id: toHex(id), kind, payload, envelope } as SignedObject<K>
}

/**
 * Opens an envelope from outside: shape, base64, strict signature, then size, JSON, fields and grammar. The order
 * matters: nothing is parsed that is not signed. Refusals name the rule.
 */
export async function open(input: unknown, platform: Platform): Promise<Result<SignedObject>> {
  const envelope = envelopeOf(input)
  if (envelope === null) return refuse('BAD_ENVELOPE')
  const kind = envelope.payloadType.slice(typePrefix.length, -typeSuffix.length)
  if (!isKind(kind) || envelope.payloadType !== typeOf(kind)) return refuse('UNKNOWN_KIND', kind.slice(0, 40))
  if (envelope.payload.length > Math.ceil(payloadLimit(kind) / 3) * 4) return refuse('TOO_LARGE', kind)
  const bytes = decodeBase64(envelope.payload)
  const signature = decodeBase64(envelope.signatures[0]!.sig)
  if (bytes === null || signature === null) return refuse('BAD_BASE64')
  const { keyid } = envelope.signatures[0]!
  const key = pointOf(keyid)
  if (key === null || !isStrictSignature(key, signature)) return refuse('BAD_SIGNATURE')
  const message = signedBytes(envelope.payloadType, bytes)
  if (!(await platform.verify(key, message, signature))) return refuse('BAD_SIGNATURE')
  const read = readPayload(kind, bytes)
  if (!read.ok) return read
  if (read.value.key !== keyid) return refuse('BAD_SIGNATURE', 'the payload names another key')
  return ok({ id: toHex(platform.sha256(message)), kind, payload: read.value, envelope } as unknown as SignedObject)
}

/** The id of an envelope without checking its signature. For naming what was refused. null where it has no shape. */
export function idOf(input: unknown, sha256: Sha256): Hash | null {
  const envelope = envelopeOf(input)
  const bytes = envelope === null ? null : decodeBase64(envelope.payload)
  return bytes === null ? null : toHex(sha256(signedBytes(envelope!.payloadType, bytes)))
}

/**
 * An object from the member's own store, where it was verified on the way in. Skips the signature; throws on anything
 * else that is wrong, since that means the store is damaged.
 */
export function reopen(id: Hash, envelope: Envelope): SignedObject {
  const kind = envelope.payloadType.slice(typePrefix.length, -typeSuffix.length) as Kind
  const text = textOf(decodeBase64(envelope.payload)!)!
  return { id, kind, payload: JSON.parse(text), envelope } as SignedObject
}

function envelopeOf(input: unknown): Envelope | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null
  const { payload, payloadType, signatures } = input as Record<string, unknown>
  if (typeof payload !== 'string' || typeof payloadType !== 'string' || payload.length > envelopeBytesMax) return null
  if (payloadType.length > 100 || !Array.isArray(signatures) || signatures.length !== 1) return null
  const [first] = signatures as unknown[]
  if (typeof first !== 'object' || first === null) return null
  const { keyid, sig } = first as Record<string, unknown>
  if (typeof keyid !== 'string' || keyid.length > 64 || typeof sig !== 'string' || sig.length !== 88) return null
  return { payload, payloadType, signatures: [{ keyid, sig }] }
}

/** The key named by `keyid`. It is only a hint until the signed payload turns out to name the same key. */
function pointOf(keyid: string): Uint8Array | null {
  return isHash(keyid) ? fromHex(keyid) : null
}

function readPayload(kind: Kind, bytes: Uint8Array): Result<{ readonly [name: string]: Json }> {
  if (bytes.length > payloadLimit(kind)) return refuse('TOO_LARGE', kind)
  const text = textOf(bytes)
  if (text === null) return refuse('BAD_JSON', 'not UTF-8')
  const parsed = parseStrictJson(text)
  if (!parsed.ok) return refuse('BAD_JSON', parsed.why)
  const wrong = badField(kind, parsed.value)
  if (wrong !== null) return refuse('BAD_FIELDS', wrong)
  const html = kind === 'post' ? htmlProblem(parsed.value.html as string, parsed.value.attachments as never) : null
  return html === null ? ok(parsed.value) : refuse('BAD_HTML' satisfies Code, html)
}
