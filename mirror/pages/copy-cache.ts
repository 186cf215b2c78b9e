/**
 * Copies that are built when somebody asks, kept in memory up to a bound. The longest unused leave first; one copy is built
 * once, however many ask for it; and one that found no room is not built again at once, so that who asks for large ones in
 * turn has each of them built once a minute.
 */
import type { Clock } from '../../lib/clock.ts'

export type CopyCacheOptions = {
  readonly bytesMax: number
  readonly countMax: number
  /** Copies that are built at one time: more are told to come back. */
  readonly buildsMax: number
}
/** `missing`: bytes of it were not here. It is built again when somebody asks. */
type Built = { readonly bytes: number; readonly missing: number }

/** One that found no room is built again after this. */
const rebuildMs = 60_000

export class CopyCache<B extends Built> {
  readonly #clock: Clock
  readonly #options: CopyCacheOptions
  /** The longest unused first. */
  readonly #built = new Map<string, B>()
  readonly #building = new Map<string, Promise<B | null>>()
  /** When copies were built that may have found no room. */
  readonly #builtMs = new Map<string, number>()
  #bytes = 0

  constructor(deps: { readonly clock: Clock }, options: CopyCacheOptions) {
    this.#clock = deps.clock
    this.#options = options
  }

  values(): Iterable<B> {
    return this.#built.values()
  }

  /** null where `build` finds nothing to build; 'busy' where it is not built now. */
  async get(key: string, build: () => Promise<B | null>): Promise<B | null | 'busy'> {
    const known = this.#built.get(key)
    if (known !== undefined && known.missing === 0) {
      this.#built.delete(key)
      this.#built.set(key, known)
      return known
    }
    const building = this.#building.get(key)
    if (building !== undefined) return building
    const nowMs = this.#clock.steadyMs()
    if (known === undefined && (this.#builtMs.get(key) ?? -rebuildMs) > nowMs - rebuildMs) return 'busy'
    if (this.#building.size >= this.#options.buildsMax) return 'busy'
    const begun = build().finally(() => this.#building.delete(key))
    this.#building.set(key, begun)
    const made = await begun
    if (made !== null) this.#keep(key, made, nowMs)
    return made
  }

  #keep(key: string, made: B, nowMs: number): void {
    const { bytesMax, countMax } = this.#options
    this.#builtMs.delete(key)
    this.#builtMs.set(key, nowMs)
    if (this.#builtMs.size > countMax * 8) this.#builtMs.delete(this.#builtMs.keys().next().value!)
    this.#bytes += made.bytes - (this.#built.get(key)?.bytes ?? 0)
    this.#built.delete(key)
    this.#built.set(key, made)
    for (const [other, { bytes }] of this.#built) {
      if ((this.#bytes <= bytesMax && this.#built.size <= countMax) || other === key) break
      this.#built.delete(other)
      this.#bytes -= bytes
    }
  }
}
