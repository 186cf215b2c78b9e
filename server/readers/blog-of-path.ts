/** The blog that an old link belongs to: its host, or the longest base path of a blog below it. */
import { type BlogFacts, type FactsSource, factsNow } from '../../mirror/pages/facts.ts'
import { hostPathOf } from '../../protocol/addresses.ts'
import type { Sha256 } from '../../protocol/platform.ts'

/** Segments that an address may have. */
const segmentsMax = 5

export type BlogOfPath = {
  readonly facts: BlogFacts
  /** What follows the blog's address, percent-encoded as it came: "2026/first/". */
  readonly rest: string
}

/** `place` is "example.org/ana/2026/first/". Only proven addresses of blogs that are not refused are found. */
export async function blogOfPath(
  source: FactsSource,
  place: string,
  nowMs: number,
  sha256: Sha256,
): Promise<BlogOfPath | null> {
  const [host = '', ...segments] = place.split('/')
  for (let base = Math.min(segmentsMax, segments.length); base >= 0; base--) {
    const blog = await source.byHost(hostPathOf(host.toLowerCase(), segments.slice(0, base)))
    const facts = blog === null ? null : await factsNow(source, blog, nowMs, sha256)
    if (facts !== null) return { facts, rest: segments.slice(base).join('/') }
  }
  return null
}
