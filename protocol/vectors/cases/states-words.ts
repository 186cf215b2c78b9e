/** The words of which states are made, as the cases write them. */

import type { Payloads, Time } from '../../objects.ts'
import { dayMs, hourMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { address } from './scene.ts'

/** The moment of the outage. */
export const fall = t0 + dayMs

export const up = {
  state: 'up',
  since: null,
  by: null,
  declaration: null,
  disputed: false,
  exercise: false,
  until: null,
  distrustSince: null,
  show: null,
  unimported: [],
}

export function say(
  sheet: Sheet,
  name: string,
  why: string,
  objects: readonly string[],
  nowMs: Time,
  expected: object,
  extra: Record<string, unknown> = {},
): void {
  sheet.case(
    name,
    why,
    { blog: 'root1', objects: ['root1', 'head 1', ...objects], nowMs, ...extra },
    { ...up, ...expected },
  )
}

export function observe(sheet: Sheet, alias: string, by: string, fields: Partial<Payloads['observation']> = {}) {
  const time = fields.time ?? fall
  return sheet.object(alias, 'observation', by, {
    blog: sheet.id('root1'),
    time,
    address,
    state: 'down',
    reason: 'connect',
    probes: 3,
    since: time - minuteMs,
    unreachable: [],
    ...fields,
  })
}

/** A word; without `votes` it is the author's. */
export function declare(
  sheet: Sheet,
  alias: string,
  time: Time,
  fields: Partial<Payloads['declaration']> = {},
  by = 'laptop',
) {
  const own = { blog: sheet.id('root1'), time, state: 'down', by: 'author', until: time + 12 * hourMs } as const
  return sheet.object(alias, 'declaration', by, { ...own, ...fields })
}

export async function verdict(
  sheet: Sheet,
  alias: string,
  time: Time,
  votes: readonly string[],
  state: 'down' | 'over' = 'down',
  by = 'member 1',
) {
  const envelopes = votes.map((vote) => sheet.envelope(vote))
  await declare(sheet, alias, time, { by: 'quorum', state, until: time + 30 * minuteMs, votes: envelopes }, by)
}
