/** Signed objects in the making: keys by alias, objects by alias, and random choices among them. */
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import type { Dice } from './dice.ts'

export const { sha256 } = nodePlatform
export const startMs = 1_800_000_000_000
export const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const
export const addresses = ['https://ana.example/', 'https://people.example/ana/', 'http://127.0.0.1:8101/']

export type Made = { readonly alias: string; readonly object: SignedObject }

export class Maker {
  readonly dice: Dice
  readonly keys: Record<string, string> = {}
  readonly made: Made[] = []
  network = ''
  readonly #signers = new Map<string, Signer>()
  readonly #random: string

  constructor(dice: Dice) {
    this.dice = dice
    this.#random = dice.hash()
  }

  signer(alias: string): Signer {
    let signer = this.#signers.get(alias)
    if (signer === undefined) {
      signer = nodeSigner(sha256(utf8(`${this.#random} ${alias}`)))
      this.#signers.set(alias, signer)
      this.keys[alias] = signer.key
    }
    return signer
  }

  key(alias: string): string {
    return this.signer(alias).key
  }

  async say<K extends Kind>(kind: K, by: string, time: number, fields: object): Promise<SignedObject<K>> {
    const payload = { network: this.network, time, ...fields } as unknown as Omit<Payloads[K], 'key'>
    if (kind === 'network') delete (payload as { network?: string }).network
    const object = await seal(kind, payload, this.signer(by), sha256)
    this.made.push({ alias: `${kind}${this.made.length}`, object: object as unknown as SignedObject })
    return object
  }

  of<K extends Kind>(kind: K): SignedObject<K>[] {
    return this.made.flatMap(({ object }) => (object.kind === kind ? [object as SignedObject<K>] : []))
  }

  /** An id of an object of this kind, or of nothing. */
  idOf(kind: Kind): string {
    const ids = this.of(kind).map((object) => object.id)
    return ids.length === 0 || this.dice.once(12) ? this.dice.hash() : this.dice.one(ids)
  }

  time(): number {
    const { dice } = this
    const step = dice.one([minute, 5 * minute, hour, day])
    return startMs + 40 * day + dice.below(13) * step - dice.below(4) * minute
  }
}
