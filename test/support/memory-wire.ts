/** Calls between the members of one process: at once, or with the delays and time limits of a real line on a virtual clock. */
import type { Wire, WireAnswer, WireRequest } from '../../ledger/peers.ts'
import { type Clock, pause } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'

/** What a test may do to a member's line. */
export type Line = {
  readonly url: string
  /** Hears nobody, but speaks. */
  deaf: boolean
  /** No way to anybody, in either direction. */
  cutOff: boolean
  /** Of all answers. */
  receivedBytes: number
}

export type MemoryHost = Line & {
  answer(request: WireRequest, remote: string): Promise<{ readonly status: number; readonly body: Uint8Array }>
}

/** Least and most of one way. */
export type DelayMs = readonly [number, number]

export type MemoryWireDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly hosts: () => readonly MemoryHost[]
}
export type MemoryWireOptions = { readonly delayMs: DelayMs | null }

export class MemoryWire {
  readonly #deps: MemoryWireDeps
  readonly #delayMs: DelayMs | null

  constructor(deps: MemoryWireDeps, options: MemoryWireOptions) {
    this.#deps = deps
    this.#delayMs = options.delayMs
  }

  /** The wire as one holds it whose address is `remote`; `line` is null for those who are no member. */
  from(remote: string, line: Line | null = null): Wire {
    return { request: (url, request) => this.#request(remote, line, url, request) }
  }

  async #request(remote: string, line: Line | null, url: string, request: WireRequest): Promise<WireAnswer> {
    await this.#travel()
    const host = this.#deps.hosts().find((host) => host.url === url)
    if (host === undefined || host.deaf || host.cutOff || line?.cutOff === true) return this.#silence(request.timeMs)
    const { status, body } = await host.answer(request, remote)
    await this.#travel()
    if (line !== null) line.receivedBytes += body.length
    return { ok: true, status, body }
  }

  async #silence(timeMs: number): Promise<WireAnswer> {
    if (this.#delayMs === null) return { ok: false, reason: 'silent' }
    await pause(this.#deps.clock, timeMs)
    return { ok: false, reason: 'timeout' }
  }

  async #travel(): Promise<void> {
    if (this.#delayMs === null) return
    const [least, most] = this.#delayMs
    await pause(this.#deps.clock, least + this.#deps.random.below(Math.max(1, most - least)))
  }
}
