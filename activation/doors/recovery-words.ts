/**
 * A recovery key as words to be written on paper, in the way of BIP-39: bits and 8 bits of SHA-256 of them, as digits of the
 * word list. A slip of the pen is found by the list or by the checksum. The list is frozen: words printed today must open
 * in ten years.
 *
 * Thirteen words hold 128 bits, which HKDF-SHA-256 (RFC 5869) expands to the seed of the key. Sheets of before have 25, the
 * seed itself. The count says which.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8 } from '../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import { words } from './wordlist.ts'

export const recoveryWordCount = 13
const oldWordCount = 25
/** Of what the words hold. */
export const recoverySecretBytes = 16
const seedBytes = 32
const expansion = utf8('dgos recovery key 1')

const base = BigInt(words.length)
const places = new Map(words.map((word, i) => [word, BigInt(i)]))

/** The seed of the key that these 16 bytes stand for; 32 bytes, of an old sheet, are the seed. */
export function recoverySeed(secret: Uint8Array): Uint8Array {
  return secret.length === seedBytes ? secret : hkdf(sha256, secret, undefined, expansion, seedBytes)
}

/** 13 words of 16 bytes, 25 of 32. */
export function recoveryWords(secret: Uint8Array): readonly string[] {
  let rest = number([...secret, sha256(secret)[0]!])
  const digits: string[] = []
  for (let i = 0; i < (secret.length === seedBytes ? oldWordCount : recoveryWordCount); i++) {
    digits.unshift(words[Number(rest % base)]!)
    rest /= base
  }
  return digits
}

/** What the words hold: 16 bytes, or 32 of an old sheet. Case, punctuation and numbering ("1. able") do not count. The detail of a refusal says which word to look at. */
export function secretOfWords(text: string): Result<Uint8Array> {
  const given =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[a-z]+/g) ?? []
  const unknown = given.findIndex((word) => !places.has(word))
  if (unknown >= 0)
    return refuse('BAD_FIELDS', `word ${unknown + 1}, "${given[unknown]!.slice(0, 30)}", is not in the list`)
  const size = { [recoveryWordCount]: recoverySecretBytes, [oldWordCount]: seedBytes }[given.length]
  if (size === undefined) {
    const counts = `${recoveryWordCount}, or ${oldWordCount} on an old sheet`
    return refuse('BAD_FIELDS', `there are ${given.length} words: it takes ${counts}`)
  }
  const value = given.reduce((sum, word) => sum * base + places.get(word)!, 0n)
  const hex = value.toString(16).padStart(2 * size + 2, '0')
  const bytes = Uint8Array.from({ length: hex.length >> 1 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
  const secret = bytes.subarray(0, size)
  const right = hex.length === 2 * size + 2 && sha256(secret)[0] === bytes[size]
  return right ? ok(secret) : refuse('BAD_FIELDS', 'a word is wrong, or two have changed places')
}

/** The seed of the key that the words bring back. */
export function seedOfWords(text: string): Result<Uint8Array> {
  const secret = secretOfWords(text)
  return secret.ok ? ok(recoverySeed(secret.value)) : secret
}

/** Three different places in [0, 13), in order: what the author is asked to type back. */
export function placesToAsk(random: { below(limit: number): number }): readonly number[] {
  const asked = new Set<number>()
  while (asked.size < 3) asked.add(random.below(recoveryWordCount))
  return [...asked].sort((a, b) => a - b)
}

function number(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
}
