/** Which blogs are known, and which of them claim which address. A claim is only a root's word; ownership is computed from attestations. */
import { addressOwner } from '../protocol/address-proof.ts'
import { hostPath } from '../protocol/addresses.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { blogOf, type Hash, type SignedObject } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { Roster } from '../protocol/roster.ts'

export class AddressBook {
  readonly #claims = new Map<string, Map<string, Set<Hash>>>()
  readonly #blogs = new Set<Hash>()

  add(root: SignedObject<'root'>): void {
    const blog = blogOf(root)
    if (blog === null) return
    this.#blogs.add(blog)
    for (const address of root.payload.addresses) {
      const byAddress = this.#claims.get(hostPath(address)) ?? new Map<string, Set<Hash>>()
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(blog))
      this.#claims.set(hostPath(address), byAddress)
    }
  }

  remove(blog: Hash): void {
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
