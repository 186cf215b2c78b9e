/**
 * Signatures over record sets with ECDSA P-256 and SHA-256 (algorithm 13, RFC 6605): keys, their tags, what a parent zone
 * is told of them, and the signature records themselves (RFC 4034).
 */
import { createECDH, createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { answer, name as nameCodec } from 'dns-packet'
import { concat, fromHex, toHex } from '../protocol/bytes.ts'
import { canonicalWire, labelsOf, nameBytes, type RecordSet } from './records.ts'

export const algorithm = 13
/** Flags of a key that signs the other keys, and of one that signs the rest (RFC 4034, section 2.1.1). */
export const kskFlags = 257
export const zskFlags = 256
const digestSha256 = 2

export type SigningKey = {
  readonly flags: number
  readonly publicKey: Buffer
  readonly privateKey: KeyObject
  readonly tag: number
}

/** How long a signature is good: made an hour before now, for clocks that are slow. */
export type Validity = { readonly inception: number; readonly expiration: number }

/** A key from 32 random bytes. Throws RangeError on the four in 2^32 that are no scalar of the curve. */
export function signingKey(seed: Uint8Array, flags: number): SigningKey {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(seed)
  const point = pair.getPublicKey().subarray(1)
  const part = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: part(seed),
    x: part(point.subarray(0, 32)),
    y: part(point.subarray(32)),
  }
  return {
    flags,
    publicKey: point,
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
    tag: keyTag(keyData(flags, point)),
  }
}

/** The key set of a zone. */
export function keySet(zone: string, keys: readonly SigningKey[], ttl: number): RecordSet {
  const data = keys.map(({ flags, publicKey }) => ({ flags, algorithm, key: publicKey }))
  return { name: zone, type: 'DNSKEY', ttl, data }
}

/** What the parent zone is told: "12345 13 2 …". */
export function delegationSigner(zone: string, { flags, publicKey, tag }: SigningKey): string {
  const digest = createHash('sha256').update(nameCodec.encode(zone)).update(keyData(flags, publicKey)).digest('hex')
  return `${tag} ${algorithm} ${digestSha256} ${digest.toUpperCase()}`
}

/** The signature record of a set. */
export function signatureOf(set: RecordSet, zone: string, key: SigningKey, validity: Validity): Buffer {
  const fields = {
    typeCovered: set.type,
    algorithm,
    labels: labelsOf(set.name),
    originalTTL: set.ttl,
    ...validity,
    keyTag: key.tag,
    signersName: zone,
  }
  const record = (signature: Buffer) =>
    answer.encode({ name: set.name, type: 'RRSIG', ttl: set.ttl, class: 'IN', data: { ...fields, signature } } as never)
  // what is signed begins with the record's own data without the signature: owner, type, class, TTL and length before it
  const head = record(Buffer.alloc(0)).subarray(nameBytes(set.name) + 10)
  const signed = concat(head, canonicalWire(set))
  return record(sign('sha256', signed, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }))
}

function keyData(flags: number, publicKey: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(flags >> 8, flags & 255, 3, algorithm), publicKey])
}

/** RFC 4034, appendix B. */
function keyTag(data: Uint8Array): number {
  let sum = 0
  data.forEach((byte, i) => {
    sum += i % 2 === 0 ? byte << 8 : byte
  })
  return (sum + (sum >> 16)) & 0xffff
}

/** Keys of a zone as they are kept. */
export type KeptKey = { readonly flags: number; readonly seed: string; readonly madeMs: number }

export type KeyPlan = {
  /** What stands in the key set. */
  readonly published: readonly KeptKey[]
  readonly ksk: KeptKey
  readonly zsk: KeptKey
}

const dayMs = 86_400_000
/** How long a zone key signs, how long it stands in the key set before, and how long after. Longer than any TTL of ours. */
const zskLifeMs = 30 * dayMs
const prepublishMs = 2 * dayMs
const retireMs = 2 * dayMs

/**
 * The keys as they should be kept from now on: what is missing made, a successor made two days before its turn, what has
 * been out of use for two days dropped. The key that the parent zone knows is never changed by itself.
 */
export function renewedKeys(keys: readonly KeptKey[], nowMs: number, seed: () => Uint8Array): readonly KeptKey[] {
  const made = (flags: number): KeptKey => ({ flags, seed: toHex(seed()), madeMs: nowMs })
  const ksk = keys.find((key) => key.flags === kskFlags) ?? made(kskFlags)
  const zsks = inOrder(keys)
  const newest = zsks.at(-1)
  if (newest === undefined || nowMs - newest.madeMs >= zskLifeMs) zsks.push(made(zskFlags))
  const active = activeIndex(zsks, nowMs)
  const kept = zsks.filter((_, i) => i >= active || nowMs - zsks[i + 1]!.madeMs < prepublishMs + retireMs)
  return [ksk, ...kept]
}

export function keyPlan(keys: readonly KeptKey[], nowMs: number): KeyPlan {
  const ksk = keys.find((key) => key.flags === kskFlags)!
  const zsks = inOrder(keys)
  return { published: [ksk, ...zsks], ksk, zsk: zsks[activeIndex(zsks, nowMs)]! }
}

export function opened({ seed, flags }: KeptKey): SigningKey {
  return signingKey(fromHex(seed)!, flags)
}

function inOrder(keys: readonly KeptKey[]): KeptKey[] {
  return keys.filter((key) => key.flags === zskFlags).sort((a, b) => a.madeMs - b.madeMs)
}

/** The newest that everybody has had time to see; where there is none, the oldest. */
function activeIndex(zsks: readonly KeptKey[], nowMs: number): number {
  return Math.max(
    0,
    zsks.findLastIndex((key) => nowMs - key.madeMs >= prepublishMs),
  )
}
