/** How much of what was seen is found again, and how much is shown that was not. Pure. */

export type Share = {
  readonly found: number
  readonly of: number
  /** Shown in the copy and not in the original. */
  readonly added: number
  readonly shown: number
  /** The first few that are lost and added, for those who mend. */
  readonly lost: readonly string[]
  readonly extra: readonly string[]
}

const namedMax = 12
/** The share that must be found again, and at most one may be lost where there are fewer than `fewBelow`. */
export const foundMin = 0.995
export const addedMax = 0.005
const fewBelow = 200

/** `wanted` is what must be found; `allowed` is all that the original showed. Counted as often as each is seen. */
export function shareOf(wanted: readonly string[], allowed: readonly string[], copy: readonly string[]): Share {
  const lost = without(wanted, copy)
  const extra = without(copy, allowed)
  const found = wanted.length - lost.length
  return {
    found,
    of: wanted.length,
    added: extra.length,
    shown: copy.length,
    lost: lost.slice(0, namedMax),
    extra: extra.slice(0, namedMax),
  }
}

/** Those of `all` that are not in `others`, each counted as often as it occurs. */
export function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>()
  for (const entry of others) left.set(entry, (left.get(entry) ?? 0) + 1)
  return all.filter((entry) => {
    const count = left.get(entry) ?? 0
    if (count > 0) left.set(entry, count - 1)
    return count === 0
  })
}

/** Those of `all` that are in `others` too. */
export function common(all: readonly string[], others: readonly string[]): readonly string[] {
  return without(all, without(all, others))
}

export function isFaithful({ found, of, added, shown }: Share): boolean {
  return isFound(found, of) && isFew(added, shown)
}

function isFound(found: number, of: number): boolean {
  return of < fewBelow ? of - found <= 1 : found / of >= foundMin
}

function isFew(added: number, shown: number): boolean {
  return shown < fewBelow ? added <= 1 : added / shown <= addedMax
}
