/** Which blogs are known, and which of them claim which address. A claim is only a root's word; ownership is computed from attestations. */
import { addressOwner } from '../protocol/address-proof.ts'
import { hostPath } from '../protocol/addresses.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { blogOf, type Hash, type SignedObject, type Time } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { Roster } from '../protocol/roster.ts'

/** Blogs of which nobody has seen the marker yet. Anybody can sign a root: more than these push each other out. */
export const newcomersMax = 2000
/** A newcomer is safe this long: attesters look every minute. */
const newcomerSafeMs = 3_600_000

export class AddressBook {
  readonly #claims = new Map<string, Map<string, Set<Hash>>>()
  readonly #blogs = new Set<Hash>()
  /** Blogs that came since the start and are not attested, in the order in which they came. */
  readonly #newcomers = new Map<Hash, Time>()

  add(root: SignedObject<'root'>, newcomerMs: Time | null): void {
    const blog = blogOf(root)
    if (blog === null) return
    if (newcomerMs !== null && !this.#blogs.has(blog)) this.#newcomers.set(blog, newcomerMs)
    this.#blogs.add(blog)
    for (const address of root.payload.addresses) {
      const byAddress = this.#claims.get(hostPath(address)) ?? new Map<string, Set<Hash>>()
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(blog))
      this.#claims.set(hostPath(address), byAddress)
    }
  }

  attested(blog: Hash): void {
    this.#newcomers.delete(blog)
  }

  /** Whether one blog more would be too many, and which one may go for it. */
  crowded(nowMs: Time): { readonly full: boolean; readonly oldest: Hash | null } {
    const [first] = this.#newcomers
    if (this.#newcomers.size < newcomersMax || first === undefined) return { full: false, oldest: null }
    return { full: true, oldest: first[1] < nowMs - newcomerSafeMs ? first[0] : null }
  }

  remove(blog: Hash): void {
    this.#newcomers.delete(blog)
    this.#blogs.delete(blog)
    for (const [host, byAddress] of this.#claims) {
      for (const [address, blogs] of byAddress) {
        if (blogs.delete(blog) && blogs.size === 0) byAddress.delete(address)
      }
      if (byAddress.size === 0) this.#claims.delete(host)
    }
  }

  has(blog: Hash): boolean {
    return this.#blogs.has(blog)
  }

  blogs(): readonly Hash[] {
    return [...this.#blogs]
  }

  claimants(host: string): readonly Hash[] {
    return [...new Set([...(this.#claims.get(host)?.values() ?? [])].flatMap((blogs) => [...blogs]))]
  }

  /** The owner of any address that has this host form, by proof; null where no address is proven. */
  owner(host: string, claimants: readonly BlogObjects[], roster: Roster, nowMs: number, sha256: Sha256): Hash | null {
    for (const address of this.#claims.get(host)?.keys() ?? []) {
      const owner = addressOwner(address, claimants, roster, nowMs, sha256)
      if (owner !== null) return owner
    }
    return null
  }
}
