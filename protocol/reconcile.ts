/**
 * Range-based set reconciliation: two members find what each lacks in a few messages whose size follows the difference,
 * not the sets. Fingerprints are those of negentropy v1 (additive, so that nobody can cancel ids as with XOR).
 *
 * A message is a list of ranges [from, to) of ids, ascending and apart; "" is the beginning as `from` and the end as `to`.
 * Each range carries one of: `fp` (fingerprint of the sender's ids in it), `ids` (all of them), or the settlement of an
 * `ids` range: `need` (ids the sender lacks) and `have` (ids it has beyond those listed). What is left out is alike.
 *   fp, alike → nothing        fp, not alike → few ids: `ids`, many: sixteen `fp`
 *   ids → `need` and `have`    need/have → nothing: both sides now know the difference
 * The asker repeats with the reply to the reply until there is nothing left to say. Both functions are pure.
 */
import { fromHex, isHash, toHex } from './bytes.ts'
import type { Hash } from './objects.ts'
import type { Sha256 } from './platform.ts'

/** Ids listed in one message, in all its ranges together. The rest waits for the next message behind a fingerprint. */
export const listedIdsMax = 4096
/** Ranges in one message. */
export const rangesMax = 1024
/** A differing range with more ids than this is split, not listed; `ids` and `need` never name more. */
export const rangeIdsMax = 32
/** A settlement with more ids than this to offer is split instead. */
export const rangeHaveMax = 512
const splitInto = 16

export type Range = { readonly from: string; readonly to: string } & (
  | { readonly fp: string }
  | { readonly ids: readonly Hash[] }
  | { readonly need: readonly Hash[]; readonly have: readonly Hash[] }
)
export type Answer = {
  /** To be sent back. Empty: nothing is left to say. */
  readonly reply: readonly Range[]
  /** Ids that we have and the other side lacks. */
  readonly have: readonly Hash[]
  /** Ids that the other side has and we lack. */
  readonly need: readonly Hash[]
}

/** negentropy v1: sum of the ids as little-endian integers mod 2^256, then the count as varint; SHA-256; 16 bytes, hex. */
export function fingerprint(ids: readonly Hash[], sha256: Sha256): string {
  const sums = new Float64Array(32)
  for (const id of ids) {
    const bytes = fromHex(id)
    for (let i = 0; i < 32; i++) sums[i]! += bytes[i]!
  }
  const count: number[] = []
  for (let left = ids.length; left > 0 || count.length === 0; left = Math.floor(left / 128))
    count.unshift((left % 128) + (count.length > 0 ? 128 : 0))
  const message = new Uint8Array(32 + count.length)
  let carry = 0
  for (let i = 0; i < 32; i++) {
    const sum = sums[i]! + carry
    message[i] = sum % 256
    carry = Math.floor(sum / 256)
  }
  message.set(count, 32)
  return toHex(sha256(message).subarray(0, 16))
}

/** What the asker sends first. `ids` is sorted, without repetition. */
export function firstMessage(ids: readonly Hash[], sha256: Sha256): readonly Range[] {
  return ids.length <= rangeIdsMax ? [{ from: '', to: '', ids }] : split('', '', ids, sha256)
}

/** Answers a message that `parseRanges` has accepted. `ids` is sorted, without repetition, the same through one talk. */
export function answer(ids: readonly Hash[], message: readonly Range[], sha256: Sha256): Answer {
  const reply: Range[] = []
  const have: Hash[] = []
  const need: Hash[] = []
  let listed = 0
  for (const range of message) {
    const mine = within(ids, range.from, range.to)
    if ('need' in range) {
      const known = new Set(mine)
      have.push(...range.need.filter((id) => known.has(id)))
      need.push(...range.have.filter((id) => !known.has(id)))
      continue
    }
    const replies = 'fp' in range ? differing(range, mine, sha256) : [settlement(range, mine)]
    if (replies.some((reply) => 'have' in reply && reply.have.length > rangeHaveMax))
      replies.splice(0, 1, ...split(range.from, range.to, mine, sha256))
    const count = replies.reduce((sum, reply) => sum + idsIn(reply), 0)
    if (listed + count > listedIdsMax || reply.length + replies.length >= rangesMax) {
      // Out of room: what is left is asked for again in the next message, as one range.
      const to = message.at(-1)!.to
      reply.push({ from: range.from, to, fp: fingerprint(within(ids, range.from, to), sha256) })
      break
    }
    listed += count
    reply.push(...replies)
    for (const reply of replies) {
      if (!('need' in reply)) continue
      have.push(...reply.have)
      need.push(...reply.need)
    }
  }
  return { reply, have, need }
}

