/** How much the network may ask of one origin. Asking is charity of the origin: what is over waits for the next hour. */
import type { Clock } from '../../lib/clock.ts'
import type { Time } from '../../protocol/objects.ts'

const hourMs = 3_600_000
/** Origins that are remembered. A page that names a thousand hosts must not grow the table. */
const originsMax = 5000

type Spending = { sinceMs: Time; requests: number; quietUntilMs: Time }

export class OriginBudget {
  readonly #clock: Clock
  readonly #requestsPerHour: number
  readonly #origins = new Map<string, Spending>()

  constructor(deps: { readonly clock: Clock }, options: { readonly requestsPerHour: number }) {
    this.#clock = deps.clock
    this.#requestsPerHour = options.requestsPerHour
  }

  /** Takes one request. False where this hour's are used up or the origin asked for quiet. */
  take(url: string): boolean {
    const spending = this.#of(url)
    const nowMs = this.#clock.nowMs()
    if (nowMs - spending.sinceMs >= hourMs) {
      spending.sinceMs = nowMs
      spending.requests = 0
    }
    if (spending.quietUntilMs > nowMs || spending.requests >= this.#requestsPerHour) return false
    spending.requests++
    return true
  }

  /** Obeys `Retry-After` of a 429 or 503: seconds or a date; an hour at most, a minute where it says nothing. */
  quiet(url: string, retryAfter: string | undefined): void {
    const nowMs = this.#clock.nowMs()
    const seconds = Number(retryAfter)
    const date = Date.parse(retryAfter ?? '')
    const askedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : date > nowMs ? date - nowMs : 60_000
    this.#of(url).quietUntilMs = nowMs + Math.min(askedMs, hourMs)
  }

  #of(url: string): Spending {
    const origin = URL.parse(url)?.origin ?? url
    const known = this.#origins.get(origin)
    if (known !== undefined) return known
    if (this.#origins.size >= originsMax) this.#origins.delete(this.#origins.keys().next().value!)
    const fresh = { sinceMs: this.#clock.nowMs(), requests: 0, quietUntilMs: 0 }
    this.#origins.set(origin, fresh)
    return fresh
  }
}
