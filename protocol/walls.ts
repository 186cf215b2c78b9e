/**
 * Walls: what stands before a blog and lets persons' browsers pass, but not guards. An answer of a wall says nothing about
 * the blog behind it, neither that it is there nor that it is gone. One list for probes and captures: walls.json.
 *
 * A wall is judged only where the page is not recognisably the blog's own. Never a wall: an edge that says it cannot reach
 * the blog's server (520 … 527, 530), and any other answer of 500 and above but 503.
 */
import type { Time } from './objects.ts'
import { floodedReason } from './quorum.ts'
import table from './walls.json' with { type: 'json' }

export type WallAnswer = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The first 32 KiB of the page, each byte as one character. */
  readonly page: string
}

export type Wall = {
  readonly name: string
  readonly title: string
  /** What an owner does so that guards come through. */
  readonly letIn: string
}

/** Bytes of a page that are looked at, by watchers and captures alike. */
export const wallPageBytes = 32 * 1024
/** Why a watcher calls a blog defended by a wall. */
const reasonOf = (name: string) => `wall-${name}`

/** Visible characters, blanks not counted, of a page that a wall puts in a blog's place. An article about walls is longer. */
const wallTextMax = 3000
/** Of a page that is known only by what it says. */
const phraseTextMax = 1500
/** Of a page that is known only by its captcha: a blog may have one beside its contact form. */
const widgetTextMax = 400
/** A host that asks for more quiet than this is not obeyed: it would keep watchers away for good. */
const retryAfterMsMax = 3_600_000
/** IMF-fixdate of RFC 9110. The two older forms are written by nobody. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** The reason to call the blog defended, `wall-<name>` or `floodedReason`; null where no wall answered. Pure, linear in the page. */
export function wallReason({ status, headers, page }: WallAnswer): string | null {
  if (table.goneStatuses.includes(status) || (status >= 500 && status !== 503)) return null
  const has = ({ name, has }: { readonly name: string; readonly has: string }) =>
    headers[name]?.toLowerCase().includes(has) ?? false
  const atEdge = table.edgeStatuses.includes(status)
  const text = page.toLowerCase()
  const length = visibleLength(text)
  for (const wall of table.walls) {
    if (wall.headers.some(has) || (atEdge && wall.edges.some(has))) return reasonOf(wall.name)
    if (length <= wallTextMax && wall.page.some((mark) => text.includes(mark))) return reasonOf(wall.name)
  }
  if (length <= phraseTextMax && table.phrases.some((mark) => text.includes(mark))) return reasonOf('captcha')
  if (length <= widgetTextMax && table.widgets.some((mark) => text.includes(mark))) return reasonOf('captcha')
  return status === 429 ? floodedReason : null
}

/** Whether a text, in lower case, is what walls say: not what a copy should hold. For short pages only. */
export function saysChallenge(text: string): boolean {
  return [...table.phrases, ...table.refusals].some((phrase) => text.includes(phrase))
}

/** The wall that a reason names; null for any other reason. */
export function wallOf(reason: string): Wall | null {
  const wall = table.walls.find(({ name }) => reasonOf(name) === reason)
  return wall === undefined ? null : { name: wall.name, title: wall.title, letIn: wall.letIn }
}

/** Milliseconds that `Retry-After` asks for, seconds or a date: at most an hour; null where it asks for nothing. */
export function retryAfterMs(value: string | undefined, nowMs: Time): number | null {
  const text = (value ?? '').trim()
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : null
  const ms = seconds !== null ? seconds * 1000 : httpDate.test(text) ? Date.parse(text) - nowMs : 0
  return ms > 0 ? Math.min(ms, retryAfterMsMax) : null
}

/** Characters between the tags, without blanks, scripts and styles. `text` is in lower case; what is cut off counts not. */
function visibleLength(text: string): number {
  let length = 0
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('<', at)
    const end = open < 0 ? text.length : open
    for (; at < end; at++) if (text.charCodeAt(at) > 32) length++
    if (open < 0) break
    const unseen = ['script', 'style', 'noscript'].find((name) => text.startsWith(name, open + 1))
    const close = unseen === undefined ? text.indexOf('>', open) : text.indexOf(`</${unseen}`, open)
    if (close < 0) break
    at = close + (unseen === undefined ? 1 : unseen.length + 2)
    if (unseen !== undefined) at = text.indexOf('>', at) < 0 ? text.length : text.indexOf('>', at) + 1
  }
  return length
}
