/**
 * Which addresses a blog has proven, and to whom an address belongs. Proven: of the ten members ranked for the address
 * 60 % (two operators at least; one in a network of two) attest the blog's marker there. An address belongs to the id
 * that was proven first. Another id gets it once its own marker has stood for 14 days without the former's, and never
 * while the former's author declares the blog down: nobody wins a blog by attacking it.
 */

import { isPathBlog } from './addresses.ts'
import type { BlogObjects } from './blog-objects.ts'
import { blogState } from './blog-state.ts'
import { compareText } from './bytes.ts'
import { isPosting, keyRolesOf } from './key-roles.ts'
import { addressMoveMs, aheadMsMax, attestationMsMax } from './limits.ts'
import { byTime, type Hash, type Key, type Time } from './objects.ts'
import { attesters } from './placement.ts'
import type { Sha256 } from './platform.ts'
import { rootChain } from './roots.ts'
import type { Roster } from './roster.ts'

export type ProvenAddress = { readonly address: string; readonly provenAt: Time }

type Sighting = { readonly first: Time; readonly last: Time }

/** Attestations needed where `count` members are asked. */
export function attestationsNeeded(count: number): number {
  return count <= 2 ? 1 : Math.max(2, Math.ceil((6 * count) / 10))
}

/** The addresses of the current root that are proven at `nowMs`, in the root's order. A closed blog has none. */
export function provenAddresses(
  blog: BlogObjects,
  roster: Roster,
  nowMs: Time,
  sha256: Sha256,
): readonly ProvenAddress[] {
  const root = rootChain(blog.blog, blog.root)?.current.payload
  if (root === undefined || root.closed === true) return []
  return root.addresses.flatMap((address) => {
    const seen = sightings(address, blog, roster, nowMs, sha256)
    const needed = attestationsNeeded(attesters(address, roster, sha256).length)
    const provenAt =
      provenSince(seen, needed, nowMs) ?? provenSince(seen, needed, lastSeenable(blog, roster, nowMs, sha256))
    return provenAt === null ? [] : [{ address, provenAt }]
  })
}

/** Nobody can see a marker on a blog that is down: its attestations do not age meanwhile. */
function lastSeenable(blog: BlogObjects, roster: Roster, nowMs: Time, sha256: Sha256): Time {
  const { state, since } = blogState(blog, roster, nowMs, sha256)
  return state === 'down' && since !== null ? since : nowMs
}

/** What each of the members ranked for the address has seen of this blog's marker: first and last time, by member. */
function sightings(
  address: string,
  blog: BlogObjects,
  roster: Roster,
  nowMs: Time,
  sha256: Sha256,
): ReadonlyMap<Key, Sighting> {
  const asked = new Set(attesters(address, roster, sha256).map((attester) => attester.id))
  const seen = new Map<Key, Sighting>()
  for (const { payload } of blog.attestation) {
    const id = roster.memberOf(payload.key)?.id
    if (id === undefined || !asked.has(id) || payload.address !== address || payload.time > nowMs + aheadMsMax) continue
    if (payload.marker !== 'tag' && isPathBlog(address)) continue
    const before = seen.get(id)
    const first = Math.min(before?.first ?? payload.time, payload.time)
    seen.set(id, { first, last: Math.max(before?.last ?? payload.time, payload.time) })
  }
  return seen
}

/** When enough of them had seen it, or null where not enough have within the 30 days before `atMs`. */
function provenSince(seen: ReadonlyMap<Key, Sighting>, needed: number, atMs: Time): Time | null {
  const fresh = [...seen.values()].filter((sighting) => sighting.last > atMs - attestationMsMax)
  const firsts = fresh.map((sighting) => sighting.first).sort((a, b) => a - b)
  return firsts[needed - 1] ?? null
}

/** The blog to which an address belongs, or null. `blogs` are all that claim it; of others nothing is asked. */
export function addressOwner(
  address: string,
  blogs: readonly BlogObjects[],
  roster: Roster,
  nowMs: Time,
  sha256: Sha256,
): Hash | null {
  const claims = blogs
    .flatMap((blog) => {
      const proven = provenAddresses(blog, roster, nowMs, sha256).find(
        (provenAddress) => provenAddress.address === address,
      )
      return proven === undefined ? [] : [{ blog, provenAt: proven.provenAt }]
    })
    .sort((a, b) => a.provenAt - b.provenAt || compareText(a.blog.blog, b.blog.blog))
  let owner = claims[0]
  for (const claim of claims.slice(1)) {
    if (!authorDeclaresDown(owner!.blog, nowMs) && hasMoved(address, owner!.blog, claim, roster, nowMs, sha256))
      owner = claim
  }
  return owner?.blog.blog ?? null
}

/** Whether the later claim has stood for 14 days in which no asked member has seen the former's marker. */
function hasMoved(
  address: string,
  former: BlogObjects,
  claim: { readonly provenAt: Time },
  roster: Roster,
  nowMs: Time,
  sha256: Sha256,
): boolean {
  const lasts = [...sightings(address, former, roster, nowMs, sha256).values()].map((sighting) => sighting.last)
  return nowMs - Math.max(claim.provenAt, ...lasts) >= addressMoveMs
}

function authorDeclaresDown(blog: BlogObjects, nowMs: Time): boolean {
  const roles = keyRolesOf(blog)
  const declarations = blog.declaration.filter(
    ({ payload }) => payload.by === 'author' && roles !== null && isPosting(roles, payload.key),
  )
  const newest = declarations.sort((a, b) => byTime(b, a))[0]
  return newest?.payload.state === 'down' && newest.payload.until > nowMs
}
