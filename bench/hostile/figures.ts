/** What a line of the price list may cost, and whether it does. Pure. */
import type { Cost } from '../members/gauge.ts'

export type Price = Cost & { readonly diskMiB: number; readonly died: boolean }

/** As the project promises them: one turn of the main loop, a worker's time and memory, memory outside, disk of strangers. */
export const figures = { turnMs: 50, elsewhereMs: 2_500, mainMiB: 32, workerMiB: 256, diskMiB: 1 } as const

/** Times are judged by the middle one of these. */
export const looks = 5

/** What one price is above, in words; empty where it is within everything. On a busy machine times say little. */
export function over(price: Price, judgesTimes = true): readonly string[] {
  if (price.died) return ['the process ended']
  const { turnMs, elsewhereMs, mainMiB, rssMiB, diskMiB } = price
  const most = figures.workerMiB + figures.mainMiB
  return [
    ...(judgesTimes && turnMs > figures.turnMs ? [`${turnMs} ms in one turn, at most ${figures.turnMs}`] : []),
    ...(judgesTimes && elsewhereMs > figures.elsewhereMs
      ? [`${elsewhereMs} ms in workers, at most ${figures.elsewhereMs}`]
      : []),
    ...(mainMiB > figures.mainMiB ? [`${mainMiB} MiB outside workers, at most ${figures.mainMiB}`] : []),
    ...(rssMiB > most ? [`${rssMiB} MiB in all, at most ${most}`] : []),
    ...(diskMiB > figures.diskMiB ? [`${diskMiB} MiB of disk, at most ${figures.diskMiB}`] : []),
  ]
}

/** Whether one look is enough: far from every figure, no second look would change the answer. */
export function isPlain({ turnMs, elsewhereMs, mainMiB, rssMiB, diskMiB, died }: Price): boolean {
  const shares = [
    turnMs / figures.turnMs,
    elsewhereMs / figures.elsewhereMs,
    mainMiB / figures.mainMiB,
    rssMiB / (figures.workerMiB + figures.mainMiB),
    diskMiB / figures.diskMiB,
  ]
  return !died && shares.every((share) => share < 0.5)
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
