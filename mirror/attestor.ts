/**
 * Attesting addresses: a member that ranks for an address (protocol/placement `attesters`) looks there for the blog's
 * marker and gives its word that it saw it. Only addresses with enough such words are captured, listed or redirected to,
 * so nobody can enrol someone else's blog.
 *
 * Markers: `<meta name="dgos" content="<blog>">` in the page, `/.well-known/dgos.json` {"blog": "<blog>"}, or DNS TXT
 * `_dgos.<host>` "dgos=<blog>". A blog in a folder of a host has only the tag: the other two belong to the whole host.
 */

import type { Ledger } from '../ledger/ledger.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { DnsText } from '../lib/dns.ts'
import type { Log } from '../lib/log.ts'
import type { Schedule } from '../lib/schedule.ts'
import type { Web } from '../lib/web.ts'
import { TOO_COSTLY, type Workers } from '../lib/workers.ts'
import { textOf } from '../protocol/bytes.ts'
import { type Attestation, blogOf, type Hash, type SignedObject, type Time } from '../protocol/objects.ts'
import { attesters } from '../protocol/placement.ts'
import type { Sha256, Signer } from '../protocol/platform.ts'
import { rootChain } from '../protocol/roots.ts'
import { isHtml, mediaType } from './capture/media-type.ts'
import { marksJob, type PageMarks } from './capture/read-marks.ts'
import { pathBelow } from './capture/url.ts'
import { FairLanes } from './fair-lanes.ts'
import { ForeignReader } from './foreign-reader.ts'

export type Marker = Attestation['marker']

export type AttestorDeps = {
  readonly ledger: Ledger
  readonly web: Web
  readonly dnsText: DnsText
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  readonly signer: Signer
  /** In line where there are none. */
  readonly workers?: Workers
}

export type AttestorOptions = {
  readonly userAgent: string
  /** How long a page may take that is looked at for the first time, and one that was silent or bare before. */
  readonly firstTimeMs: number
  readonly timeMs: number
  /** A word of ours is renewed at this age. It counts for 30 days. */
  readonly renewMs: number
  /** The first pause after a look that found no marker; each further one is four times as long, up to `renewMs`. */
  readonly retryMs: number
}

/** `retryMs` is the operator's to set. */
export const attestorDefaults: Omit<AttestorOptions, 'userAgent' | 'retryMs'> = {
  firstTimeMs: 4_000,
  timeMs: 10_000,
  renewMs: 7 * 86_400_000,
}

/**
 * Looks at one time. Addresses that failed before have a line of their own: whoever names silent ones waits with them, and a
 * blog that is new does not.
 */
const lines = { name: 'attest', quick: 24, slow: 8, sideBySide: 2, ownerLengthMax: 8 }

/** The tag stands in the head; themes put at most some hundred kilobytes before it. */
const pageBytesMax = 512 * 1024
const fileBytesMax = 4096

export class Attestor {
  readonly #deps: AttestorDeps
  readonly #options: AttestorOptions
  readonly #waits = new Map<string, { readonly untilMs: Time; readonly tries: number }>()
  readonly #noted = new Set<Hash>()
  readonly #lanes: FairLanes
  readonly #foreign: ForeignReader
  #all = true

  constructor(deps: AttestorDeps, options: AttestorOptions) {
    this.#deps = deps
    this.#options = options
    this.#lanes = new FairLanes(deps, lines)
    this.#foreign = new ForeignReader(deps)
  }

