/**
 * Looks at the addresses that names have, every ten seconds, as a reader's browser would: a new connection, a quick answer.
 * What we do not reach others are asked about at once; their words, and those of watchers, count by operator.
 *
 *   round → own look at each address → late or failed? → three members of other operators → health → changed? → told
 */
import { type Clock, within } from '../lib/clock.ts'
import { type Random, shuffled } from '../lib/random.ts'
import type { Key } from '../protocol/objects.ts'
import type { MemberView, Roster } from '../protocol/roster.ts'
import { type AddressHealth, afterLook, denialMs, type Look, unknownHealth } from './address-health.ts'
import type { Place } from './zone.ts'

export type AddressWatchDeps = {
  /** Whether something that is the place's server answers at that very address. Bounded in time by itself. */
  readonly look: (place: Place) => Promise<boolean>
  /** Whether `asked` reaches `member`; null where it does not say. */
  readonly ask: (asked: MemberView, member: MemberView) => Promise<boolean | null>
  readonly roster: () => Roster
  readonly clock: Clock
  readonly random: Random
}
export type AddressWatchOptions = {
  /** First key of this member: looks of its operator are ours. */
  readonly self: Key
}

/** Between two looks at an address. */
export const lookEveryMs = 10_000
/** A look that has no answer by then has others asked already. */
const hedgeMs = 1_000
const askedMax = 3

export class AddressWatch {
  readonly #deps: AddressWatchDeps
  readonly #options: AddressWatchOptions
  #health = new Map<string, AddressHealth>()
  #onChange: () => void = () => {}

  constructor(deps: AddressWatchDeps, options: AddressWatchOptions) {
    this.#deps = deps
    this.#options = options
  }

  get #operator(): Key {
    const { self } = this.#options
    return this.#deps.roster().memberOf(self)?.operator ?? self
  }

  /** Calls back whenever an address is withdrawn or comes back. */
  onChange(act: () => void): void {
    this.#onChange = act
  }

  isWithdrawn(place: Place): boolean {
    return this.#health.get(nameOf(place))?.isWithdrawn === true
  }

  /** For people: how often in a row our looks at it ended alike, and whether it is withdrawn. */
  healthOf(place: Place): AddressHealth {
    return this.#health.get(nameOf(place)) ?? unknownHealth
  }

  /** One look at each of these, side by side. What is not among them is forgotten. */
  async round(places: readonly Place[]): Promise<void> {
    const named = new Map(places.map((place) => [nameOf(place), place]))
    this.#health = new Map([...this.#health].filter(([name]) => named.has(name)))
    await Promise.all([...named.values()].map((place) => this.#lookAt(place)))
  }

  /** A watcher did not reach what stands there. Counts where it is fresh, and where we look at the place ourselves. */
  denied(place: Place, operator: Key, atMs: number): void {
    const isFresh = Math.abs(this.#deps.clock.nowMs() - atMs) <= denialMs
    const isOther = operator !== this.#operator && operator !== place.member?.operator
    if (isFresh && isOther && this.#health.has(nameOf(place))) this.#heard(place, { operator, reached: false, atMs })
  }

  /** A look that fails, or is late, is made once more while others are asked: one lost packet is nobody's fall. */
  async #lookAt(place: Place): Promise<void> {
    const { look, clock } = this.#deps
    const first = look(place)
    const inTime = await within(clock, hedgeMs, first, null)
    const asked = inTime === true ? null : this.#askOthers(place)
    const reached = inTime === true || (await either(first, look(place)))
    this.#heard(place, { operator: this.#operator, reached, atMs: clock.nowMs() })
    await asked
  }

  /** Nobody is asked about a blog's own server, whose address only its author gave us, nor about what is withdrawn. */
  async #askOthers(place: Place): Promise<void> {
    const { ask, clock, random } = this.#deps
    const { member } = place
    if (member === null || this.isWithdrawn(place)) return
    const others = shuffled(random, this.#others(member)).slice(0, askedMax)
    await Promise.all(
      others.map(async (other) => {
        const reached = await ask(other, member)
        if (reached !== null) this.#heard(place, { operator: other.operator, reached, atMs: clock.nowMs() })
      }),
    )
  }

  /** Active members whose operators are neither ours nor the address's own, one of each. */
  #others(member: MemberView | null): readonly MemberView[] {
    const operator = this.#operator
    const byOperator = new Map<Key, MemberView>()
    for (const other of this.#deps.roster().members) {
      if (other.passive || other.operator === operator || other.operator === member?.operator) continue
      byOperator.set(other.operator, other)
    }
    return [...byOperator.values()]
  }

  #heard(place: Place, look: Look): void {
    const [name, { member }] = [nameOf(place), place]
    const before = this.#health.get(name) ?? unknownHealth
    const isAlone = member === null || this.#others(member).length === 0
    const next = afterLook(before, look, { self: this.#operator, isAlone })
    this.#health.set(name, next)
    if (next.isWithdrawn !== before.isWithdrawn) this.#onChange()
  }
}

/** True as soon as one of them is; false when neither was. */
function either(first: Promise<boolean>, second: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    Promise.all([first, second]).then((found) => resolve(found.includes(true)), reject)
    for (const look of [first, second]) look.then((reached) => reached && resolve(true), reject)
  })
}

function nameOf({ address, member }: Place): string {
  return `${member?.id ?? 'home'} ${address}`
}
