/**
 * How often one answer goes to one network: whoever forges a victim's address makes us send him no more than this. Of what
 * is above, every second goes out empty with "ask by TCP", so that a true resolver in that network still gets its answer.
 * Fixed windows of a second, forgotten as a whole: counting costs one look-up.
 */
import type { Clock } from '../lib/clock.ts'

export type Rating = 'send' | 'truncate' | 'drop'

/** Networks and answers counted in one second. Where more come, what is new is answered by "ask by TCP". */
const countedMax = 100_000
const windowMs = 1_000

export class ResponseRates {
  readonly #clock: Clock
  readonly #perSecond: number
  #counts = new Map<string, number>()
  #endMs = 0

  constructor(deps: { readonly clock: Clock }, options: { readonly perSecond: number }) {
    this.#clock = deps.clock
    this.#perSecond = options.perSecond
  }

  /** `answer` names what is sent: one name and type, or everything of a zone that is not there. */
  take(address: string, answer: string): Rating {
    const nowMs = this.#clock.steadyMs()
    if (nowMs >= this.#endMs) {
      this.#counts.clear()
      this.#endMs = nowMs + windowMs
    }
    const name = `${networkOf(address)} ${answer}`
    const count = (this.#counts.get(name) ?? 0) + 1
    if (count === 1 && this.#counts.size >= countedMax) return 'truncate'
    this.#counts.set(name, count)
    if (count <= this.#perSecond) return 'send'
    return (count - this.#perSecond) % 2 === 0 ? 'truncate' : 'drop'
  }
}

/** IPv4 /24, IPv6 /48: what one sender can forge from at will. */
function networkOf(address: string): string {
  const dot = address.lastIndexOf('.')
  if (dot >= 0) return address.slice(0, dot)
  return address.split(':', 3).join(':')
}