  start(schedule: Schedule, lookMs: number, allMs: number): Cancel {
    const cancels = [
      schedule.every('attest', lookMs, 0, () => this.#begin()),
      schedule.every('attest-all', allMs, 0, async () => {
        this.#all = true
      }),
      this.#deps.ledger.onStored((objects) => this.note(objects)),
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  /** Records that a blog's addresses deserve a look: it has a new root. Earlier failures are forgiven. */
  note(objects: readonly SignedObject[]): void {
    for (const object of objects) {
      const blog = blogOf(object)
      if (object.kind !== 'root' || blog === null) continue
      this.#noted.add(blog)
      for (const address of object.payload.addresses) this.#waits.delete(waitKey(blog, address))
    }
  }

  /** Everything that is due, to its end. */
  async tick(): Promise<void> {
    await this.#begin()
    await this.#lanes.drain()
  }

  /** Begins to look at everything that is due. Waits for nobody's server. */
  async #begin(): Promise<void> {
    const waiting = [...this.#waits].filter(([, wait]) => wait.untilMs <= this.#deps.clock.nowMs())
    const retried = waiting.map(([key]) => key.slice(0, 64))
    const due = this.#all ? this.#deps.ledger.blogs() : [...new Set([...this.#noted, ...retried])]
    this.#all = false
    this.#noted.clear()
    for (const blog of due) await this.#plan(blog)
  }

  /** Looks at those addresses of the blog for which this member ranks and its word is missing or old. */
  async look(blog: Hash): Promise<readonly SignedObject<'attestation'>[]> {
    const given = await Promise.all(await this.#plan(blog))
    return given.filter((attestation) => attestation !== null)
  }

  /** The looks that a blog needs now, each in its line. */
  async #plan(blog: Hash): Promise<readonly Promise<SignedObject<'attestation'> | null>[]> {
    const { ledger, clock, signer } = this.#deps
    const objects = await ledger.blog(blog)
    const root = rootChain(blog, objects.root)?.current
    if (root === undefined || root.payload.closed === true) return []
    const nowMs = clock.nowMs()
    return root.payload.addresses.flatMap((address) => {
      const own = objects.attestation.filter(
        (attestation) => attestation.payload.key === signer.key && attestation.payload.address === address,
      )
      const young = own.some((attestation) => attestation.payload.time > nowMs - this.#options.renewMs)
      if (young || !this.#mayLook(blog, address)) return []
      const failed = this.#waits.has(waitKey(blog, address))
      const turn = { owner: blog, place: new URL(address).host }
      let given: SignedObject<'attestation'> | null = null
      const look = this.#lanes.begin(waitKey(blog, address), turn, failed, async () => {
        given = await this.#lookAt(blog, address, root.id, failed)
      })
      if (look === null) this.#noted.add(blog) // under way, or no room: it comes again with the next tick
      return look === null ? [] : [look.then(() => given)]
    })
  }

  async #lookAt(blog: Hash, address: string, root: Hash, failed: boolean): Promise<SignedObject<'attestation'> | null> {
    const { ledger, signer, log } = this.#deps
    const { firstTimeMs, timeMs } = this.#options
    const marker = await this.marker(blog, address, failed ? timeMs : firstTimeMs)
    if (marker === null) {
      this.#wait(blog, address)
      return null
    }
    this.#waits.delete(waitKey(blog, address))
    const given = await ledger.publish('attestation', { blog, address, root, marker }, signer)
    log.info('address-attested', { blog, address, marker })
    return given
  }

  /** Which marker of the blog stands at the address now; null where none does. */
  async marker(blog: Hash, address: string, timeMs = this.#options.timeMs): Promise<Marker | null> {
    const tag = await this.#tag(blog, address, timeMs)
    if (tag === 'found') return 'tag'
    const { pathname, hostname, origin } = new URL(address)
    if (pathname !== '/') return null
    // A server that was silent for the page is not asked for a file.
    if (tag !== 'silent' && (await this.#file(blog, origin, timeMs))) return 'file'
    const texts = await this.#deps.dnsText(`_dgos.${hostname}`)
    return texts.some((record) => record.trim() === `dgos=${blog}`) ? 'dns' : null
  }

  /** A front page that only sends on speaks through the page it sends to, below the same address. */
  async #tag(blog: Hash, address: string, timeMs: number): Promise<'found' | 'none' | 'silent'> {
    const page = await this.#page(blog, address, address, timeMs)
    if (page === 'none' || page === 'silent') return page
    if (page.markers.includes(blog)) return 'found'
    const { target } = page
    const lower = page.url.startsWith('https:') && target?.startsWith('https:') === false
    const next = target === null || lower ? 'none' : await this.#page(blog, target, address, timeMs)
    if (next === 'none' || next === 'silent') return next
    return next.markers.includes(blog) ? 'found' : 'none'
  }

  /** A page that asks for too much to be read says nothing. */
  async #page(
    blog: Hash,
    url: string,
    address: string,
    timeMs: number,
  ): Promise<(PageMarks & { readonly url: string }) | 'none' | 'silent'> {
    if (pathBelow(url, address) === null) return 'none'
    const answer = await this.#deps.web.fetch({
      url,
      headers: { 'user-agent': this.#options.userAgent, accept: 'text/html' },
      bytesMax: pageBytesMax,
      cut: true,
      timeMs,
      lenient: true,
    })
    if (!answer.ok) return answer.reason === 'timeout' || answer.reason === 'too-slow' ? 'silent' : 'none'
    // A page that answers from elsewhere speaks for elsewhere.
    if (answer.status !== 200 || pathBelow(answer.url, address) === null) return 'none'
    const type = mediaType(answer.headers['content-type'] ?? '', answer.url, answer.body)
    if (!isHtml(type)) return 'none'
    const document = { blog, source: url, place: new URL(answer.url).host, shown: url, proven: false }
    const marks = await this.#foreign.read(marksJob, { bytes: answer.body, type, url: answer.url }, document)
    return marks === TOO_COSTLY ? 'none' : { ...marks, url: answer.url }
  }

  async #file(blog: Hash, origin: string, timeMs: number): Promise<boolean> {
    const answer = await this.#deps.web.fetch({
      url: `${origin}/.well-known/dgos.json`,
      headers: { 'user-agent': this.#options.userAgent, accept: 'application/json' },
      bytesMax: fileBytesMax,
      timeMs,
    })
    if (!answer.ok || answer.status !== 200 || pathBelow(answer.url, `${origin}/`) === null) return false
    return blogInFile(answer.body) === blog
  }

  #mayLook(blog: Hash, address: string): boolean {
    const { ledger, sha256, signer, clock } = this.#deps
    const wait = this.#waits.get(waitKey(blog, address))
    if (wait !== undefined && wait.untilMs > clock.nowMs()) return false
    const self = ledger.roster().memberOf(signer.key)
    return self !== null && attesters(address, ledger.roster(), sha256).some((attester) => attester.id === self.id)
  }

  #wait(blog: Hash, address: string): void {
    const key = waitKey(blog, address)
    const tries = (this.#waits.get(key)?.tries ?? 0) + 1
    const pauseMs = Math.min(this.#options.retryMs * 4 ** (tries - 1), this.#options.renewMs)
    this.#waits.set(key, { untilMs: this.#deps.clock.nowMs() + pauseMs, tries })
  }
}

function waitKey(blog: Hash, address: string): string {
  return `${blog} ${address}`
}

function blogInFile(body: Uint8Array): unknown {
  try {
    return (JSON.parse(textOf(body) ?? '') as { blog?: unknown } | null)?.blog
  } catch {
    return null // not JSON: no marker
  }
}
