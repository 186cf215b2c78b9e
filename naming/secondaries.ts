/** Servers of other people that hold copies of our zones: told of each new serial, and again until they have answered. */
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { headerBytes, opcodes } from './query.ts'
import type { ServedZone } from './served-zone.ts'
import { noticeOf } from './transfer.ts'
import type { TsigKey } from './tsig.ts'

export type Secondary = { readonly address: string; readonly port: number }
export type SecondariesDeps = {
  /** By UDP, from the server's own port. */
  readonly send: (message: Buffer, to: Secondary) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}
export type SecondariesOptions = { readonly secondaries: readonly Secondary[]; readonly key: TsigKey | null }

/** Pauses between notices that are not answered; then the secondary's own look (SOA refresh) must do. */
const retryMs = [1_000, 3_000, 9_000, 27_000]

type Notice = { readonly apex: string; readonly to: Secondary; cancel: Cancel }

export class Secondaries {
  readonly #deps: SecondariesDeps
  readonly #options: SecondariesOptions
  /** By id: what was sent and is not answered. */
  readonly #open = new Map<number, Notice>()

  constructor(deps: SecondariesDeps, options: SecondariesOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Tells all of them. An older notice of the same zone needs no answer any more. */
  notify(zone: ServedZone): void {
    for (const [id, notice] of this.#open) if (notice.apex === zone.apex) this.#end(id)
    for (const to of this.#options.secondaries) this.#tell(zone, to)
  }

  /** True where the message answers one of our notices. */
  heard(message: Buffer, { address, port }: Secondary): boolean {
    if (message.length < headerBytes || ((message[2]! >> 3) & 15) !== opcodes.notify || message[2]! < 0x80) return false
    const id = message.readUInt16BE(0)
    const notice = this.#open.get(id)
    if (notice === undefined || notice.to.address !== address || notice.to.port !== port) return false
    this.#end(id)
    return true
  }

  stop(): void {
    for (const id of [...this.#open.keys()]) this.#end(id)
  }

  #tell(zone: ServedZone, to: Secondary): void {
    const { clock, random, log } = this.#deps
    const id = this.#freeId(random)
    let tries = 0
    const again = () => {
      if (tries > retryMs.length) {
        log.warn('secondary-silent', { zone: zone.apex, serial: zone.serial, ...to })
        return this.#end(id)
      }
      this.#deps.send(noticeOf(zone, id, this.#options.key, clock.nowMs()), to)
      this.#open.set(id, { apex: zone.apex, to, cancel: clock.after(retryMs[tries++] ?? retryMs.at(-1)!, again) })
    }
    again()
  }

  #freeId(random: Random): number {
    let id = random.below(0x10000)
    while (this.#open.has(id)) id = random.below(0x10000)
    return id
  }

  #end(id: number): void {
    this.#open.get(id)?.cancel()
    this.#open.delete(id)
  }
}
