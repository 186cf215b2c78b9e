/** What a page says of itself without a tree: the blogs it is marked as, and where it sends its reader. */
import type { Job } from '../../lib/workers.ts'
import { markersIn } from './html-tokens.ts'
import { refreshTarget } from './meta-refresh.ts'
import { pageSource } from './page-source.ts'

export type MarksInput = { readonly bytes: Uint8Array; readonly type: string; readonly url: string }
export type PageMarks = {
  readonly markers: readonly string[]
  /** See `refreshTarget`. */
  readonly target: string | null
}

/** Blogs that one page is marked as: whoever moves names two. */
const markersMax = 16
const markerLengthMax = 64

export function readMarks({ bytes, type, url }: MarksInput): PageMarks {
  const text = pageSource(bytes, type)
  const markers = markersIn(text).filter((marker) => marker.length <= markerLengthMax)
  return { markers: markers.slice(0, markersMax), target: refreshTarget(text, url) }
}

export const marksJob: Job<MarksInput, PageMarks> = { name: 'read-marks', act: readMarks }
