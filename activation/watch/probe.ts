/**
 * One look at a blog from outside. Up = an answer below 500 that is recognisably this blog: its marker in the page, its
 * known front page, or its marker file. What a wall answers in its place is `defended`: it says nothing about the blog.
 * Anything else that answers is `changed` (parked, defaced, "account suspended"); no answer, or one of 500 and above, is
 * `down`.
 */
import type { Web, WebAnswer, WebFailure } from '../../lib/web.ts'
import { markersIn, visibleText } from '../../mirror/capture/html-tokens.ts'
import { refreshTarget } from '../../mirror/capture/meta-refresh.ts'
import { pathBelow } from '../../mirror/capture/url.ts'
import { latin1, textOf } from '../../protocol/bytes.ts'
import type { Hash, Observation, Time } from '../../protocol/objects.ts'
import { wallReason } from '../../protocol/walls.ts'
import { alike, type FrontMarks, frontMarks } from './front-marks.ts'

/** What a watcher reads of a page: enough for the marker and the fingerprint, little enough for the origin. */
export const probeBytesMax = 32 * 1024
/** A page that takes longer is not there for its readers. */
export const probeTimeMs = 10_000
const markerFileBytesMax = 8 * 1024
/** Fewer visible characters than this, and the page is blank. */
const blankLength = 8

export type Expected = {
  readonly blog: Hash
  /** Marks of the last good front page; null where no copy is here yet. */
  readonly front: FrontMarks | null
}
export type Probed = {
  readonly state: Observation['state']
  readonly reason: string
  /** Of an answer that calls the blog defended: when its host wants to be asked again. */
  readonly retryAfter?: string
}

/** What pages say that stand in a blog's place. Looked for only where neither marker nor fingerprint is found. */
const strangers: readonly (readonly [string, RegExp])[] = [
  ['suspended', /account (?:has been |is |was )?suspended|website (?:has been )?suspended|suspendedpage/i],
  ['parked', /domain (?:name )?(?:is |may be )?(?:for sale|parked|expired)|buy this domain|sedoparking|parkingcrew/i],
  ['defaced', /(?:hacked|defaced|owned|pwned) by/i],
  ['default-page', /apache2? \w* ?default page|welcome to nginx|it works!|index of \//i],
]

/** Failures of the way there that are a matter of what the blog answered, not of its being gone. */
const misled: readonly WebFailure[] = ['bad-url', 'scheme', 'port', 'credentials', 'encoding']

/** Pure. `no-marker` is the one reason that the marker file may still overrule. */
export function judgeProbe(answer: WebAnswer, expected: Expected): Probed {
  if (!answer.ok) return { state: misled.includes(answer.reason) ? 'changed' : 'down', reason: answer.reason }
  const page = latin1(answer.body.subarray(0, probeBytesMax))
  if (answer.status < 500) {
    if (hasTag(page, expected.blog)) return { state: 'up', reason: 'tag' }
    const known = expected.front !== null && alike(expected.front, frontMarks(answer.body))
    if (known) return { state: 'up', reason: 'known-page' }
  }
  const wall = wallReason({ ...answer, page })
  if (wall !== null) {
    const retryAfter = answer.headers['retry-after']
    return { state: 'defended', reason: wall, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }
  if (answer.status >= 500) return { state: 'down', reason: `status-${answer.status}` }
  const stranger = strangers.find(([, pattern]) => pattern.test(page))
  if (stranger !== undefined) return { state: 'changed', reason: stranger[0] }
  if (answer.status >= 300) return { state: 'changed', reason: `status-${answer.status}` }
  if (visibleText(page).length < blankLength) return { state: 'changed', reason: 'blank' }
  return { state: 'changed', reason: 'no-marker' }
}

/** Why a watcher votes down although a wall answers: the blog behind it has ceased to speak. */
export const outlivedReason = 'no-life'

/** Pure. A wall can outlive its blog: where a row of lives has ended behind it, what it answers counts as nothing. */
export function judgeWall(probed: Probed, silentSinceMs: Time | null): Probed {
  return probed.state === 'defended' && silentSinceMs !== null ? { state: 'down', reason: outlivedReason } : probed
}

/** Whether the page bears `<meta name="dgos" content="<blog>">`, attributes in either order and any quotes. */
export function hasTag(page: string, blog: Hash): boolean {
  return markersIn(page).some((marker) => marker.toLowerCase() === blog)
}

export type MarkerFile = { readonly blog: Hash; readonly life: string | null }

/** `/.well-known/dgos.json` as text: null where it is not this blog's. `life` counts only below the blog's own origin. */
export function readMarkerFile(answer: WebAnswer, blog: Hash, address: string): MarkerFile | null {
  if (!answer.ok || answer.status !== 200) return null
  let value: unknown
  try {
    value = JSON.parse(textOf(answer.body) ?? '')
  } catch {
    return null // not JSON: no marker
  }
  if (typeof value !== 'object' || value === null) return null
  const fields = value as Record<string, unknown>
  if (fields.blog !== blog) return null
  const life = typeof fields.life === 'string' && fields.life.length <= 1024 ? fields.life : null
  return { blog, life: life?.startsWith(originOf(address)) ? life : null }
}

/** `https://host:port/` of an address. */
export function originOf(address: string): string {
  return /^https?:\/\/[^/]+\//.exec(address)![0]
}

export class Probe {
  readonly #web: Web
  readonly #userAgent: string

  constructor(deps: { readonly web: Web }, options: { readonly userAgent: string }) {
    this.#web = deps.web
    this.#userAgent = options.userAgent
  }

  async look(address: string, expected: Expected): Promise<Probed> {
    const first = await this.#page(address)
    const atFirst = judgeProbe(first, expected)
    const target = first.ok && atFirst.state === 'changed' ? refreshTarget(latin1(first.body), first.url) : null
    const lower = first.ok && first.url.startsWith('https:') && target?.startsWith('https:') === false
    const probed =
      target !== null && !lower && pathBelow(target, address) !== null
        ? judgeProbe(await this.#page(target), expected)
        : atFirst
    if (probed.reason !== 'no-marker') return probed
    return (await this.markerFile(address, expected.blog)) === null ? probed : { state: 'up', reason: 'marker-file' }
  }

  #page(url: string): Promise<WebAnswer> {
    return this.#web.fetch({
      url,
      headers: { 'user-agent': this.#userAgent, accept: 'text/html,*/*;q=0.5' },
      bytesMax: probeBytesMax,
      cut: true,
      timeMs: probeTimeMs,
      redirectsMax: 5,
      lenient: true,
    })
  }

  /** The blog's marker file, where it lies at the origin. A blog in a folder of someone else's host has none. */
  async markerFile(address: string, blog: Hash): Promise<MarkerFile | null> {
    if (originOf(address) !== address) return null
    const answer = await this.#web.fetch({
      url: `${address}.well-known/dgos.json`,
      headers: { 'user-agent': this.#userAgent, accept: 'application/json' },
      bytesMax: markerFileBytesMax,
      timeMs: probeTimeMs,
      redirectsMax: 2,
    })
    return readMarkerFile(answer, blog, address)
  }
}
