/** What the cases are made with: seeded keys, a fixed clock, and a way to sign things that no honest member would. */
import { encodeBase64 } from '../../base64.ts'
import { toHex, utf8 } from '../../bytes.ts'
import { signedBytes } from '../../dsse.ts'
import { seal, typeOf } from '../../envelope.ts'
import type { Envelope, Hash, Key, Kind, Payloads, SignedObject, Time } from '../../objects.ts'
import type { Sha256, Signer } from '../../platform.ts'
import type { VectorCase, VectorFile } from '../world.ts'

/** 2026-01-01 00:00 UTC: the time of every world before anything happens in it. */
export const t0: Time = 1_767_225_600_000
export const secondMs = 1000
export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000

export type ForgeDeps = { readonly sha256: Sha256; readonly signerOf: (seed: Uint8Array) => Signer }

export class Forge {
  readonly sha256: Sha256
  readonly #signerOf: (seed: Uint8Array) => Signer
  readonly #signers = new Map<string, Signer>()

  constructor(deps: ForgeDeps) {
    this.sha256 = deps.sha256
    this.#signerOf = deps.signerOf
  }

  /** The same name always gives the same key. */
  signer(name: string): Signer {
    let signer = this.#signers.get(name)
    if (signer === undefined) {
      signer = this.#signerOf(this.sha256(utf8(`dgos vectors, key of ${name}`)))
      this.#signers.set(name, signer)
    }
    return signer
  }

  key(name: string): Key {
    return this.signer(name).key
  }

  /** 32 bytes that stand for something outside the case. */
  hash(name: string): Hash {
    return toHex(this.sha256(utf8(name)))
  }

  /** `count` sorted ids. */
  ids(name: string, count: number): Hash[] {
    return Array.from({ length: count }, (_, i) => this.hash(`${name} ${i}`)).sort()
  }

  /** Signs any bytes under any type: the road for what `seal` refuses. */
  async sign(payloadType: string, payload: Uint8Array | string, signer: Signer, keyid = signer.key): Promise<Envelope> {
    const bytes = typeof payload === 'string' ? utf8(payload) : payload
    const sig = encodeBase64(await signer.sign(signedBytes(payloadType, bytes)))
    return { payload: encodeBase64(bytes), payloadType, signatures: [{ keyid, sig }] }
  }
}

type Fields<K extends Kind> = Omit<Payloads[K], 'key' | 'network'> & { readonly network?: Hash }

/** One vector file in the making. Objects and keys become part of it when they are first named. */
export class Sheet {
  readonly forge: Forge
  readonly #head: { readonly rule: string; readonly about: string; readonly shared?: Record<string, unknown> }
  readonly #objects = new Map<string, SignedObject>()
  readonly #keys = new Map<string, Key>()
  readonly #cases: VectorCase[] = []
  network: Hash = ''

  constructor(forge: Forge, head: { rule: string; about: string; shared?: Record<string, unknown> }) {
    this.forge = forge
    this.#head = head
  }

  /** The key of a name, listed in the file. */
  key(name: string): Key {
    const key = this.forge.key(name)
    this.#keys.set(name, key)
    return key
  }

  keys(...names: readonly string[]): Key[] {
    return names.map((name) => this.key(name))
  }

  /** Seals an object under an alias and gives its id. `by` names the signer. Throws on an alias used twice. */
  async object<K extends Kind>(alias: string, kind: K, by: string, fields: Fields<K>): Promise<Hash> {
    if (this.#objects.has(alias)) throw new Error(`alias "${alias}" twice`)
    this.key(by)
    const payload = kind === 'network' ? fields : { network: this.network, ...fields }
    const sealed = await seal(kind, payload as never, this.forge.signer(by), this.forge.sha256)
    for (const [other, { id }] of this.#objects) if (id === sealed.id) throw new Error(`"${alias}" is "${other}"`)
    this.#objects.set(alias, sealed as SignedObject)
    if (kind === 'network') this.network = sealed.id
    return sealed.id
  }

  get shared(): Record<string, unknown> {
    return this.#head.shared ?? {}
  }

  id(alias: string): Hash {
    const found = this.#objects.get(alias)
    if (found === undefined) throw new Error(`no object "${alias}"`)
    return found.id
  }

  envelope(alias: string): Envelope {
    this.id(alias)
    return this.#objects.get(alias)!.envelope
  }

  case(name: string, why: string, input: unknown, expected: unknown, rule?: string): void {
    if (this.#cases.some((vectorCase) => vectorCase.name === name)) throw new Error(`case "${name}" twice`)
    this.#cases.push({ name, why, ...(rule === undefined ? {} : { rule }), input, expected })
  }

  file(): VectorFile {
    const objects = [...this.#objects].map(([alias, { id, envelope }]) => [alias, { id, envelope }])
    return {
      rule: this.#head.rule,
      about: this.#head.about,
      ...(this.#head.shared === undefined ? {} : { shared: this.#head.shared }),
      ...(this.#keys.size === 0 ? {} : { keys: Object.fromEntries(this.#keys) }),
      ...(objects.length === 0 ? {} : { objects: Object.fromEntries(objects) }),
      cases: this.#cases,
    }
  }
}

export { typeOf }
