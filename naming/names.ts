/**
 * The names of a member, at work: looks every ten seconds, puts each zone together anew when something changed, and tells the
 * secondaries. Open this first.
 *
 *   looks (address-watch) ─▶ what stands where (zone-book, zone) ─▶ signed (served-zone, dnssec) ─▶ dns-server ─▶ secondaries
 */
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Schedule } from '../lib/schedule.ts'
import { type AddressWatch, lookEveryMs } from './address-watch.ts'
import type { BitZones } from './bit-zones.ts'
import type { DnsServer } from './dns-server.ts'
import { type KeptKey, renewedKeys } from './dnssec.ts'
import type { Secondaries } from './secondaries.ts'
import {
  type ServedZone,
  type SignatureCache,
  saysTheSame,
  servedZone,
  signingPeriod,
  type ZoneSource,
} from './served-zone.ts'
import type { ZoneBook } from './zone-book.ts'

/** Where the keys of zones are kept. */
export type ZoneKeyStore = {
  read(apex: string): Promise<readonly KeptKey[]>
  write(apex: string, keys: readonly KeptKey[]): Promise<void>
}

export type NamesDeps = {
  readonly book: ZoneBook
  /** null: no names of Namecoin. */
  readonly bit: BitZones | null
  readonly watch: AddressWatch
  readonly server: DnsServer
  readonly secondaries: Secondaries
  /** null: zones are not signed. */
  readonly keys: ZoneKeyStore | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** How soon a blog's state changes its name. */
const refreshMs = 5_000
/** Addresses of members are asked for again, and mirrors of blogs that are up looked at, each so many rounds. */
const slowRounds = 6
const seedBytes = 32

type Made = { readonly source: ZoneSource; readonly period: string; readonly zone: ServedZone }

export class Names {
  readonly #deps: NamesDeps
  readonly #made = new Map<string, Made>()
  readonly #signatures = new Map<string, SignatureCache>()
  readonly #cancels: Cancel[] = []
  #looks = 0
  #refreshes = 0
  #updating: Promise<void> = Promise.resolve()

  constructor(deps: NamesDeps) {
    this.#deps = deps
    deps.watch.onChange(() => {
      void this.#update()
    })
  }

  /** For people: the zones as they are served. */
  zones(): readonly ServedZone[] {
    return [...this.#made.values()].map(({ zone }) => zone)
  }

  async start(schedule: Schedule): Promise<void> {
    await this.refresh()
    this.#cancels.push(
      schedule.every('names', refreshMs, refreshMs / 4, () => this.refresh()),
      schedule.every('names-look', lookEveryMs, lookEveryMs / 10, () => this.look()),
    )
  }

  stop(): void {
    for (const cancel of this.#cancels.splice(0)) cancel()
    this.#deps.secondaries.stop()
  }

  async refresh(): Promise<void> {
    const { book, bit } = this.#deps
    const isSlow = this.#refreshes++ % (2 * slowRounds) === 0
    await book.refresh(isSlow)
    if (isSlow) await bit?.refresh()
    await this.#update()
  }

  async look(): Promise<void> {
    const { watch, book, bit } = this.#deps
    await watch.round([...book.lookedAt(this.#looks++ % slowRounds === 0), ...(bit?.lookedAt() ?? [])])
  }

  /** One after the other: a later one sees what the earlier has served. */
  #update(): Promise<void> {
    this.#updating = this.#updating
      .then(() => this.#serve())
      .catch((error: Error) => this.#deps.log.error('zone-failed', { error: error.stack ?? error.message }))
    return this.#updating
  }

  async #serve(): Promise<void> {
    const { book, bit, server, secondaries, clock, log } = this.#deps
    const known = [...book.sources(), ...(bit?.sources() ?? [])]
    const sources = await Promise.all(known.map((source) => this.#withKeys(source)))
    const periodOf = ({ keys }: ZoneSource) => signingPeriod(keys, clock.nowMs())
    const changed = sources.filter((source) => {
      const made = this.#made.get(source.apex)
      return made === undefined || made.period !== periodOf(source) || !saysTheSame(made.source, source)
    })
    const isGone = [...this.#made.keys()].some((apex) => !sources.some((source) => source.apex === apex))
    if (changed.length === 0 && !isGone) return
    for (const apex of this.#made.keys()) if (!sources.some((source) => source.apex === apex)) this.#made.delete(apex)
    for (const source of changed)
      this.#made.set(source.apex, { source, period: periodOf(source), zone: this.#signed(source) })
    server.serve(new Map([...this.#made].map(([apex, { zone }]) => [apex, zone])))
    for (const { apex } of changed) {
      const { zone } = this.#made.get(apex)!
      log.info('zone-served', { zone: apex, serial: zone.serial })
      secondaries.notify(zone)
    }
  }

  /** Serials are seconds, so that they go on growing after a restart, and never less than one more. */
  #signed(source: ZoneSource): ServedZone {
    const nowMs = this.#deps.clock.nowMs()
    const serial = Math.max(Math.floor(nowMs / 1000), (this.#made.get(source.apex)?.zone.serial ?? 0) + 1)
    const cache = this.#signatures.get(source.apex) ?? new Map()
    this.#signatures.set(source.apex, cache)
    return servedZone(source, serial, nowMs, cache)
  }

  async #withKeys(source: ZoneSource): Promise<ZoneSource> {
    const { keys: store, clock, random } = this.#deps
    if (store === null) return source
    const before = this.#made.get(source.apex)?.source.keys ?? (await store.read(source.apex))
    const keys = renewedKeys(before, clock.nowMs(), () => random.bytes(seedBytes))
    if (JSON.stringify(keys) !== JSON.stringify(before)) await store.write(source.apex, keys)
    return { ...source, keys }
  }
}
