/** How often a member does what it does. All in milliseconds; each may be set alone, `fast` shortens the defaults. */
import { z } from 'zod'

export type Intervals = {
  /** Between two probes of a blog that is up. */
  readonly probeMs: number
  /** After a failed probe, one after the other. */
  readonly retryMs: readonly [number, number]
  /** Between two probes of a blog that is down. */
  readonly downProbeMs: number
  /** Between two rounds of gossip. */
  readonly syncMs: number
  readonly captureMs: number
  readonly checkpointMs: number
  /** Between two looks for blogs whose marker this member should attest. */
  readonly attestMs: number
  readonly auditMs: number
  /** Between two wakes of one passive member. */
  readonly wakeMs: number
  /** Between two rounds of housekeeping: renewing the own record, sweeping, clearing tables. */
  readonly keepMs: number
  /** How old a signed outage list may get before it is signed again. */
  readonly outageListMs: number
}

const usual: Intervals = {
  probeMs: 300_000,
  retryMs: [15_000, 30_000],
  downProbeMs: 60_000,
  syncMs: 30_000,
  captureMs: 3_600_000,
  checkpointMs: 3_600_000,
  attestMs: 60_000,
  auditMs: 3_600_000,
  wakeMs: 20_000,
  keepMs: 600_000,
  outageListMs: 60_000,
}

const fast: Intervals = {
  probeMs: 3_000,
  retryMs: [500, 1_000],
  downProbeMs: 2_000,
  syncMs: 2_000,
  captureMs: 10_000,
  checkpointMs: 10_000,
  attestMs: 2_000,
  auditMs: 20_000,
  wakeMs: 20_000,
  keepMs: 10_000,
  outageListMs: 2_000,
}

const ms = z.coerce
  .number()
  .int()
  .min(100)
  .max(7 * 86_400_000)
  .optional()
const list = z.union([
  z.tuple([z.number().int().min(100), z.number().int().min(100)]),
  z
    .string()
    .regex(/^\d{3,9},\d{3,9}$/, 'must be two numbers of milliseconds separated by a comma')
    .transform((text) => text.split(',').map(Number) as [number, number]),
])

export const intervalFields = {
  probeMs: ms,
  retryMs: list.optional(),
  downProbeMs: ms,
  syncMs: ms,
  captureMs: ms,
  checkpointMs: ms,
  attestMs: ms,
  auditMs: ms,
  wakeMs: ms,
  keepMs: ms,
  outageListMs: ms,
}

export type SetIntervals = { readonly [K in keyof Intervals]?: Intervals[K] | undefined }

export function intervalsOf(set: SetIntervals & { readonly fast: boolean }): Intervals {
  const base = set.fast ? fast : usual
  const chosen = Object.keys(base).map((name) => [name, set[name as keyof Intervals] ?? base[name as keyof Intervals]])
  return Object.fromEntries(chosen) as unknown as Intervals
}
