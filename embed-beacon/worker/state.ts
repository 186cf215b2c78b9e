/** What the worker remembers, in a cache of its own: workers have no localStorage. Nothing about the reader. */
import type { Time } from '../../protocol/objects.ts'
import type { Pins } from '../tag.ts'
import { scope } from './scope.ts'

export type State = {
  /** (root version, seq) of the newest head verified: an older one is refused. */
  readonly head: readonly [number, number] | null
  /** The evidence that held last. It is verified again each time. */
  readonly envelopes: readonly unknown[]
  /** The pinned members as they are now; null as long as they are those of the registration. */
  readonly pins: Pins | null
  readonly failures: readonly Time[]
  /** Days since 1970. */
  readonly lookedOn: number
  readonly orphanedOn: readonly number[]
}

/** Blogs below paths share their origin's caches. */
const cacheName = `dgos-sw ${new URL(scope.registration.scope).pathname}`
const place = '/dgos-sw-state'
/** More evidence than this is not kept. */
const bytesMax = 2_000_000
const nothing: State = { head: null, envelopes: [], pins: null, failures: [], lookedOn: 0, orphanedOn: [] }

export async function recall(): Promise<State> {
  const kept = await (await caches.open(cacheName)).match(place)
  if (kept === undefined) return nothing
  return { ...nothing, ...((await kept.json()) as Partial<State>) }
}

/** Pages that fail at once change it one after the other, each on what the former left. */
export function remember(change: (kept: State) => Partial<State>): Promise<State> {
  const mine = turn.then(
    () => write(change),
    () => write(change),
  )
  turn = mine
  return mine
}
let turn: Promise<unknown> = Promise.resolve()

async function write(change: (kept: State) => Partial<State>): Promise<State> {
  const kept = await recall()
  const next = { ...kept, ...change(kept) }
  const text = JSON.stringify(next)
  const short = text.length > bytesMax ? JSON.stringify({ ...next, envelopes: [] }) : text
  await (await caches.open(cacheName)).put(place, new Response(short))
  return next
}

export async function forget(): Promise<void> {
  await caches.delete(cacheName)
}
