/** What a site remembers between pages: the last lists, which notices were closed, the newest head seen. No cookie. */
import type { Hash, Key, Time } from '../protocol/objects.ts'
import type { Pins } from './tag.ts'

/** What was received, as it was signed: kept between pages of a site and verified again on each. */
export type Received = { readonly key: Key; readonly envelopes: readonly unknown[] }
export type Memory = {
  readonly askedAt: Time
  readonly lists: readonly Received[]
  /** Pins that did not answer in time when they were asked last. */
  readonly silent: readonly Key[]
  /** The tag's members as they are now. */
  readonly pins?: Pins
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
const nothing: Memory = { askedAt: 0, lists: [], silent: [], closed: {}, heads: {}, left: {} }

export function recall(): Memory {
  try {
    const kept = { ...nothing, ...JSON.parse(localStorage.getItem(name) ?? '{}') }
    return Array.isArray(kept.lists) && kept.askedAt >= 0 ? kept : nothing
  } catch {
    return nothing // storage is closed to this page, or somebody else wrote there
  }
}

export function remember(change: Partial<Memory>): void {
  try {
    localStorage.setItem(name, JSON.stringify({ ...recall(), ...change }))
  } catch {
    return // full or closed: the next page asks again
  }
}

/** The last of many. Here and not in `remember`, which every page loads. */
export function newest<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).slice(-blogsMax))
}
