/** A document that asks for too much, as its owner is told of it: what, since when, when it is read again, the mend. Pure. */
import type { Time } from '../protocol/objects.ts'
import type { Costly } from './costly-store.ts'

export type CostlyNote = {
  /** Its address. */
  readonly document: string
  readonly reason: string
  readonly since: Time
  /** null: with the next round. */
  readonly next: Time | null
  readonly tries: number
  /** What to do: whole sentences. */
  readonly mend: string
}

const page =
  'Look for tags that are never closed (many <b>, <font> or <a> in a row), very deep nesting or a page of many megabytes. Until it is mended the feed’s articles stand in, or the page is left out of the copy.'
const sheet =
  'Look for style sheets of many megabytes, or with rules nested in each other without end. Until it is mended the copy looks plain.'
const mends: Readonly<Record<string, string>> = {
  'read-page': page,
  'copy-page': page,
  'read-sheet': sheet,
  'copy-sheets': sheet,
  'read-feed':
    'Let the feed carry fewer or shorter posts: twenty are usual. Until it is mended posts are found by links.',
}

export function costlyNote({ job, shown, detail, since, until, tries }: Costly, nowMs: Time): CostlyNote {
  return {
    document: shown,
    reason: detail,
    since,
    next: until > nowMs ? until : null,
    tries,
    mend: mends[job] ?? page,
  }
}
