/** Where the watchers of a blog look, and when: the same for every member that knows the same objects. */

import { provenAddresses } from '../../protocol/address-proof.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Hash, Time } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { Roster } from '../../protocol/roster.ts'

/** The address that is probed: the root's first proven one. null where none is proven: an unproven address is never declared down. */
export function watchedAddress(blog: BlogObjects, roster: Roster, nowMs: Time, sha256: Sha256): string | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  const proven = new Set(provenAddresses(blog, roster, nowMs, sha256).map((provenAddress) => provenAddress.address))
  return roles.chain.current.payload.addresses.find((address) => proven.has(address)) ?? null
}

/** Where a blog's probes lie within the interval: 32 bits of its id. */
export function phaseOf(blog: Hash): number {
  return Number.parseInt(blog.slice(0, 8), 16)
}
