/**
 * The watch: every blog on whose mirror list this member stands, each looked at in its slot of the common timetable. Where it
 * is a stand-in, it looks while a fall is in the air.
 *
 *   slot, or another watcher's failure → probe → probe history → observation → (spread) → the others probe at once → verdict
 *
 * Start here, then read blog-watch.ts (one blog), probe-history.ts (what the looks mean) and verdict.ts (what the votes mean).
 */

import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import { isFoundation } from '../../protocol/kinds.ts'
import { blogOf, type Hash, type Key, type SignedObject } from '../../protocol/objects.ts'
import type { Platform, Signer } from '../../protocol/platform.ts'
import type { MemberView } from '../../protocol/roster.ts'
import { currentSeating } from '../../protocol/seats.ts'
import type { AbsentSeats } from './absent-seats.ts'
import { BlogWatch } from './blog-watch.ts'
import { Health } from './health.ts'
import { Probe } from './probe.ts'
import type { Pace } from './probe-history.ts'

export type WatchDeps = {
  readonly ledger: Ledger
  readonly web: Web
  readonly peers: Peers
  readonly absentSeats: Pick<AbsentSeats, 'ask'>
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly schedule: Schedule
  readonly random: Random
  readonly platform: Platform
  readonly log: Log
  /** Signs with this member's current key. */
  readonly signer: Signer
}
export type WatchOptions = Pace & {
  /** First key of this member. */
  readonly self: Key
  /** Names the network and a contact URL, so that a blogger who reads the log knows who looks. */
  readonly userAgent: string
}

/** How often mirror lists are read again although nothing was heard: heads and proofs also change by growing old. */
const refreshMs = 600_000

export class Watch {
  readonly #deps: WatchDeps
  readonly #options: WatchOptions
  readonly #health: Health
  readonly #probe: Probe
  readonly #blogs = new Map<Hash, BlogWatch>()
  #cancels: readonly Cancel[] = []

  constructor(deps: WatchDeps, options: WatchOptions) {
    this.#deps = deps
    this.#options = options
    this.#health = new Health(deps, { self: options.self })
    this.#probe = new Probe(deps, options)
  }

  async start(): Promise<void> {
    this.#cancels = [
      this.#deps.ledger.onStored((objects, via) => this.#hear(objects, via === 'self')),
      this.#deps.schedule.every('watch-refresh', refreshMs, refreshMs / 10, () => this.#refreshAll()),
    ]
    await this.#refreshAll()
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    for (const blog of this.#blogs.values()) blog.stop()
    this.#blogs.clear()
  }

  /** One look at a blog now, outside of the timetable; for a passive member's wake, and `dgos doctor`. */
  async lookNow(blog: Hash): Promise<void> {
    await this.#blogs.get(blog)?.lookNow()
  }

  /** Blogs that this member watches by the timetable. */
  watched(): readonly Hash[] {
    return [...this.#blogs].filter(([, watch]) => !watch.standsIn).map(([blog]) => blog)
  }

  #hear(objects: readonly SignedObject[], own: boolean): void {
    const changed = new Set<Hash>()
    for (const object of objects) {
      const blog = blogOf(object)
      if (blog === null) continue
      // may change who watches it, or where
      if (isFoundation(object.kind)) changed.add(blog)
      if (object.kind === 'declaration' && this.#blogs.has(blog)) {
        this.#blogs.get(blog)!.heardWord(object)
        if (!own) this.#quietly('absent-seats', this.#deps.absentSeats.ask(blog))
      }
      if (object.kind === 'observation' && !own) this.#blogs.get(blog)?.heardObservation(object)
    }
    for (const blog of changed) this.#quietly('watch-refresh', this.#refresh(blog))
  }

  async #refreshAll(): Promise<void> {
    for (const blog of this.#deps.ledger.blogs()) await this.#refresh(blog)
  }

  async #refresh(id: Hash): Promise<void> {
    const blog = await this.#deps.ledger.blog(id)
    const { mirrors, standIns } = currentSeating(blog, this.#deps.ledger.roster(), this.#deps.clock.nowMs())
    const placeIn = (members: readonly MemberView[]) => members.findIndex((member) => member.id === this.#options.self)
    const [rank, standIn] = [placeIn(mirrors), placeIn(standIns)]
    const running = this.#blogs.get(id)
    if (rank < 0 && standIn < 0) {
      running?.stop()
      this.#blogs.delete(id)
      return
    }
    const watch =
      running ??
      new BlogWatch({ ...this.#deps, health: this.#health, probe: this.#probe }, { ...this.#options, blog: id })
    this.#blogs.set(id, watch)
    if (rank >= 0) watch.place({ rank, count: mirrors.length, standsIn: false })
    else watch.place({ rank: standIn, count: standIns.length, standsIn: true })
  }

  #quietly(event: string, work: Promise<void>): void {
    work.catch((error) => this.#deps.log.error(event, { error: String(error) }))
  }
}
