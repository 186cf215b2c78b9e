/**
 * Signatures of whole messages with a shared key (RFC 8945), HMAC-SHA-256 and its longer kin: for zone transfers and notices
 * between this server and its secondaries. Keys are written as BIND, Knot and NSD's tools write them.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { name as nameCodec } from 'dns-packet'
import type { SignedPart } from './query.ts'
import { zoneName } from './records.ts'

export type TsigKey = { readonly name: string; readonly algorithm: TsigAlgorithm; readonly secret: Buffer }
export type TsigAlgorithm = keyof typeof hashes

export type TsigCheck =
  | { readonly ok: true; readonly mac: Buffer }
  | { readonly ok: false; readonly error: number; readonly timeSigned: number }

const hashes = { 'hmac-sha256': 'sha256', 'hmac-sha384': 'sha384', 'hmac-sha512': 'sha512' } as const
export const tsigErrors = { badSignature: 16, badKey: 17, badTime: 18 } as const
const fudgeSeconds = 300
const tsigType = 250
const anyClass = 255

/** `key "name" { algorithm hmac-sha256; secret "…"; };` as tsig-keygen and keymgr print it; null where it is not that. */
export function readTsigKey(text: string): TsigKey | null {
  const name = /\bkey\s+"?([A-Za-z0-9._-]{1,253})"?\s*\{/.exec(text)?.[1]
  const algorithm = /\balgorithm\s+"?(hmac-sha\d{3})"?/i.exec(text)?.[1]?.toLowerCase()
  const secret = /\bsecret\s+"?([A-Za-z0-9+/=]{16,200})"?/.exec(text)?.[1]
  const ownName = name === undefined ? null : zoneName(name)
  if (ownName === null || secret === undefined || algorithm === undefined || !Object.hasOwn(hashes, algorithm))
    return null
  return { name: ownName, algorithm: algorithm as TsigAlgorithm, secret: Buffer.from(secret, 'base64') }
}

/** Whether a message that ended with `part` was signed with the key, in time. `before` is the request's MAC, for answers. */
export function checkTsig(message: Buffer, part: SignedPart, key: TsigKey, nowMs: number, before?: Buffer): TsigCheck {
  const fields = readData(part.data)
  const now = Math.floor(nowMs / 1000)
  const refused = (error: number) => ({ ok: false as const, error, timeSigned: fields?.time ?? now })
  if (fields === null || part.keyName !== key.name || fields.algorithm !== key.algorithm)
    return refused(tsigErrors.badKey)
  const unsigned = Buffer.from(message.subarray(0, part.at))
  unsigned.writeUInt16BE(fields.originalId, 0)
  unsigned.writeUInt16BE(unsigned.readUInt16BE(10) - 1, 10)
  const mac = macOf(key, unsigned, fields, before)
  if (mac.length !== fields.mac.length || !timingSafeEqual(mac, fields.mac)) return refused(tsigErrors.badSignature)
  if (Math.abs(now - fields.time) > fields.fudge) return refused(tsigErrors.badTime)
  return { ok: true, mac }
}

export type TsigWords = {
  /** MAC of the request, or of the message before in a transfer. */
  readonly before?: Buffer
  /** A later message of a transfer covers no more than itself and its time (RFC 8945, section 5.3.1). */
  readonly isLater?: boolean
  readonly error?: number
  /** The time that the request bore, where it was too far from ours. */
  readonly timeSigned?: number
}

/** The message with a signature at its end, and its MAC. */
export function withTsig(message: Buffer, key: TsigKey, nowMs: number, words: TsigWords = {}) {
  const { before, isLater = false, error = 0 } = words
  const now = Math.floor(nowMs / 1000)
  const time = error === tsigErrors.badTime ? (words.timeSigned ?? now) : now
  const other = error === tsigErrors.badTime ? time48(now) : Buffer.alloc(0)
  const isUnsigned = error === tsigErrors.badKey || error === tsigErrors.badSignature
  const mac = isUnsigned
    ? Buffer.alloc(0)
    : macOf(key, message, { time, fudge: fudgeSeconds, error, other }, before, isLater)
  const data = Buffer.concat([
    nameCodec.encode(key.algorithm),
    time48(time),
    u16(fudgeSeconds),
    u16(mac.length),
    mac,
    message.subarray(0, 2),
    u16(error),
    u16(other.length),
    other,
  ])
  const record = Buffer.concat([
    nameCodec.encode(key.name),
    u16(tsigType),
    u16(anyClass),
    Buffer.alloc(4),
    u16(data.length),
    data,
  ])
  const signed = Buffer.concat([message, record])
  signed.writeUInt16BE(message.readUInt16BE(10) + 1, 10)
  return { message: signed, mac }
}

type Timed = { readonly time: number; readonly fudge: number; readonly error: number; readonly other: Buffer }

function macOf(
  key: TsigKey,
  message: Buffer,
  { time, fudge, error, other }: Timed,
  before?: Buffer,
  isLater = false,
): Buffer {
  const hmac = createHmac(hashes[key.algorithm], key.secret)
  if (before !== undefined) hmac.update(u16(before.length)).update(before)
  hmac.update(message)
  const timers = Buffer.concat([time48(time), u16(fudge)])
  if (isLater) return hmac.update(timers).digest()
  hmac.update(nameCodec.encode(key.name)).update(u16(anyClass)).update(Buffer.alloc(4))
  hmac.update(nameCodec.encode(key.algorithm)).update(timers)
  return hmac.update(u16(error)).update(u16(other.length)).update(other).digest()
}

function readData(data: Buffer) {
  try {
    const algorithm = nameCodec.decode(data, 0).toLowerCase()
    let at = nameCodec.decode.bytes
    const time = data.readUIntBE(at, 6)
    const fudge = data.readUInt16BE(at + 6)
    const macBytes = data.readUInt16BE(at + 8)
    at += 10
    const mac = data.subarray(at, at + macBytes)
    at += macBytes
    const [originalId, error, otherBytes] = [
      data.readUInt16BE(at),
      data.readUInt16BE(at + 2),
      data.readUInt16BE(at + 4),
    ]
    return { algorithm, time, fudge, mac, originalId, error, other: data.subarray(at + 6, at + 6 + otherBytes) }
  } catch {
    return null // shorter than it says: nobody's signature
  }
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255)
}

function time48(seconds: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(seconds, 0, 6)
  return bytes
}
