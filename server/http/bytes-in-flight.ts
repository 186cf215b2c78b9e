/**
 * Bytes of request bodies that are in memory at one time: so many in all, so many from one address block. A part is kept
 * back for the known (a wanted attachment, an app's token, a door's secret), no more of it for one of them than for
 * another, with a corner for their short bodies, so that pictures mute no word; a smaller part for short bodies of anybody, one at a time for each sender and not for long, since a signed word
 * shows only at its end whose it is. So whoever fills all that strangers may fill keeps no author from being heard.
 */

import type { Clock } from '../../lib/clock.ts'

export type InFlightOptions = {
  readonly bytesMax: number
  readonly blockBytesMax: number
  /** Of `bytesMax`, for the known alone; for short bodies of the known, whatever the others send; and for anybody's. */
  readonly knownBytesMax: number
  readonly wordBytesMax: number
  readonly shortBytesMax: number
}

const mebi = 1024 * 1024
export const inFlightDefaults: InFlightOptions = {
  bytesMax: 64 * mebi,
  blockBytesMax: 16 * mebi,
  knownBytesMax: 12 * mebi,
  wordBytesMax: 4 * mebi,
  shortBytesMax: 4 * mebi,
}

/** A body that says it is no longer than this is short: a signed post of some pages. */
export const shortBodyBytesMax = 128 * 1024
/** What one of the known may take of their part: three of them at least find room. */
const knownShare = 3
/** The same of short bodies: a signed post or two of each of sixteen. */
const wordShare = 16
/** Where there is no room, bodies that have come slower than this since so long make some. */
const slowBytesPerSecond = 32_000
const slowAfterMs = 3_000

export type Sender = {
  /** Of the sender's address: the wide one, and the narrow one. */
  readonly block: string
  readonly sender: string
  /** Who is known to send it, as far as was seen; null for strangers. */
  known(): string | null
  /** As the request says; null where it says none. */
  readonly length: number | null
}

type Pool = 'open' | 'known' | 'word' | 'short'
const pools: readonly Pool[] = ['open', 'known', 'word', 'short']

/** The bytes of one body. `add` is false where there is no room: then the body is dropped. `end` gives all back, once. */
export type BodyBytes = { add(bytes: number): boolean; readonly pool: Pool; end(): void }

type Body = {
  readonly from: Sender
  readonly startMs: number
  readonly drop: () => void
  readonly taken: Record<Pool, number>
  /** The latest room that it was given. */
  pool: Pool
  known: string
  isShort: boolean
}

export class BytesInFlight {
  readonly #clock: Clock
  readonly #options: InFlightOptions
  readonly #used: Record<Pool, number> = { open: 0, known: 0, word: 0, short: 0 }
  readonly #bodies = new Set<Body>()
  readonly #byBlock = new Map<string, number>()
  readonly #byKnown = new Map<string, number>()
  readonly #wordsByKnown = new Map<string, number>()
  readonly #shortSenders = new Set<string>()

  constructor(deps: { readonly clock: Clock }, options: InFlightOptions = inFlightDefaults) {
    this.#clock = deps.clock
    this.#options = options
  }

