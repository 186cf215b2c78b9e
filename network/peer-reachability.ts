/** Which members answer, as far as this one's own requests tell. A wire around the wire that remembers the outcome. */

import type { Wire, WireAnswer, WireRequest } from '../ledger/peers.ts'
import type { Clock } from '../lib/clock.ts'
import type { Key } from '../protocol/objects.ts'

type Seen = { okMs: number; failures: number }

/** Failures in a row after which a member counts as unreachable. */
const failuresMax = 2

export class PeerReachability implements Wire {
  readonly #self: Key
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #seen = new Map<string, Seen>()

  constructor(deps: { readonly wire: Wire; readonly clock: Clock }, options: { readonly self: Key }) {
    this.#self = options.self
    this.#wire = deps.wire
    this.#clock = deps.clock
  }

  async request(memberUrl: string, asked: WireRequest): Promise<WireAnswer> {
    const answer = await this.#wire.request(memberUrl, signedAs(this.#self, asked))
    const before = this.#seen.get(memberUrl) ?? { okMs: 0, failures: 0 }
    this.#seen.set(
      memberUrl,
      answer.ok ? { okMs: this.#clock.nowMs(), failures: 0 } : { ...before, failures: before.failures + 1 },
    )
    return answer
  }

  /** False once several requests in a row had no answer. Strangers count as reachable. */
  isReachable(memberUrl: string): boolean {
    return (this.#seen.get(memberUrl)?.failures ?? 0) < failuresMax
  }

  /** When it last answered; 0: never. */
  lastAnswerMs(memberUrl: string): number {
    return this.#seen.get(memberUrl)?.okMs ?? 0
  }
}

/** Objects that a member hands on are told from those that an author brings. It proves nothing, and decides little. */
function signedAs(self: Key, request: WireRequest): WireRequest {
  const [path, query] = request.path.split('?')
  const hands = request.method === 'POST' && path === 'dgos/v1/objects'
  return hands ? { ...request, path: `${path}?from=${self}${query === undefined ? '' : `&${query}`}` } : request
}
