/** Honest readers, and how long they wait. */

/** `late`: those of the failed that only took longer than anybody waits, which a busy machine does to everybody. */
export type Times = { readonly ms: number[]; failed: number; late: number; readonly why: Record<string, number> }

export class Late extends Error {}

export function noTimes(): Times {
  return { ms: [], failed: 0, late: 0, why: {} }
}

export function fails(times: Times, error: unknown): void {
  times.failed++
  const { name, message } = error as Error
  if (name === 'TimeoutError' || error instanceof Late) times.late++
  const why = message.slice(0, 80)
  times.why[why] = (times.why[why] ?? 0) + 1
}

const readersAtOnce = 2
const betweenMs = 100
const patienceMs = 20_000

export function waiting(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Some readers, each with one page after the other, until it is over. */
export async function readers(page: string, isOver: () => boolean): Promise<Times> {
  const times = noTimes()
  const read = async () => {
    while (!isOver()) {
      const fromMs = performance.now()
      await readPage(page).then(
        () => times.ms.push(performance.now() - fromMs),
        (error: unknown) => fails(times, error),
      )
      await waiting(betweenMs)
    }
  }
  await Promise.all(Array.from({ length: readersAtOnce }, read))
  return times
}

async function readPage(page: string): Promise<void> {
  const response = await fetch(page, { signal: AbortSignal.timeout(patienceMs) })
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`status ${response.status}`)
}

/** In whole milliseconds; null of nothing is NaN. */
export function quantile({ ms }: Times, part: number): number {
  const sorted = [...ms].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN)
}
