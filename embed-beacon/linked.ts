/** Which guarded addresses a page links to. Computed in the page; nobody is asked about them. */
import { hostPathOf } from '../protocol/addresses.ts'

/** Different addresses looked at on one page. */
export const linksMax = 400
/** Base paths of blogs have at most this many segments. */
const segmentsMax = 3

export type Linked = { readonly host: string; readonly href: string }

/** Host path → the first link below it, without the page's own. "https://a.example/ana/1" gives "a.example", "a.example/~ana", … */
export function linkedHostPaths(links: Iterable<{ readonly href: string }>, own: string): Map<string, Linked> {
  const found = new Map<string, Linked>()
  const mine = new Set(hostPathsOf(own).map(([path]) => path))
  for (const { href } of links) {
    if (found.size >= linksMax) break
    for (const [path, linked] of hostPathsOf(href)) if (!mine.has(path) && !found.has(path)) found.set(path, linked)
  }
  return found
}

function hostPathsOf(href: string): readonly (readonly [string, Linked])[] {
  if (!URL.canParse(href)) return []
  const { protocol, host, pathname } = new URL(href)
  if (!/^https?:$/.test(protocol)) return []
  const segments = pathname.split('/').filter((segment) => segment !== '')
  const depths = Array.from({ length: Math.min(segments.length, segmentsMax) + 1 }, (_, i) => i)
  return depths.map((depth) => {
    const base = segments.slice(0, depth)
    return [hostPathOf(host, base), { host: [host, ...base].join('/'), href }]
  })
}
