/**
 * Whether an address may stand under a name, from looks at it. Pure.
 *
 *   shown ── our look fails, and another operator's within 30 s ──▶ withdrawn
 *   withdrawn ── our looks succeed often enough in a row, nobody denies it ──▶ shown
 *
 * Our own look must be among the two: strangers alone take no address away, and one machine with a broken line neither.
 * Each withdrawal within an hour doubles what it takes to come back, so that a flickering address rests.
 */
import type { Key } from '../protocol/objects.ts'

export type Look = {
  /** Whose look it was. */
  readonly operator: Key
  readonly reached: boolean
  readonly atMs: number
}

export type AddressHealth = {
  /** Our looks in a row that ended alike: above 0 they reached it, below 0 they did not. */
  readonly streak: number
  /** Other operators that did not reach it when they last looked, and when that was. */
  readonly denials: ReadonlyMap<Key, number>
  readonly isWithdrawn: boolean
  /** When it was withdrawn, within the last hour. */
  readonly withdrawals: readonly number[]
}

export type HealthRules = {
  /** Our own operator. */
  readonly self: Key
  /** There is no operator besides us and the address's own who could look. */
  readonly isAlone: boolean
}

/** Two operators' failures count together within this. */
export const denialMs = 30_000
const memoryMs = 3_600_000
/** Our looks in a row, where nobody else can look. */
const aloneFailures = 3
/** Our looks in a row after which it comes back: 30 s, then a minute, and at most eight. */
const returnLooks = 3
const returnLooksMax = 48

export const unknownHealth: AddressHealth = {
  streak: 0,
  denials: new Map(),
  isWithdrawn: false,
  withdrawals: [],
}

export function afterLook(before: AddressHealth, look: Look, rules: HealthRules): AddressHealth {
  const isOwn = look.operator === rules.self
  const streak = isOwn ? longer(before.streak, look.reached) : before.streak
  const denials = new Map([...before.denials].filter(([, atMs]) => look.atMs - atMs <= denialMs))
  if (!isOwn) {
    if (look.reached) denials.delete(look.operator)
    else denials.set(look.operator, look.atMs)
  }
  const withdrawals = before.withdrawals.filter((atMs) => look.atMs - atMs < memoryMs)
  const next = { streak, denials, withdrawals, isWithdrawn: before.isWithdrawn }
  if (before.isWithdrawn) return { ...next, isWithdrawn: !mayReturn(next) }
  if (!isDead(next, rules)) return next
  return { ...next, isWithdrawn: true, withdrawals: [...withdrawals, look.atMs] }
}

function longer(streak: number, reached: boolean): number {
  return reached ? Math.max(streak, 0) + 1 : Math.min(streak, 0) - 1
}

function isDead({ streak, denials }: AddressHealth, { isAlone }: HealthRules): boolean {
  return streak < 0 && (denials.size > 0 || (isAlone && streak <= -aloneFailures))
}

function mayReturn({ streak, denials, withdrawals }: AddressHealth): boolean {
  const wanted = Math.min(returnLooks * 2 ** Math.max(0, withdrawals.length - 1), returnLooksMax)
  return streak >= wanted && denials.size === 0
}
