/** Whether a member grows: the last third of a run against the second, the first being where it fills. Pure. */
import type { Still } from '../members/gauge.ts'

export type Sample = {
  readonly hour: number
  readonly members: readonly (Still & { readonly diskMiB: number })[]
}
type Measure = keyof Sample['members'][number]

/** How much more than the second third the last may show: noise of a collector, of a journal that is not yet folded. */
const allowed: Readonly<Partial<Record<Measure, { readonly share: number; readonly least: number }>>> = {
  rssMiB: { share: 0.05, least: 8 },
  heapMiB: { share: 0.08, least: 4 },
  handles: { share: 0.1, least: 8 },
  files: { share: 0.1, least: 8 },
  diskMiB: { share: 0.1, least: 6 },
}

/** Medians over members and samples; `missed` names what grew. */
export function growth(samples: readonly Sample[]) {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const [second, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)]
  const found = Object.entries(allowed).map(([name, { share, least }]) => {
    const before = medianOf(second, name as Measure)
    const after = medianOf(last, name as Measure)
    return { name, before, after, grew: after - before > Math.max(least, before * share) }
  })
  return {
    figures: Object.fromEntries(found.map(({ name, before, after }) => [name, { before, after }])),
    missed: found
      .filter(({ grew }) => grew)
      .map(({ name, before, after }) => `${name} went from ${before} to ${after}`),
  }
}

function medianOf(samples: readonly Sample[], name: Measure): number {
  const sorted = samples.flatMap(({ members }) => members.map((member) => member[name])).sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}
