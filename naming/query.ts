/**
 * A message from anyone, read as far as an authoritative server must: one question, perhaps EDNS, perhaps a signature at its
 * end (TSIG). Counts are judged before anything is decoded, so that no message makes more work than its bytes.
 */
import { answer, question } from 'dns-packet'

export const opcodes = { query: 0, notify: 4 } as const
export const codes = { ok: 0, malformed: 1, failed: 2, noName: 3, notImplemented: 4, refused: 5, notAuth: 9 } as const

export type Query = {
  readonly id: number
  readonly opcode: number
  readonly isReply: boolean
  readonly wantsRecursion: boolean
  /** As it was asked: what is sent back. */
  readonly question: Buffer
  readonly name: string
  readonly type: string
  readonly isInternet: boolean
  readonly edns: { readonly version: number; readonly bytesMax: number; readonly wantsSignatures: boolean } | null
  readonly tsig: SignedPart | null
}
/** The signature at the end of a message, unchecked. */
export type SignedPart = {
  /** Bytes before the record. */
  readonly at: number
  readonly keyName: string
  readonly data: Buffer
}

export const headerBytes = 12
const additionalsMax = 2
const authoritiesMax = 1
const tsigType = 250
const optType = 41

/** null: not even its header can be answered. 'malformed': its sender is told so. */
export function readQuery(message: Buffer): Query | 'malformed' | null {
  if (message.length < headerBytes) return null
  const flags = message.readUInt16BE(2)
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at))
  const tooMany = answers! > 1 || authorities! > authoritiesMax || additionals! > additionalsMax
  if (questions !== 1 || tooMany) return 'malformed'
  try {
    return readParts(message, flags, answers! + authorities!, additionals!)
  } catch {
    return 'malformed' // the codec throws on whatever does not fit into the message
  }
}

function readParts(message: Buffer, flags: number, skipped: number, additionals: number): Query | 'malformed' {
  const asked = question.decode(message, headerBytes)
  let at = headerBytes + question.decode.bytes
  const questionBytes = message.subarray(headerBytes, at)
  for (let i = 0; i < skipped; i++) {
    answer.decode(message, at) // IXFR's and NOTIFY's SOA: we send whole zones, and hear notices from nobody
    at += answer.decode.bytes
  }
  let edns: Query['edns'] = null
  let tsig: SignedPart | null = null
  for (let i = 0; i < additionals; i++) {
    if (tsig !== null) return 'malformed' // a signature is the last record (RFC 8945, section 5.1)
    const owner = answer.decode(message, at) as { name: string; data?: Buffer }
    const [next, type] = [at + answer.decode.bytes, typeAt(message, at)]
    if (next > message.length) return 'malformed'
    if (type === optType) {
      if (edns !== null || owner.name !== '.') return 'malformed'
      edns = ednsOf(owner as never)
    } else if (type === tsigType) tsig = { at, keyName: owner.name.toLowerCase(), data: Buffer.from(owner.data!) }
    at = next
  }
  return {
    id: message.readUInt16BE(0),
    opcode: (flags >> 11) & 15,
    isReply: flags >= 0x8000,
    wantsRecursion: (flags & 0x100) !== 0,
    question: questionBytes,
    name: asked.name === '.' ? '' : asked.name.toLowerCase(),
    type: asked.type,
    isInternet: asked.class === 'IN',
    edns,
    tsig,
  }
}

function ednsOf(opt: { udpPayloadSize: number; ednsVersion: number; flag_do: boolean }): Query['edns'] {
  return { version: opt.ednsVersion, bytesMax: opt.udpPayloadSize, wantsSignatures: opt.flag_do }
}

/** The type behind the name that begins at `at`, which has been decoded before. */
function typeAt(message: Buffer, at: number): number {
  let place = at
  for (let length = message[place]!; length > 0; length = message[place]!) {
    if (length >= 0xc0) return message.readUInt16BE(place + 2)
    place += length + 1
  }
  return message.readUInt16BE(place + 1)
}
