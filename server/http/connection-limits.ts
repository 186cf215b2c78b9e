/**
 * Connections that are open at one time, and who makes room where there are too many: of the address block that holds most
 * the one that has been idle longest. So idle connections close the door to nobody but their own neighbours.
 */
import type { EventEmitter } from 'node:events'
import type { Clock } from '../../lib/clock.ts'
import { truncated } from './rates.ts'

/** A socket of node:net, as far as it is used. */
export type OpenConnection = EventEmitter & {
  readonly remoteAddress?: string | undefined
  destroy(): unknown
}
export type ConnectionLimitsOptions = {
  readonly max: number
  /** Of `max`, what one address block may hold. once half of `max` are open. Default: a quarter. */
  readonly blockMax?: number
  /** All connections come from a proxy in front: the block says nothing. */
  readonly shared?: boolean
}

type Entry = { readonly block: string; seenMs: number; running: number }

/** A connection that has said nothing for this long is idle. Younger ones make no room: they are about to speak. */
export const idleMsMin = 5_000

export class ConnectionLimits {
  readonly #clock: Clock
  readonly #options: Required<ConnectionLimitsOptions>
  readonly #open = new Map<OpenConnection, Entry>()
  readonly #blocks = new Map<string, number>()

  constructor(deps: { readonly clock: Clock }, options: ConnectionLimitsOptions) {
    this.#clock = deps.clock
    this.#options = { shared: false, blockMax: Math.max(8, Math.ceil(options.max / 4)), ...options }
  }

  get size(): number {
    return this.#open.size
  }

  /** Takes the connection in, or ends it. */
  opened(socket: OpenConnection): void {
    const block = truncated(socket.remoteAddress ?? '')
    const { max, blockMax, shared } = this.#options
    const isLocal = block.startsWith('127.') || block === '::1' || block === '0:0:0'
    const pressed = !shared && !isLocal && this.#open.size >= max / 2
    const crowded = pressed && (this.#blocks.get(block) ?? 0) >= blockMax
    if (crowded && !this.#makeRoom(block)) return void socket.destroy()
    if (this.#open.size >= max && !this.#makeRoom(this.#fullest(block))) return void socket.destroy()
    this.#open.set(socket, { block, seenMs: this.#clock.steadyMs(), running: 0 })
    this.#blocks.set(block, (this.#blocks.get(block) ?? 0) + 1)
    socket.once('close', () => this.#closed(socket))
  }

  /** Something was said: for protocols without requests. */
  heard(socket: OpenConnection): void {
    const entry = this.#open.get(socket)
    if (entry !== undefined) entry.seenMs = this.#clock.steadyMs()
  }

  /** A request runs on the connection until its answer is out. */
  busy(socket: OpenConnection, response: EventEmitter): void {
    const entry = this.#open.get(socket)
    if (entry === undefined) return
    entry.running++
    response.once('close', () => {
      entry.running--
      entry.seenMs = this.#clock.steadyMs()
    })
  }

  #closed(socket: OpenConnection): void {
    const entry = this.#open.get(socket)
    if (entry === undefined) return
    this.#open.delete(socket)
    const left = (this.#blocks.get(entry.block) ?? 1) - 1
    if (left > 0) this.#blocks.set(entry.block, left)
    else this.#blocks.delete(entry.block)
  }

  /** The block that holds most; the newcomer's own where it holds as many. */
  #fullest(own: string): string {
    let [fullest, most] = [own, this.#blocks.get(own) ?? 0]
    for (const [block, count] of this.#blocks) if (count > most) [fullest, most] = [block, count]
    return fullest
  }

  /** Ends the connection of this block that has been idle longest. False where none is idle. */
  #makeRoom(block: string): boolean {
    const sinceMs = this.#clock.steadyMs() - idleMsMin
    let oldest: OpenConnection | null = null
    let seenMs = sinceMs + 1
    for (const [socket, entry] of this.#open) {
      if (entry.block !== block || entry.running > 0 || entry.seenMs >= seenMs) continue
      oldest = socket
      seenMs = entry.seenMs
    }
    if (oldest === null) return false
    this.#closed(oldest)
    oldest.destroy()
    return true
  }
}