/** The ranges of an outside value, or null where they are malformed, out of order, or more than a message may hold. */
export function parseRanges(input: unknown): readonly Range[] | null {
  if (!Array.isArray(input) || input.length > rangesMax) return null
  let reached: string | null = ''
  let listed = 0
  const ranges: Range[] = []
  for (const element of input) {
    const range = rangeOf(element)
    if (range === null || reached === null || range.from < reached) return null
    reached = range.to === '' ? null : range.to
    listed += idsIn(range)
    ranges.push(range)
  }
  return listed > listedIdsMax ? null : ranges
}

function rangeOf(input: unknown): Range | null {
  const { from, to, fp, ids, need, have } = (input ?? {}) as Record<string, unknown>
  if (!isBound(from) || !isBound(to) || (to !== '' && to <= from)) return null
  if (typeof fp === 'string') return /^[0-9a-f]{32}$/.test(fp) ? { from, to, fp } : null
  if (ids !== undefined) return areIds(ids, from, to, rangeIdsMax) ? { from, to, ids } : null
  if (!areIds(need, from, to, rangeIdsMax) || !areIds(have, from, to, rangeHaveMax)) return null
  return { from, to, need, have }
}

function isBound(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{0,64}$/.test(value)
}

function areIds(value: unknown, from: string, to: string, max: number): value is readonly Hash[] {
  if (!Array.isArray(value) || value.length > max) return false
  return value.every(
    (id, i) =>
      typeof id === 'string' && isHash(id) && id >= from && (to === '' || id < to) && (i === 0 || id > value[i - 1]),
  )
}

function idsIn(range: Range): number {
  if ('fp' in range) return 0
  return 'ids' in range ? range.ids.length : range.need.length + range.have.length
}

function differing(range: Range & { fp: string }, mine: readonly Hash[], sha256: Sha256): Range[] {
  const { from, to } = range
  if (fingerprint(mine, sha256) === range.fp) return []
  return mine.length <= rangeIdsMax ? [{ from, to, ids: mine }] : split(from, to, mine, sha256)
}

function settlement(range: Range & { ids: readonly Hash[] }, mine: readonly Hash[]): Range {
  const theirs = new Set(range.ids)
  const known = new Set(mine)
  const need = range.ids.filter((id) => !known.has(id))
  return { from: range.from, to: range.to, need, have: mine.filter((id) => !theirs.has(id)) }
}

/** Sixteen ranges of about as many ids each. A bound is the shortest prefix that parts two neighbours. */
function split(from: string, to: string, ids: readonly Hash[], sha256: Sha256): Range[] {
  const ranges: Range[] = []
  let start = 0
  let lower = from
  for (let i = 1; i <= splitInto; i++) {
    const end = Math.floor((ids.length * i) / splitInto)
    const upper = i === splitInto ? to : boundBetween(ids[end - 1]!, ids[end]!)
    ranges.push({ from: lower, to: upper, fp: fingerprint(ids.slice(start, end), sha256) })
    start = end
    lower = upper
  }
  return ranges
}

function boundBetween(below: Hash, above: Hash): string {
  let length = 1
  while (below.slice(0, length) === above.slice(0, length)) length++
  return above.slice(0, length)
}

function within(ids: readonly Hash[], from: string, to: string): readonly Hash[] {
  return ids.slice(firstAtLeast(ids, from), to === '' ? ids.length : firstAtLeast(ids, to))
}

function firstAtLeast(ids: readonly Hash[], bound: string): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ids[middle]! < bound) low = middle + 1
    else high = middle
  }
  return low
}
