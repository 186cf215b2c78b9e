/**
 * Never replace a good copy by a bad page. A page that looks wrong is kept aside, not shown; a page that is only much
 * shorter, yet bears the blog's marker, is believed once it has stayed so for a day. Pure.
 *
 * Words alone condemn nothing: posts have titles like "Access denied". A page counts as a notice only where it says so
 * outside its links to posts, is short, and is not known as the blog's own: by its marker, by links to what the blog's
 * feed names, by likeness to the last good copy, or by leading on to several pages as no notice does.
 */
import { latin1 } from '../../protocol/bytes.ts'
import type { Hash, Time } from '../../protocol/objects.ts'
import type { floodedReason } from '../../protocol/quorum.ts'
import { saysChallenge, wallPageBytes, wallReason } from '../../protocol/walls.ts'
import type { PageFacts } from './page-facts.ts'
import { pathBelow, resolveUrl } from './url.ts'

export type AsideReason =
  | 'error'
  | 'not-a-page'
  | 'elsewhere'
  | 'blank'
  | 'too-costly'
  | 'suspended'
  | 'challenge'
  /** A wall in the page's place that is known by name, or a host that has had enough. */
  | `wall-${string}`
  | typeof floodedReason
  | 'login'
  | 'marker-gone'
  | 'shrunk'

/** Reasons that rest on what a page says and how it is built, and may therefore be wrong. */
const guesses: readonly string[] = ['suspended', 'challenge', 'login']

export function isGuess(reason: string): boolean {
  return guesses.includes(reason)
}

/** A guess that has lasted this long is given up where another operator saw the same page (capture-round.ts). */
export const guessLastsMs = 24 * 3_600_000

/** A page with less than this, no image and no marker says nothing. */
const blankLength = 20
/** Notices are short; an article that quotes one is long. */
const noticeLengthMax = 1500
/** A page this much shorter than the one before has lost its text. */
const shrunkRatio = 0.3
const shrunkFromLength = 800
export const shrunkBelievedMs = 24 * 3_600_000
/** Notices lead to their host, or nowhere; a blog to several of its own pages. */
const ownLinksMin = 2
/** Runs of words by which a page is known again, and the share of them that must be found. */
const runWords = 3
const runsMin = 8
const alikeShare = 0.5
/** Parking companies say little beside that; a post about a lost domain says more. */
const parkingLengthMax = 500
/** Titles of posts shorter than this are found in any text. */
const titleLengthMin = 8

const suspended =
  /account (has been |is )?suspended|this (account|site|website|domain|blog) (has been|is|was) (temporarily )?(suspended|disabled|deactivated|removed|expired)|bandwidth limit exceeded|resource limit is reached|domain (is )?(parked|for sale|expired)|(buy|purchase) this domain|domain may be for sale|website is no longer available|error establishing a database connection|briefly unavailable for scheduled maintenance|there has been a critical error on this website|default web ?site page|apache2 (debian|ubuntu) default page|welcome to nginx|it works!|index of \/|future home of|site not found|hosting account (is|has)|under (construction|maintenance)|(fatal|parse) error: (uncaught|allowed memory|maximum execution|call to|cannot|class|require|include|syntax)/
/** Files of an empty web space, and the notices of parking companies: both link to much that looks like pages. */
const listing = /^index of \//
const parking = /domain (is |may be )?(parked|for sale|expired)|(buy|purchase) this domain/
/** The same words for PHP. */
export const noticePatterns = { suspended, listing, parking } as const

export type Seen = {
  readonly status: number
  readonly isPage: boolean
  readonly from: string
  readonly facts: PageFacts | null
  /** Whether the bytes bear a wall's marks. */
  readonly isWall: boolean
}

/** What the blog's feed names: the last good one's items, and those of the feed that the page itself names. */
export type KnownItem = { readonly url?: string; readonly title: string }

export type JudgeContext = {
  readonly blog: Hash
  readonly address: string
  /** The page as it was last shown; null before the first capture. */
  readonly previous: PageFacts | null
  /** Items of the feed for a front page; for a page of a post that post's item alone. */
  readonly items: readonly KnownItem[]
  /** Since when the page has looked wrong for the same reason. */
  readonly asideSinceMs: Time | null
  readonly nowMs: Time
}

