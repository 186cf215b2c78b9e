/** Randomness, handed in. The seeded one makes a whole network repeatable; it is not for keys of real people. */
import { createHash, randomBytes } from 'node:crypto'

export type Random = {
  bytes(length: number): Uint8Array
  /** A whole number in [0, limit). */
  below(limit: number): number
}

export const systemRandom: Random = fromBytes((length) => new Uint8Array(randomBytes(length)))

/** SHA-256 in counter mode over the seed. The same seed gives the same stream on every machine. */
export function seededRandom(seed: string | number): Random {
  let counter = 0
  let pool = new Uint8Array(0)
  return fromBytes((length) => {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      if (pool.length === 0) pool = new Uint8Array(createHash('sha256').update(`${seed}/${counter++}`).digest())
      const part = pool.subarray(0, length - at)
      out.set(part, at)
      at += part.length
      pool = pool.subarray(part.length)
    }
    return out
  })
}

function fromBytes(bytes: (length: number) => Uint8Array): Random {
  return {
    bytes,
    below(limit) {
      const view = new DataView(bytes(8).buffer)
      return Number(view.getBigUint64(0) % BigInt(limit))
    },
  }
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[out[i], out[j]] = [out[j]!, out[i]!]
  }
  return out
}
