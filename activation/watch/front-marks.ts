/**
 * The fingerprint by which a watcher knows a blog's front page again: short runs of its visible words. New posts change
 * some of them, another site all of them. Works on bytes read as Latin-1, so that no charset has to be guessed twice.
 */

import { visibleText } from '../../mirror/capture/html-tokens.ts'
import { latin1 } from '../../protocol/bytes.ts'

/** Bytes of a front page that are looked at; the same on both sides of a comparison. */
const markBytesMax = 32 * 1024
const titleCharactersMax = 300
const runWords = 3
const marksMax = 4000
/** Share of the smaller page's marks that the other must hold. Templates, menus and old posts keep far more than this. */
const alikeShare = 0.3
/** Below this the text is too short to tell pages apart by runs of words: then the title must be the same. */
const marksMin = 8

export type FrontMarks = { readonly title: string; readonly runs: ReadonlySet<string> }

export function frontMarks(page: Uint8Array): FrontMarks {
  const html = latin1(page.subarray(0, markBytesMax))
  const title = (/<title[^<>]*>([^<]*)/i.exec(html)?.[1] ?? '').slice(0, titleCharactersMax).trim()
  const words = visibleText(html).toLowerCase().split(' ')
  const runs = new Set<string>()
  for (let i = 0; i + runWords <= words.length && runs.size < marksMax; i++)
    runs.add(words.slice(i, i + runWords).join(' '))
  return { title, runs }
}

/** Whether two front pages are two states of one blog. */
export function alike(a: FrontMarks, b: FrontMarks): boolean {
  const [small, large] = a.runs.size <= b.runs.size ? [a.runs, b.runs] : [b.runs, a.runs]
  if (small.size < marksMin) return a.title !== '' && a.title === b.title
  let shared = 0
  for (const run of small) if (large.has(run)) shared++
  return shared >= small.size * alikeShare
}