/** The wall whose marks the bytes of a page bear, as probes name it; null for none. */
export function wallOfPage(body: Uint8Array): string | null {
  return wallReason({ status: 200, headers: {}, page: latin1(body.subarray(0, wallPageBytes)) })
}

/** null where the page may be shown, else why not. */
export function judgePage(seen: Seen, context: JudgeContext): AsideReason | null {
  const { facts } = seen
  const { previous } = context
  if (seen.status >= 400 || seen.status < 200) return 'error'
  if (!seen.isPage || facts === null) return 'not-a-page'
  if (pathBelow(seen.from, context.address) === null) return 'elsewhere'
  const marked = facts.marker === context.blog
  if (facts.text.length < (marked ? 1 : blankLength) && facts.images === 0) return 'blank'
  if (facts.shell) return 'blank'
  const guess = guessOf(facts, context, marked, seen.isWall)
  if (guess !== null) return guess
  if (previous?.marker === context.blog && !marked) return 'marker-gone'
  return hasShrunk(facts, context, marked) ? 'shrunk' : null
}

function guessOf(facts: PageFacts, context: JudgeContext, marked: boolean, isWall: boolean): AsideReason | null {
  const { previous } = context
  if (facts.text.length > noticeLengthMax && !isWall) return null
  const said = `${facts.title.toLowerCase()} ${facts.unlinked}`
  const challenge = isWall || saysChallenge(said)
  const notice = marked ? null : suspended.test(said) ? 'suspended' : challenge ? 'challenge' : null
  const login = facts.asksPassword && previous?.asksPassword !== true ? 'login' : null
  const guess = notice ?? login
  return guess === null || isKnown(facts, context) || isBuiltLikeBlog(facts, said) ? null : guess
}

/** The page is the blog's own by what only the blog has. A marker in a file or in DNS outlives a suspension and says nothing. */
function isKnown(facts: PageFacts, { items, previous }: JudgeContext): boolean {
  if (namedItems(facts, items) >= Math.min(2, items.length) && items.length > 0) return true
  return previous !== null && isAlike(previous, facts)
}

function namedItems(facts: PageFacts, items: readonly KnownItem[]): number {
  const links = new Set(facts.links)
  const titled = `${facts.title.toLowerCase()} ${facts.text}`
  return items.filter(({ url, title }) => {
    const place = url === undefined ? null : resolveUrl(url, url)
    if (place !== null && links.has(place)) return true
    const folded = title.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
    return folded.length >= titleLengthMin && titled.includes(folded)
  }).length
}

function isAlike(previous: PageFacts, facts: PageFacts): boolean {
  const [before, now] = [runsOf(previous.text), runsOf(facts.text)]
  const [small, large] = before.size <= now.size ? [before, now] : [now, before]
  if (small.size < runsMin) return previous.text === facts.text
  return [...small].filter((run) => large.has(run)).length >= small.size * alikeShare
}

function runsOf(text: string): ReadonlySet<string> {
  const words = text.split(' ')
  return new Set(words.slice(runWords - 1).map((_, i) => words.slice(i, i + runWords).join(' ')))
}

function isBuiltLikeBlog(facts: PageFacts, said: string): boolean {
  const files = listing.test(facts.title.toLowerCase()) || listing.test(facts.heading)
  const parked = parking.test(`${facts.title.toLowerCase()} ${facts.heading}`) || facts.text.length <= parkingLengthMax
  return facts.links.length >= ownLinksMin && !files && !(parking.test(said) && parked)
}

function hasShrunk(facts: PageFacts, context: JudgeContext, marked: boolean): boolean {
  const { previous, asideSinceMs, nowMs } = context
  if (previous === null || previous.text.length < shrunkFromLength) return false
  if (facts.text.length >= previous.text.length * shrunkRatio) return false
  const lasting = asideSinceMs !== null && nowMs - asideSinceMs >= shrunkBelievedMs
  return !(lasting && (marked || previous.marker === null))
}
