/** What an author's kit holds besides the program. Secret only in `sealed`, and that under the author's passphrase. */
import type { Hash, Key, Vault } from '../../../protocol/objects.ts'

export type KitMirror = { readonly key: Key; readonly name: string; readonly url: string }

export type KitData = {
  readonly format: 'dgos-kit-1'
  readonly network: Hash
  readonly blog: Hash
  readonly title: string
  readonly language: string | null
  readonly addresses: readonly string[]
  readonly mirrors: readonly KitMirror[]
  /** Public key of the posting key in `sealed`. */
  readonly posting: Key
  /** The posting key's seed. */
  readonly sealed: Vault
}

/** What a member puts into a kit that it hands out: where to enrol. */
export type KitStart = {
  readonly format: 'dgos-kit-start-1'
  readonly member: string
  readonly invitation: string
  /** Who that member is: enough to sign a root that names it with no network at all. */
  readonly network: Hash
  readonly key: Key
  readonly name: string
}

const hash = /^[0-9a-f]{64}$/
const url = /^https?:\/\/[^\s"'<>]{1,500}\/$/

/** null for anything else: the block came from a file that anyone may have written. */
export function readKitData(value: unknown): KitData | null {
  const data = value as KitData | null
  if (typeof data !== 'object' || data?.format !== 'dgos-kit-1') return null
  const right =
    [data.network, data.blog, data.posting].every((one) => hash.test(one)) &&
    typeof data.title === 'string' &&
    Array.isArray(data.addresses) &&
    data.addresses.length > 0 &&
    data.addresses.every((one) => url.test(one)) &&
    Array.isArray(data.mirrors) &&
    data.mirrors.length <= 40 &&
    data.mirrors.every((one) => url.test(one?.url)) &&
    data.sealed?.kdf === 'scrypt'
  return right ? data : null
}

export function readKitStart(value: unknown): KitStart | null {
  const start = value as KitStart | null
  if (typeof start !== 'object' || start?.format !== 'dgos-kit-start-1') return null
  const right = hash.test(start.network) && hash.test(start.key) && url.test(start.member)
  return right && typeof start.invitation === 'string' && typeof start.name === 'string' ? start : null
}
