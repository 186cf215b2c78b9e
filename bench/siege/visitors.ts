/** Honest readers, and how long they wait. */

export type Times = { readonly ms: number[]; failed: number; readonly why: Record<string, number> }

const readersAtOnce = 2
const betweenMs = 100
const patienceMs = 20_000

export function waiting(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Some readers, each with one page after the other, until it is over. */
export async function readers(page: string, isOver: () => boolean): Promise<Times> {
  const times: Times = { ms: [], failed: 0, why: {} }
  const read = async () => {
    while (!isOver()) {
      const fromMs = performance.now()
      const why = await readPage(page)
      if (why === null) times.ms.push(performance.now() - fromMs)
      else {
        times.failed++
        times.why[why] = (times.why[why] ?? 0) + 1
      }
      await waiting(betweenMs)
    }
  }
  await Promise.all(Array.from({ length: readersAtOnce }, read))
  return times
}

async function readPage(page: string): Promise<string | null> {
  try {
    const response = await fetch(page, { signal: AbortSignal.timeout(patienceMs) })
    await response.arrayBuffer()
    return response.status === 200 ? null : String(response.status)
  } catch (error) {
    return (error as Error).name
  }
}

/** In whole milliseconds; null of nothing is NaN. */
export function quantile({ ms }: Times, part: number): number {
  const sorted = [...ms].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN)
}
