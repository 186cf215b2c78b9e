/** What an author's kit holds besides the program. Secret only in `sealed`, and that under the author's passphrase. */
import { isHash } from '../../../protocol/bytes.ts'
import type { Envelope, Hash, Key, Vault } from '../../../protocol/objects.ts'

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
  /** What sheet 2 holds, under the same passphrase, until it is on paper and was asked back. */
  readonly second?: Vault
  /** What has to be handed in where the kit was saved before the blog was enrolled. */
  readonly enrolling?: Enrolling
}

/** Signed, and to be given to the member that is to keep the blog. */
export type Enrolling = {
  readonly member: string
  readonly invitation: string
  /** Whether that member is the blog's own server, which shows its marker by itself. */
  readonly isOwnMember: boolean
  readonly objects: readonly Envelope[]
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
  /** For a blog that is its own member: the root then names its online key, and no steward. */
  readonly blog?: KitStartBlog
}

/** What the server of such a blog knows of it. */
export type KitStartBlog = {
  readonly address: string
  readonly title: string
  readonly language: string | null
  readonly online: Key
  /** Whom to ask while that server is down. */
  readonly mirrors: readonly KitMirror[]
}

const url = /^https?:\/\/[^\s"'<>]{1,500}\/$/

/** null for anything else: the block came from a file that anyone may have written. */
export function readKitData(value: unknown): KitData | null {
  const data = value as KitData | null
  if (typeof data !== 'object' || data?.format !== 'dgos-kit-1') return null
  const right =
    [data.network, data.blog, data.posting].every(isHash) &&
    typeof data.title === 'string' &&
    Array.isArray(data.addresses) &&
    data.addresses.length > 0 &&
    data.addresses.every((address) => url.test(address)) &&
    areMirrors(data.mirrors) &&
    data.sealed?.kdf === 'scrypt' &&
    (data.second === undefined || data.second?.kdf === 'scrypt') &&
    (data.enrolling === undefined || isEnrolling(data.enrolling))
  return right ? data : null
}

function isEnrolling(value: Enrolling | null): boolean {
  if (typeof value !== 'object' || value === null) return false
  const said = typeof value.invitation === 'string' && typeof value.isOwnMember === 'boolean'
  return said && url.test(value.member) && Array.isArray(value.objects) && value.objects.length <= 4
}

export function readKitStart(value: unknown): KitStart | null {
  const start = value as KitStart | null
  if (typeof start !== 'object' || start?.format !== 'dgos-kit-start-1') return null
  const right = isHash(start.network) && isHash(start.key) && url.test(start.member)
  const said = typeof start.invitation === 'string' && typeof start.name === 'string'
  return right && said && (start.blog === undefined || isStartBlog(start.blog)) ? start : null
}

function isStartBlog(value: unknown): value is KitStartBlog {
  const blog = value as KitStartBlog | null
  if (typeof blog !== 'object' || blog === null) return false
  const said = typeof blog.title === 'string' && (blog.language === null || typeof blog.language === 'string')
  return said && url.test(blog.address) && isHash(blog.online) && areMirrors(blog.mirrors)
}

function areMirrors(value: unknown): value is readonly KitMirror[] {
  return (
    Array.isArray(value) && value.length <= 40 && value.every((mirror: KitMirror | null) => url.test(mirror?.url ?? ''))
  )
}
