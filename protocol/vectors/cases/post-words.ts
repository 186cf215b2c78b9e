/** The words of the post cases: what a post is, and what is said of a set of them. */
import { dayMs, minuteMs, type Sheet, t0 } from './forge.ts'

const nowMs = t0 + 30 * dayMs

type Shown = {
  readonly id: string
  readonly history?: readonly string[]
  readonly withdrawn?: true
  readonly importedAt?: string
}

export function say(
  sheet: Sheet,
  name: string,
  why: string,
  objects: readonly string[],
  expected: { shown: readonly (string | Shown)[]; withheld?: readonly string[]; tips: readonly string[] },
  at = nowMs,
): void {
  const shown = expected.shown.map((shown) =>
    typeof shown === 'string' ? { id: shown, history: [shown] } : { history: [shown.id], ...shown },
  )
  const { withheld = [], tips } = expected
  sheet.case(name, why, { blog: 'root1', objects: ['root1', ...objects], nowMs: at }, { shown, withheld, tips })
}

/** A post `minutes` after the beginning. */
export function write(
  sheet: Sheet,
  alias: string,
  minutes: number,
  fields: Record<string, unknown> = {},
  by = 'laptop',
) {
  const time = t0 + minutes * minuteMs
  const rest = {
    draft: sheet.forge.hash(`draft of ${alias}`),
    prevs: [],
    title: alias,
    html: '',
    attachments: [],
    published: time,
  }
  return sheet.object(alias, 'post', by, { blog: sheet.id('root1'), time, ...rest, ...fields } as never)
}

export const prevs = (sheet: Sheet, ...aliases: readonly string[]) => ({
  prevs: aliases.map((aliase) => sheet.id(aliase)),
})

export function newestFirst(sheet: Sheet, same: readonly string[], ...rest: readonly string[]): string[] {
  return [...tipsInOrder(sheet, ...same), ...rest]
}

/** Of tips signed in the same minute the higher id stands first. */
export function tipsInOrder(sheet: Sheet, ...same: readonly string[]): string[] {
  return [...same].sort((a, b) => (sheet.id(a) < sheet.id(b) ? 1 : -1))
}
