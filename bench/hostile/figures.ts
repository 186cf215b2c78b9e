/** What a line of the price list may cost, and whether it does. Pure. */
import type { Cost } from '../members/gauge.ts'

export type Price = Cost & { readonly diskMiB: number; readonly died: boolean }

/** As the project promises them: one turn of the main loop, a worker's time and memory, memory outside, disk of strangers. */
export const figures = { turnMs: 50, elsewhereMs: 2_500, mainMiB: 32, workerMiB: 256, diskMiB: 1 } as const

export type Figures = { readonly [name in keyof typeof figures]: number }

/**
 * The same for PHP, where a process serves one request: its processor time, and its highest memory with WordPress's own in
 * it; half of what the smallest hosts give.
 */
export const phpFigures: Figures = { turnMs: 1_000, elsewhereMs: 0, mainMiB: 64, workerMiB: 0, diskMiB: 1 }

/** Times are judged by the middle one of these. */
export const looks = 5

/** What one price is above, in words; empty where it is within everything. On a busy machine times say little. */
export function over(price: Price, judgesTimes = true, most: Figures = figures): readonly string[] {
  if (price.died) return ['the process ended']
  const rssMost = most.workerMiB + most.mainMiB
  const above = (value: number, limit: number, words: string) =>
    value > limit ? [`${value} ${words}, at most ${limit}`] : []
  return [
    ...(judgesTimes ? above(price.turnMs, most.turnMs, 'ms in one turn') : []),
    ...(judgesTimes ? above(price.elsewhereMs, most.elsewhereMs, 'ms in workers') : []),
    ...above(price.mainMiB, most.mainMiB, 'MiB outside workers'),
    ...above(price.rssMiB, rssMost, 'MiB in all'),
    ...above(price.diskMiB, most.diskMiB, 'MiB of disk'),
  ]
}

/** Whether one look is enough: far from every figure, no second look would change the answer. */
export function isPlain(price: Price, most: Figures = figures): boolean {
  const half: Figures = {
    turnMs: most.turnMs / 2,
    elsewhereMs: most.elsewhereMs / 2,
    mainMiB: most.mainMiB / 2,
    workerMiB: most.workerMiB / 2,
    diskMiB: most.diskMiB / 2,
  }
  return over(price, true, half).length === 0
}

/** The middle of each measure; a process that ended once has ended. */
export function middle(prices: readonly Price[]): Price {
  const of = (name: Exclude<keyof Price, 'died'>) => {
    const sorted = prices.map((price) => price[name]).sort((a, b) => a - b)
    return sorted[Math.floor((sorted.length - 1) / 2)]!
  }
  return {
    turnMs: of('turnMs'),
    elsewhereMs: of('elsewhereMs'),
    mainMiB: of('mainMiB'),
    rssMiB: of('rssMiB'),
    diskMiB: of('diskMiB'),
    died: prices.some(({ died }) => died),
  }
}
