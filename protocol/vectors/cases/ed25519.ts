/**
 * Signatures that libraries disagree about. Sources: RFC 8032 §7.1 for the good ones; the classes of Wycheproof's
 * ed25519 vectors and of Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020) for the bad ones; all made here.
 */
import { fromHex, toHex } from '../../bytes.ts'
import type { VectorFile } from '../world.ts'
import * as curve from './curve.ts'
import { type Forge, Sheet } from './forge.ts'

const message = toHex(new TextEncoder().encode('a word that was never said'))

export async function ed25519Cases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'ed25519',
    about:
      'Strict Ed25519. Input in hex. True only where S < L, key and R are canonical and not of small order, and [S]B = R + [k]A holds exactly (no cofactor).',
  })
  await rfc8032(sheet)
  await alteredSignatures(sheet)
  smallOrderKeys(sheet)
  otherKeys(sheet)
  smallOrderR(sheet)
  mixedOrder(sheet)
  return sheet.file()
}

/** RFC 8032 §7.1: seed, public key, message. The signatures are made by the generator's signer, and deterministic. */
async function rfc8032(sheet: Sheet): Promise<void> {
  const vectors = [
    [
      'TEST 1',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      'TEST 2',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'TEST 3',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const
  for (const [name, key, text, signature] of vectors)
    sheet.case(`RFC 8032 ${name}`, 'A signature of the standard.', { key, message: text, signature }, true)
  const [, key, text, signature] = vectors[1]
  sheet.case('RFC 8032 TEST 2, other message', 'Signed was 72.', { key, message: '73', signature }, false)
  sheet.case('RFC 8032 TEST 2, no message', 'Signed was 72.', { key, message: '', signature }, false)
  sheet.case('RFC 8032 TEST 2, longer message', 'Signed was 72.', { key, message: `${text}00`, signature }, false)
  sheet.case(
    'RFC 8032 TEST 1 under the key of TEST 2',
    'Another key.',
    { key, message: '', signature: vectors[0][3] },
    false,
  )
}

async function alteredSignatures(sheet: Sheet): Promise<void> {
  const signer = sheet.forge.signer('ed25519')
  const { key } = signer
  const signature = toHex(await signer.sign(fromHex(message)))
  const [r, s] = [signature.slice(0, 64), signature.slice(64)]
  const bad = (name: string, why: string, altered: string, as = key) =>
    sheet.case(name, why, { key: as, message, signature: altered }, false)
  sheet.case('ordinary signature', 'Made by the rules.', { key, message, signature }, true)
  const number = curve.fromLittleEndian(s)
  const plus = (n: bigint) => r + curve.littleEndian(number + n)
  bad('S + L', 'The same signature in a second spelling; tweetnacl accepts it.', plus(curve.order))
  bad('S + 2L', 'A third spelling.', plus(2n * curve.order))
  bad('S + 8L', 'Still below 2^256.', plus(8n * curve.order))
  bad('S = L', 'Zero in a second spelling.', r + curve.littleEndian(curve.order))
  bad('S = L − 1', 'In range, but not this signature.', r + curve.littleEndian(curve.order - 1n))
  bad('S = 0', 'In range, but not this signature.', r + '0'.repeat(64))
  bad('S all ones', 'Far above L.', r + 'f'.repeat(64))
  bad('S negated', '−S is another number.', r + curve.littleEndian(curve.order - number))
  bad('high bit of S', 'Some verifiers mask the top bits.', plus(2n ** 255n))
  bad('bit of S', 'One bit off.', r + curve.littleEndian(number ^ 1n))
  bad('bit of R', 'One bit off.', toHex(fromHex(r).map((byte, i) => (i === 0 ? byte ^ 1 : byte))) + s)
  bad(
    'sign of R',
    'The other point with this y.',
    toHex(fromHex(r).map((byte, i) => (i === 31 ? byte ^ 128 : byte))) + s,
  )
  bad(
    'sign of the key',
    'The other key with this y.',
    signature,
    toHex(fromHex(key).map((byte, i) => (i === 31 ? byte ^ 128 : byte))),
  )
  bad('R and S exchanged', 'R comes first.', s + r)
  bad('big-endian S', 'S is little-endian.', r + toHex(fromHex(s).reverse()))
  bad('no signature', '64 bytes.', '')
  bad('63 bytes', '64 bytes.', signature.slice(0, -2))
  bad('65 bytes', '64 bytes.', `${signature}00`)
  bad('signature twice', '64 bytes.', signature + signature)
  bad('all zero', 'R is of small order.', '0'.repeat(128))
  bad('short key', '32 bytes.', signature, key.slice(2))
  bad('long key', '32 bytes.', signature, `${key}00`)
  bad('no key', '32 bytes.', signature, '')
}

/** With a key A of small order anyone can sign: choose S, take R = [S]B − [k]A, where [k]A has only eight values. */
function smallOrderKeys(sheet: Sheet): void {
  const canonical = new Map(
    Array.from({ length: 8 }, (_, i) => [curve.encode(curve.times(curve.torsion, BigInt(i))), i]),
  )
  for (const [key, multiple] of canonical) {
    const why = 'A key of small order signs every message without a secret; tweetnacl and older OpenSSL accept it.'
    sheet.case(`small-order key ${short(key)}`, why, { key, message, signature: forged(key, multiple) }, false)
  }
  // Second spellings: y + p where it fits into 255 bits, and a sign on the two points whose x is 0.
  const signBit = 1n << 255n
  const spelled = [
    curve.p,
    curve.p + 1n,
    curve.p | signBit,
    (curve.p + 1n) | signBit,
    1n | signBit,
    (curve.p - 1n) | signBit,
  ]
  for (const number of spelled) {
    const key = curve.littleEndian(number)
    const multiple = canonical.get(curve.encode(curve.decode(key)!))!
    const why = 'A point of small order in a second spelling; lenient libraries reduce y and go on.'
    sheet.case(
      `non-canonical small-order key ${short(key)}`,
      why,
      { key, message, signature: forged(key, multiple) },
      false,
    )
  }
}

function short(hex: string): string {
  return `${hex.slice(0, 4)}…${hex.slice(-4)}`
}

/** A signature that satisfies the equation under the key [multiple]T: R = [S]B + [i]T with i + k·multiple ≡ 0 (mod 8). */
function forged(key: string, multiple: number): string {
  for (let s = 2n; ; s++) {
    for (let i = 0n; i < 8n; i++) {
      const r = curve.encode(curve.add(curve.times(curve.base, s), curve.times(curve.torsion, i)))
      if ((i + curve.challenge(r, key, message) * BigInt(multiple)) % 8n === 0n) return r + curve.littleEndian(s)
    }
  }
}

function otherKeys(sheet: Sheet): void {
  const signature = curve.encode(curve.times(curve.base, 7n)) + curve.littleEndian(5n)
  const bad = (name: string, why: string, key: string) => sheet.case(name, why, { key, message, signature }, false)
  let offCurve = 2n
  while (curve.decode(curve.littleEndian(offCurve)) !== null) offCurve++
  bad('key not on the curve', 'There is no point with this y.', curve.littleEndian(offCurve))
  bad('key y = p + 3', 'Not below p: a second spelling, wherever it points.', curve.littleEndian(curve.p + 3n))
  bad('key y = 2^255 − 1', 'Not below p.', curve.littleEndian(2n ** 255n - 1n))
  bad('key all ones', 'Not below p, sign bit set.', 'f'.repeat(64))
  bad('base point as key', 'A good point, but not its signature.', curve.encode(curve.base))
}

/** R of small order with an honest key: r = 0, S = k·a. The equation holds, yet the nonce, and with it the key, is given away. */
function smallOrderR(sheet: Sheet): void {
  const a = curve.scalarOf(sheet.forge.sha256(fromHex('00'))) % curve.order
  const key = curve.encode(curve.times(curve.base, a))
  const spelled = new Map<string, string>()
  for (let i = 0n; i < 8n; i++) spelled.set(curve.encode(curve.times(curve.torsion, i)), 'R of small order.')
  spelled.set(curve.littleEndian(curve.p + 1n), 'R is the neutral point in a second spelling.')
  spelled.set(curve.littleEndian(1n | (1n << 255n)), 'R is the neutral point with a sign that it cannot have.')
  spelled.set(curve.littleEndian(curve.p), 'R is y = 0 in a second spelling.')
  for (const [r, why] of spelled) {
    const s = (curve.challenge(r, key, message) * a) % curve.order
    const signature = r + curve.littleEndian(s)
    sheet.case(
      `small-order R ${short(r)}`,
      `${why} Where the equation holds, libraries accept it.`,
      { key, message, signature },
      false,
    )
  }
}

/** Keys and R with a part of small order: not caught by their bytes, so the equation alone decides, without the cofactor. */
function mixedOrder(sheet: Sheet): void {
  const a = curve.scalarOf(sheet.forge.sha256(fromHex('01'))) % curve.order
  const honest = curve.times(curve.base, a)
  const mixed = curve.add(honest, curve.torsion)
  const key = curve.encode(mixed)
  const sign = (r: bigint, rPoint: curve.Point, as: string) => {
    const hex = curve.encode(rPoint)
    const k = curve.challenge(hex, as, message)
    return { k, s: (r + k * a) % curve.order, hex }
  }
  const found = { holds: '', fails: '', both: '' }
  for (let r = 2n; found.holds === '' || found.fails === '' || found.both === ''; r++) {
    const plain = sign(r, curve.times(curve.base, r), key)
    const text = plain.hex + curve.littleEndian(plain.s)
    if (plain.k % 8n === 0n) found.holds ||= text
    else found.fails ||= text
    // R' = R + T', with T' = −[k]T: the parts of small order cancel.
    const shifted = curve.add(curve.times(curve.base, r), curve.times(curve.torsion, 3n))
    const both = sign(r, shifted, key)
    if ((both.k + 3n) % 8n === 0n) found.both ||= both.hex + curve.littleEndian(both.s)
  }
  const input = (signature: string, as = key) => ({ key: as, message, signature })
  sheet.case(
    'mixed-order key, equation fails',
    'Only a verifier with cofactor accepts it; ours has none.',
    input(found.fails),
    false,
  )
  sheet.case(
    'mixed-order key, equation holds',
    'k is a multiple of 8, so the part of small order vanishes: every verifier without cofactor accepts it.',
    input(found.holds),
    true,
  )
  sheet.case('mixed-order key and R that cancel', 'The equation holds exactly.', input(found.both), true)
  const shifted = sign(9n, curve.add(curve.times(curve.base, 9n), curve.torsion), curve.encode(honest))
  sheet.case(
    'mixed-order R',
    'Only a verifier with cofactor accepts it; ours has none.',
    input(shifted.hex + curve.littleEndian(shifted.s), curve.encode(honest)),
    false,
  )
}
