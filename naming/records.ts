/**
 * Resource records: names in lower case without a final dot, record sets, and their bytes. The codec is dns-packet, which does
 * not compress, so that what it writes is also the canonical form that signatures cover (RFC 4034, section 6.2).
 */
import { answer } from 'dns-packet'
import { concat } from '../protocol/bytes.ts'

/** Types that a zone of ours holds. */
export type RecordType = 'A' | 'AAAA' | 'NS' | 'SOA' | 'CAA' | 'TXT' | 'CNAME' | 'DNSKEY' | 'NSEC' | 'RRSIG'

/** All records of one name and type. `data` as dns-packet has it. */
export type RecordSet = {
  readonly name: string
  readonly type: RecordType
  readonly ttl: number
  readonly data: readonly unknown[]
}

const labelBytesMax = 63
const nameBytesMax = 253
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/** A name as we write it into zones, or null: ASCII host names and labels that begin with an underscore, nothing else. */
export function zoneName(text: string): string | null {
  const name = text.toLowerCase().replace(/\.$/, '')
  if (name.length === 0 || name.length > nameBytesMax) return null
  return name.split('.').every((part) => part.length <= labelBytesMax && label.test(part)) ? name : null
}

/** True for the zone's own name and every name below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`)
}

export function parentOf(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? '' : name.slice(dot + 1)
}

export function labelsOf(name: string): number {
  return name === '' ? 0 : name.split('.').length
}

/** Canonical order of names: by their labels from the right, byte by byte (RFC 4034, section 6.1). */
export function byCanonicalName(left: string, right: string): number {
  const [a, b] = [left.split('.').reverse(), right.split('.').reverse()]
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1
  return a.length - b.length
}

/** The bytes of each record of a set: owner, type, class, TTL, data. */
export function wireOf({ name, type, ttl, data }: RecordSet): readonly Buffer[] {
  return data.map((value) => answer.encode({ name, type, ttl, class: 'IN', data: value } as never))
}

/** Bytes of a name that has no compression: what stands before type, class and data in `wireOf`. */
export function nameBytes(name: string): number {
  return name === '' || name === '.' ? 1 : Buffer.byteLength(name) + 2
}

/** The records of a set one after the other, in the order of their data (RFC 4034, section 6.3). */
export function canonicalWire(set: RecordSet): Uint8Array {
  const dataAt = nameBytes(set.name) + 10
  return concat(...[...wireOf(set)].sort((a, b) => Buffer.compare(a.subarray(dataAt), b.subarray(dataAt))))
}
