/** What a site remembers between pages: the last lists, which notices were closed, the newest head seen. No cookie. */
import type { Hash, Time } from '../protocol/objects.ts'
import type { Received } from './lists.ts'

export type Memory = {
  readonly askedAt: Time
  readonly lists: readonly Received[]
  /** Blog → until when its notice stays closed. */
  readonly closed: Readonly<Record<Hash, Time>>
  /** Blog → (root version, seq) of the newest head that was checked: an older one is refused. */
  readonly heads: Readonly<Record<Hash, readonly [number, number]>>
  /** Blog → when this reader was last led away from it: not again at once, or there would be no way back. */
  readonly left: Readonly<Record<Hash, Time>>
}

const name = 'dgos-beacon'
/** Blogs remembered. */
const blogsMax = 100
const nothing: Memory = { askedAt: 0, lists: [], closed: {}, heads: {}, left: {} }

export function recall(): Memory {
  try {
    const kept = { ...nothing, ...JSON.parse(localStorage.getItem(name) ?? '{}') }
    return Array.isArray(kept.lists) && Number.isFinite(kept.askedAt) ? kept : nothing
  } catch {
    return nothing // storage is closed to this page, or somebody else wrote there
  }
}

export function remember(change: Partial<Memory>): void {
  const next = { ...recall(), ...change }
  const text = JSON.stringify({
    ...next,
    closed: newest(next.closed),
    heads: newest(next.heads),
    left: newest(next.left),
  })
  try {
    localStorage.setItem(name, text)
  } catch {
    return // full or closed: the next page asks again
  }
}

function newest<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).slice(-blogsMax))
}
