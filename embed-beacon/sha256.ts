/** SHA-256 (FIPS 180-4) in as few bytes as it takes: WebCrypto's is asynchronous, and missing on plain http pages. */
import type { Sha256 } from '../protocol/platform.ts'

/** First 32 bits of the fractional parts of the square (power 2) or cube (power 3) roots of the first primes. */
function rootsOfPrimes(count: number, power: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) {
    let prime = true
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false
    if (prime) found.push((n ** (1 / power) * 2 ** 32) | 0)
  }
  return found
}

const turned = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits))

export const sha256: Sha256 = (bytes) => {
  const k = rootsOfPrimes(64, 3)
  const state = rootsOfPrimes(8, 2)
  const padded = new DataView(new ArrayBuffer(((bytes.length + 72) >> 6) << 6))
  new Uint8Array(padded.buffer).set(bytes)
  padded.setUint8(bytes.length, 128)
  padded.setBigUint64(padded.byteLength - 8, BigInt(bytes.length) * 8n)
  const w: number[] = []
  for (let at = 0; at < padded.byteLength; at += 64) {
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = padded.getInt32(at + 4 * i)
      else {
        const x = w[i - 15]!
        const y = w[i - 2]!
        const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)
        const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)
        w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0
      }
      const t1 = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0
      const t2 = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i]! + word) | 0
  }
  const out = new DataView(new ArrayBuffer(32))
  for (const [i, word] of state.entries()) out.setInt32(4 * i, word)
  return new Uint8Array(out.buffer)
}
