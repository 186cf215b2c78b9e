/** A whole zone for a secondary (AXFR, RFC 5936), in signed messages, and the notice that there is a new one (RFC 1996). */
import { name as nameCodec } from 'dns-packet'
import { headerBytes, opcodes, type Query } from './query.ts'
import type { ServedZone } from './served-zone.ts'
import { type TsigKey, withTsig } from './tsig.ts'

export type TransferWords = {
  readonly key: TsigKey
  /** Of the request. */
  readonly mac: Buffer
  readonly nowMs: number
}

/** Well below what TCP can carry, so that a signature fits behind it. */
const messageBytesMax = 32_000
const soaType = 6
const inClass = 1

/** The messages, first to last: SOA, everything else, SOA. An IXFR gets the same, which it may. */
export function transferOf(query: Query, zone: ServedZone, { key, mac, nowMs }: TransferWords): readonly Buffer[] {
  const messages: Buffer[] = []
  let before = mac
  for (const records of portions(recordsOf(zone))) {
    const head = Buffer.alloc(headerBytes)
    head.writeUInt16BE(query.id, 0)
    head.writeUInt16BE(0x8400, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(records.length, 6)
    const plain = Buffer.concat([head, query.question, ...records])
    const signed = withTsig(plain, key, nowMs, { before, isLater: messages.length > 0 })
    messages.push(signed.message)
    before = signed.mac
  }
  return messages
}

/** "There is a new serial", to be answered under the same id. */
export function noticeOf(zone: ServedZone, id: number, key: TsigKey | null, nowMs: number): Buffer {
  const head = Buffer.alloc(headerBytes)
  head.writeUInt16BE(id, 0)
  head.writeUInt16BE((opcodes.notify << 11) | 0x400, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(1, 6)
  const question = Buffer.concat([nameCodec.encode(zone.apex), Buffer.of(0, soaType, 0, inClass)])
  const plain = Buffer.concat([head, question, ...zone.soa.wire])
  return key === null ? plain : withTsig(plain, key, nowMs).message
}

function recordsOf({ soa, names }: ServedZone): Buffer[] {
  const sets = [...names.values()].flatMap((types) => [...types.values()])
  const others = sets.flatMap((set) => (set === soa ? set.signature : [...set.wire, ...set.signature]))
  return [...soa.wire, ...others, ...soa.wire]
}

function portions(records: readonly Buffer[]): Buffer[][] {
  const portions: Buffer[][] = [[]]
  let bytes = 0
  for (const record of records) {
    if (bytes + record.length > messageBytesMax) {
      portions.push([])
      bytes = 0
    }
    portions.at(-1)!.push(record)
    bytes += record.length
  }
  return portions
}
