/**
 * The strict byte checks that come before any Ed25519 verifier. Libraries disagree: some take S+L (malleable), some take
 * keys and R of small order (universal forgeries) or non-canonical encodings. With these checks all of them agree.
 * Source: RFC 8032 §5.1.7; Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020).
 */
import { toHex } from './bytes.ts'

const orderL = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'
const fieldP = 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'

/** y-coordinates (sign bit cleared) of the eight points of small order: 0, 1, −1 and the two of order 8. */
const smallOrderY = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])

function littleEndianBelow(bytes: Uint8Array, limitHex: string): boolean {
  for (let i = 31; i >= 0; i--) {
    const limit = Number.parseInt(limitHex.slice(2 * i, 2 * i + 2), 16)
    if (bytes[i]! !== limit) return bytes[i]! < limit
  }
  return false
}

/** True for a 32-byte point encoding with y < p that is not of small order. Says nothing about being on the curve. */
export function isStrictPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false
  const y = bytes.slice()
  y[31]! &= 0x7f
  if (!littleEndianBelow(y, fieldP)) return false
  return !smallOrderY.has(toHex(y))
}

/** True where key and signature pass every check that needs no curve arithmetic: lengths, S < L, strict key, strict R. */
export function isStrictSignature(key: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isStrictPoint(key) &&
    isStrictPoint(signature.subarray(0, 32)) &&
    littleEndianBelow(signature.subarray(32), orderL)
  )
}
