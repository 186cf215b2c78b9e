/**
 * edwards25519 in plain big integers (RFC 8032 §5.1), for making signatures that no library makes. Slow and not constant
 * time: never for real keys.
 */
import { sha512 } from '@noble/hashes/sha2.js'
import { concat, fromHex, toHex } from '../../bytes.ts'

export const p = 2n ** 255n - 19n
export const order = 2n ** 252n + 27742317777372353535851937790883648493n
const d = mod(-121665n * power(121666n, p - 2n))
const root = power(2n, (p - 1n) / 4n)

/** Extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. */
export type Point = { readonly x: bigint; readonly y: bigint; readonly z: bigint; readonly t: bigint }
export const identity = pointOf(0n, 1n)
export const base = decode('5866666666666666666666666666666666666666666666666666666666666666')!
/** A point of order 8: every point of small order is a multiple of it. */
export const torsion = decode('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')!

function pointOf(x: bigint, y: bigint): Point {
  return { x, y, z: 1n, t: mod(x * y) }
}

function mod(a: bigint): bigint {
  const rest = a % p
  return rest < 0n ? rest + p : rest
}

function power(a: bigint, e: bigint): bigint {
  let result = 1n
  let factor = mod(a)
  for (let left = e; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * factor)
    factor = mod(factor * factor)
  }
  return result
}

/** RFC 8032 §5.1.4, the addition that is also good for doubling. */
export function add(point: Point, other: Point): Point {
  const a = mod((point.y - point.x) * (other.y - other.x))
  const b = mod((point.y + point.x) * (other.y + other.x))
  const c = mod(2n * d * point.t * other.t)
  const e = mod(2n * point.z * other.z)
  return { x: mod((b - a) * (e - c)), y: mod((e + c) * (b + a)), z: mod((e - c) * (e + c)), t: mod((b - a) * (b + a)) }
}

export function times(a: Point, n: bigint): Point {
  let result = identity
  let factor = a
  for (let left = n; left > 0n; left >>= 1n) {
    if (left & 1n) result = add(result, factor)
    factor = add(factor, factor)
  }
  return result
}

/** The canonical encoding, in hex. */
export function encode(a: Point): string {
  const inverse = power(a.z, p - 2n)
  return littleEndian(mod(a.y * inverse) | ((mod(a.x * inverse) & 1n) << 255n))
}

/** The point, or null where y is not on the curve. y is taken modulo p. */
export function decode(hex: string): Point | null {
  const number = fromLittleEndian(hex)
  const y = mod(number & (2n ** 255n - 1n))
  const square = mod((y * y - 1n) * power(d * y * y + 1n, p - 2n))
  let x = power(square, (p + 3n) / 8n)
  if (mod(x * x) !== square) x = mod(x * root)
  if (mod(x * x) !== square) return null
  return pointOf((x & 1n) === number >> 255n ? x : mod(-x), y)
}

export function littleEndian(number: bigint): string {
  return toHex(fromHex(number.toString(16).padStart(64, '0')).reverse())
}

export function fromLittleEndian(hex: string): bigint {
  return BigInt(`0x${toHex(fromHex(hex).reverse())}`)
}

/** The challenge of RFC 8032: SHA-512(R ‖ A ‖ M) mod L. */
export function challenge(r: string, a: string, message: string): bigint {
  return fromLittleEndian(toHex(sha512(concat(fromHex(r), fromHex(a), fromHex(message))))) % order
}

/** A secret scalar from a seed, as RFC 8032 makes it. */
export function scalarOf(seed: Uint8Array): bigint {
  const half = sha512(seed).slice(0, 32)
  half[0]! &= 248
  half[31]! &= 127
  half[31]! |= 64
  return fromLittleEndian(toHex(half))
}