  get bytes(): number {
    return total(this.#used)
  }

  /** `drop` is called where this body makes room for others: it has come slowly, and there is no other room. */
  begin(from: Sender, drop: () => void): BodyBytes {
    const startMs = this.#clock.steadyMs()
    const taken = { open: 0, known: 0, word: 0, short: 0 }
    const body: Body = { from, startMs, drop, taken, pool: 'open', known: '', isShort: false }
    this.#bodies.add(body)
    return {
      get pool() {
        return body.pool
      },
      add: (bytes) => {
        while (!this.#fits(body, bytes)) if (!this.#makeRoom(body)) return false
        return true
      },
      end: () => this.#end(body),
    }
  }

  #fits(body: Body, bytes: number): boolean {
    if (this.#fitsOpen(body.from, bytes)) {
      count(this.#byBlock, body.from.block, bytes)
      return this.#take(body, 'open', bytes)
    }
    const known = body.known || nameOf(body.from)
    if (known !== '' && this.#fitsKnown(known, bytes)) {
      body.known = known
      count(this.#byKnown, known, bytes)
      return this.#take(body, 'known', bytes)
    }
    if (known !== '' && isShortBody(body.from) && this.#fitsWord(known, bytes)) {
      body.known = known
      count(this.#wordsByKnown, known, bytes)
      return this.#take(body, 'word', bytes)
    }
    if (!body.isShort && !this.#mayBeShort(body.from)) return false
    if (this.#used.short + bytes > this.#options.shortBytesMax) return false
    body.isShort = true
    this.#shortSenders.add(body.from.sender)
    return this.#take(body, 'short', bytes)
  }

  #take(body: Body, pool: Pool, bytes: number): true {
    body.pool = pool
    body.taken[pool] += bytes
    this.#used[pool] += bytes
    return true
  }

  #end(body: Body): void {
    if (!this.#bodies.delete(body)) return
    const { taken, from } = body
    for (const pool of pools) this.#used[pool] -= taken[pool]
    count(this.#byBlock, from.block, -taken.open)
    count(this.#byKnown, body.known, -taken.known)
    count(this.#wordsByKnown, body.known, -taken.word)
    if (body.isShort) this.#shortSenders.delete(from.sender)
  }

  /** Drops the slowest of those that come slowly. Who only holds room has it as long as nobody else needs it. */
  #makeRoom(forBody: Body): boolean {
    const nowMs = this.#clock.steadyMs()
    let slowest: Body | null = null
    let slowestRate = slowBytesPerSecond
    for (const body of this.#bodies) {
      const ms = nowMs - body.startMs
      if (body === forBody || ms < slowAfterMs) continue
      const rate = (total(body.taken) * 1000) / ms
      if (rate >= slowestRate) continue
      slowest = body
      slowestRate = rate
    }
    if (slowest === null) return false
    this.#end(slowest)
    slowest.drop()
    return true
  }

  #fitsOpen({ block }: Sender, bytes: number): boolean {
    const { bytesMax, knownBytesMax, wordBytesMax, shortBytesMax, blockBytesMax } = this.#options
    if (this.#used.open + bytes > bytesMax - knownBytesMax - wordBytesMax - shortBytesMax) return false
    return (this.#byBlock.get(block) ?? 0) + bytes <= blockBytesMax
  }

  #fitsKnown(known: string, bytes: number): boolean {
    const { knownBytesMax } = this.#options
    if (this.#used.known + bytes > knownBytesMax) return false
    return (this.#byKnown.get(known) ?? 0) + bytes <= knownBytesMax / knownShare
  }

  #fitsWord(known: string, bytes: number): boolean {
    const { wordBytesMax } = this.#options
    if (this.#used.word + bytes > wordBytesMax) return false
    return (this.#wordsByKnown.get(known) ?? 0) + bytes <= wordBytesMax / wordShare
  }

  #mayBeShort(from: Sender): boolean {
    return isShortBody(from) && !this.#shortSenders.has(from.sender)
  }
}

function isShortBody({ length }: Sender): boolean {
  return length !== null && length <= shortBodyBytesMax
}

function total(bytes: Readonly<Record<Pool, number>>): number {
  return pools.reduce((sum, pool) => sum + bytes[pool], 0)
}

/** The known, and where they send from: who repeats what an author sends takes nothing of the author's part. */
function nameOf({ known, sender }: Sender): string {
  const name = known()
  return name === null ? '' : `${name} ${sender}`
}

function count(counts: Map<string, number>, name: string, bytes: number): void {
  const left = (counts.get(name) ?? 0) + bytes
  if (left > 0) counts.set(name, left)
  else counts.delete(name)
}
