/**
 * The simulated network between members: loss, delay, duplication, reordering, one-way partitions and dead members, all
 * drawn from the seed. Every message is written into the trace, whose hash shows that two runs were the same.
 */
import { createHash } from 'node:crypto'
import type { Wire, WireAnswer, WireRequest } from '../../ledger/peers.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'

export type Faults = {
  /** Messages lost, of 1000, each way. */
  lossPermille: number
  /** Requests delivered twice, of 1000. */
  duplicatePermille: number
  /** One way takes between the two. A wide span reorders. */
  delayMs: readonly [number, number]
}

export const calm: Faults = { lossPermille: 0, duplicatePermille: 0, delayMs: [5, 30] }

export type Host = {
  readonly url: string
  alive: boolean
  /** Answers a request as the member's HTTP interface would. */
  handle(request: WireRequest, from: string): Promise<{ status: number; body: Uint8Array }>
}

export class SimNet {
  faults: Faults = calm
  readonly hosts = new Map<string, Host>()
  /** "from to": messages this way vanish. */
  readonly cut = new Set<string>()
  readonly #clock: Clock
  readonly #random: Random
  readonly #trace = createHash('sha256')
  messages = 0

  constructor(deps: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = deps.clock
    this.#random = deps.random
  }

  /** The wire as one member holds it. */
  wireOf(from: string): Wire {
    return { request: (url, request) => this.#request(from, url, request) }
  }

  note(what: string): void {
    this.#trace.update(`${this.#clock.steadyMs()} ${what}\n`)
  }

  traceHash(): string {
    return this.#trace.copy().digest('hex')
  }

  #request(from: string, to: string, request: WireRequest): Promise<WireAnswer> {
    this.messages++
    this.note(`${from} ${to} ${request.method} ${request.path} ${digest(request.body)}`)
    return new Promise((resolve) => {
      const cancel = this.#clock.after(request.timeMs, () => resolve({ ok: false, reason: 'timeout' }))
      const reply = (answer: WireAnswer) => {
        cancel()
        resolve(answer)
      }
      this.#deliver(from, to, request, reply)
      if (this.#happens(this.faults.duplicatePermille)) this.#deliver(from, to, request, () => {})
    })
  }

  #deliver(from: string, to: string, request: WireRequest, reply: (answer: WireAnswer) => void): void {
    if (this.#isLost(from, to)) return
    this.#clock.after(this.#delay(), () => {
      const host = this.hosts.get(to)
      if (host === undefined || !host.alive) return reply({ ok: false, reason: 'refused' })
      void host.handle(request, from).then(({ status, body }) => {
        if (!host.alive || this.#isLost(to, from)) return
        this.note(`${to} ${from} ${status} ${digest(body)}`)
        const small = body.length <= request.bytesMax
        this.#clock.after(this.#delay(), () =>
          reply(small ? { ok: true, status, body } : { ok: false, reason: 'too large' }),
        )
      })
    })
  }

  #isLost(from: string, to: string): boolean {
    return this.cut.has(`${from} ${to}`) || this.#happens(this.faults.lossPermille)
  }

  #happens(permille: number): boolean {
    return permille > 0 && this.#random.below(1000) < permille
  }

  #delay(): number {
    const [least, most] = this.faults.delayMs
    return least + this.#random.below(Math.max(1, most - least))
  }
}

function digest(body: Uint8Array | undefined): string {
  return body === undefined ? '-' : createHash('sha256').update(body).digest('hex').slice(0, 16)
}
