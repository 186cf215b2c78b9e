/** Choices from a seed, for making inputs. */
import { type Random, seededRandom, shuffled } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'

export type Dice = {
  readonly random: Random
  below(limit: number): number
  /** True once in `times`. */
  once(times: number): boolean
  one<T>(items: readonly T[]): T
  some<T>(items: readonly T[], most?: number): T[]
  bytes(length: number): Uint8Array
  hash(): string
}

export function diceOf(seed: string): Dice {
  const random = seededRandom(seed)
  const below = (limit: number) => random.below(limit)
  return {
    random,
    below,
    once: (times) => below(times) === 0,
    one: (items) => items[below(items.length)]!,
    some: (items, most = items.length) => shuffled(random, items).slice(0, below(Math.min(most, items.length) + 1)),
    bytes: (length) => random.bytes(length),
    hash: () => toHex(random.bytes(32)),
  }
}

const odd = [
  '\u0000',
  '\u007f',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '😀',
  'é',
  '\n',
  '\r',
  '\t',
  '"',
  '\\',
  '<',
  '>',
  '&',
  "'",
  '/',
]

/** A text with a few characters changed, taken out or put in. Never with a lone surrogate: JSON lines cannot carry one. */
export function spoiled(dice: Dice, text: string, pieces: readonly string[] = []): string {
  const points = [...text]
  for (let left = 1 + dice.below(3); left > 0; left--) {
    const at = dice.below(points.length + 1)
    const piece = dice.one([...pieces, ...odd, points[dice.below(points.length || 1)] ?? 'a', String(dice.below(10))])
    points.splice(at, dice.below(3), ...(dice.once(3) ? [] : [piece]))
  }
  return points.join('')
}
