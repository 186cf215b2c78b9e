/**
 * Never replace a good copy by a bad page. A page that looks wrong is kept aside, not shown; a page that is only much
 * shorter, yet bears the blog's marker, is believed once it has stayed so for a day. Pure.
 */
import type { Hash, Time } from '../../protocol/objects.ts'
import type { PageFacts } from './page-facts.ts'
import { pathBelow } from './url.ts'

export type AsideReason =
  | 'error'
  | 'not-a-page'
  | 'elsewhere'
  | 'blank'
  | 'suspended'
  | 'challenge'
  | 'login'
  | 'marker-gone'
  | 'shrunk'

/** A page with less than this, no image and no marker says nothing. */
const blankLength = 20
/** Notices are short; an article that quotes one is long. */
const noticeLengthMax = 1500
/** A page this much shorter than the one before has lost its text. */
const shrunkRatio = 0.3
const shrunkFromLength = 800
export const shrunkBelievedMs = 24 * 3_600_000

const suspended =
  /account (has been |is )?suspended|this (account|site|website|domain|blog) (has been|is|was) (temporarily )?(suspended|disabled|deactivated|removed|expired)|bandwidth limit exceeded|resource limit is reached|domain (is )?(parked|for sale|expired)|(buy|purchase) this domain|domain may be for sale|website is no longer available|error establishing a database connection|briefly unavailable for scheduled maintenance|there has been a critical error on this website|default web ?site page|apache2 (debian|ubuntu) default page|welcome to nginx|it works!|index of \/|future home of|site not found|hosting account (is|has)|under (construction|maintenance)/
const challenge =
  /just a moment\.\.\.|checking your browser|verify (that )?you are (a )?human|enable javascript and cookies to continue|attention required!|ddos protection by|are you a robot|please complete the (security check|captcha)|access denied/

export type Seen = {
  readonly status: number
  readonly isPage: boolean
  readonly from: string
  readonly facts: PageFacts | null
}

export type JudgeContext = {
  readonly blog: Hash
  readonly address: string
  /** The page as it was last shown; null before the first capture. */
  readonly previous: PageFacts | null
  /** Since when the page has looked wrong for the same reason. */
  readonly asideSinceMs: Time | null
  readonly nowMs: Time
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
  const short = facts.text.length <= noticeLengthMax
  const said = `${facts.title.toLowerCase()} ${facts.text}`
  const wasShort = previous !== null && previous.text.length <= noticeLengthMax
  if (short && !marked && suspended.test(said) && !(wasShort && suspended.test(previous.text))) return 'suspended'
  if (short && !marked && challenge.test(said)) return 'challenge'
  if (facts.asksPassword && short && previous?.asksPassword !== true) return 'login'
  if (previous?.marker === context.blog && !marked) return 'marker-gone'
  return hasShrunk(facts, context, marked) ? 'shrunk' : null
}

function hasShrunk(facts: PageFacts, context: JudgeContext, marked: boolean): boolean {
  const { previous, asideSinceMs, nowMs } = context
  if (previous === null || previous.text.length < shrunkFromLength) return false
  if (facts.text.length >= previous.text.length * shrunkRatio) return false
  const lasting = asideSinceMs !== null && nowMs - asideSinceMs >= shrunkBelievedMs
  return !(lasting && (marked || previous.marker === null))
}
