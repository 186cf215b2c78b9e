/**
 * A 32-byte seed as 25 words to be written on paper, in the way of BIP-39: 256 bits and 8 bits of SHA-256 of them, as
 * digits of the word list. A slip of the pen is found by the list or by the checksum. The list is frozen: words printed
 * today must open in ten years.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import { words } from './wordlist.ts'

export const recoveryWordCount = 25

const base = BigInt(words.length)
const places = new Map(words.map((word, i) => [word, BigInt(i)]))

export function recoveryWords(seed: Uint8Array): readonly string[] {
  let rest = number([...seed, sha256(seed)[0]!])
  const digits: string[] = []
  for (let i = 0; i < recoveryWordCount; i++) {
    digits.unshift(words[Number(rest % base)]!)
    rest /= base
  }
  return digits
}

/** Case, punctuation and numbering ("1. able") do not count. The detail of a refusal says which word to look at. */
export function seedOfWords(text: string): Result<Uint8Array> {
  const given =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[a-z]+/g) ?? []
  const unknown = given.findIndex((word) => !places.has(word))
  if (unknown >= 0)
    return refuse('BAD_FIELDS', `word ${unknown + 1}, "${given[unknown]!.slice(0, 30)}", is not in the list`)
  if (given.length !== recoveryWordCount)
    return refuse('BAD_FIELDS', `there are ${given.length} words: it takes ${recoveryWordCount}`)
  const value = given.reduce((sum, word) => sum * base + places.get(word)!, 0n)
  const hex = value.toString(16).padStart(66, '0')
  const bytes = Uint8Array.from({ length: hex.length >> 1 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
  const seed = bytes.subarray(0, 32)
  const right = bytes.length === 33 && sha256(seed)[0] === bytes[32]
  return right ? ok(seed) : refuse('BAD_FIELDS', 'a word is wrong, or two have changed places')
}

/** Three different places in [0, 25), in order: what the author is asked to type back. */
export function placesToAsk(random: { below(limit: number): number }): readonly number[] {
  const asked = new Set<number>()
  while (asked.size < 3) asked.add(random.below(recoveryWordCount))
  return [...asked].sort((a, b) => a - b)
}

function number(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
}
