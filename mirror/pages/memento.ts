/**
 * Memento (RFC 7089) over the copies that a mirror keeps: which there are, which is nearest to a moment, and how a
 * TimeMap lists them. Pure.
 */
import { byTime, type SignedObject, type SnapshotPage, type Time } from '../../protocol/objects.ts'
import type { BlogFacts } from './facts.ts'

export type Memento = {
  /** As in every archive's addresses: "20261120180000". */
  readonly stamp: string
  readonly time: Time
  readonly snapshot: SignedObject<'snapshot'>
}

/** Oldest first, one a second. What the blog's server said after its author began to distrust it is none. */
export function mementosOf({ blog, roles, state }: BlogFacts): readonly Memento[] {
  const { online } = roles.chain.current.payload
  const distrusted = state.distrustSince ?? Number.POSITIVE_INFINITY
  const byStamp = new Map<string, Memento>()
  for (const snapshot of [...blog.snapshot].sort(byTime)) {
    const { key, time } = snapshot.payload
    if (key === online && time >= distrusted) continue
    byStamp.set(stampOf(time), { stamp: stampOf(time), time, snapshot })
  }
  return [...byStamp.values()]
}

/** The page of a copy that has this address on the blog, with or without its final slash. */
export function pageAt({ snapshot }: Memento, url: string): SnapshotPage | null {
  const plain = (url: string) => url.replace(/\/$/, '')
  const { pages, address } = snapshot.payload
  return pages.find((page) => plain(new URL(page.path.slice(1), address).href) === plain(url)) ?? null
}

/** The newest that is not younger, else the oldest: what a reader of that day saw. */
export function nearest(mementos: readonly Memento[], time: Time): Memento | null {
  return mementos.findLast((memento) => memento.time <= time) ?? mementos[0] ?? null
}

export type TimeMapPlaces = {
  readonly original: string
  readonly timegate: string
  readonly timemap: string
  readonly url: (memento: Memento) => string
}

/** RFC 7089 section 5, in the link format of RFC 6690. */
export function timeMap(mementos: readonly Memento[], places: TimeMapPlaces): string {
  const last = mementos.length - 1
  const links = mementos.map((memento, i) => {
    const rel = ['memento', ...(i === 0 ? ['first'] : []), ...(i === last ? ['last'] : [])].join(' ')
    return `<${places.url(memento)}>; rel="${rel}"; datetime="${httpDate(memento.time)}"`
  })
  return [
    `<${places.original}>; rel="original"`,
    `<${places.timegate}>; rel="timegate"`,
    `<${places.timemap}>; rel="self"; type="application/link-format"`,
    ...links,
  ].join(',\n')
}

/** What a page of a copy says of itself (RFC 7089 section 2). */
export function mementoHeaders(time: Time, original: string, memberUrl: string, base: string): readonly string[] {
  const at = `${memberUrl}${base.slice(1)}`
  const links = `<${original}>; rel="original", <${at}timegate/${original}>; rel="timegate", <${at}timemap/${original}>; rel="timemap"; type="application/link-format"`
  return ['Memento-Datetime', httpDate(time), 'Link', links]
}

export function stampOf(time: Time): string {
  return new Date(time)
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14)
}

export function httpDate(time: Time): string {
  return new Date(time).toUTCString()
}
