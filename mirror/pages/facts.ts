/** What the network knows of one blog at a moment, as the pages need it: the protocol's rules, each asked once. */
import { type ProvenAddress, provenAddresses } from '../../protocol/address-proof.ts'
import { hostPath } from '../../protocol/addresses.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { type BlogState, blogState } from '../../protocol/blog-state.ts'
import { type Freshness, freshness } from '../../protocol/freshness.ts'
import { currentHead, currentSnapshot, type HeadObject, type Trust } from '../../protocol/heads.ts'
import { type KeyRoles, keyRolesOf } from '../../protocol/key-roles.ts'
import type { Hash, SignedObject, Time } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { type ShownPost, shownPosts, withheld } from '../../protocol/posts.ts'
import type { Roster } from '../../protocol/roster.ts'

export type BlogFacts = {
  /** What stands after `/m/`: the first address that the blog owns, else its id. */
  readonly name: string
  readonly blog: BlogObjects
  readonly roles: KeyRoles
  readonly state: BlogState
  readonly posts: readonly ShownPost[]
  readonly withheld: number
  readonly head: HeadObject | null
  readonly copy: { readonly snapshot: SignedObject<'snapshot'>; readonly trust: Trust } | null
  readonly freshness: Freshness
  readonly proven: readonly ProvenAddress[]
  readonly roster: Roster
  readonly nowMs: Time
  /** Blobs that the operator of this member refuses to show. */
  readonly refused: ReadonlySet<Hash>
}

/** null where nobody may speak for the blog (no valid root). */
export function blogFacts(blog: BlogObjects, roster: Roster, nowMs: Time, sha256: Sha256): BlogFacts | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  return {
    name: blog.blog,
    blog,
    roles,
    state: blogState(blog, roster, nowMs, sha256),
    posts: shownPosts(blog, nowMs),
    withheld: withheld(blog).length,
    head: currentHead(blog, nowMs),
    copy: currentSnapshot(blog, nowMs),
    freshness: freshness(blog, roster, nowMs),
    proven: provenAddresses(blog, roster, nowMs, sha256),
    roster,
    nowMs,
    refused: new Set(),
  }
}

/** The ledger, as far as pages need it. */
export type FactsSource = {
  blog(id: Hash): Promise<BlogObjects>
  roster(): Roster
  byHost(hostPath: string): Promise<Hash | null>
  /** Blobs of a blog that are not to be shown. */
  refused?(id: Hash): Promise<ReadonlySet<Hash>>
}

/** The facts of a blog now, under the name that is its own: an address that another blog proved first is not. */
export async function factsNow(source: FactsSource, id: Hash, nowMs: Time, sha256: Sha256): Promise<BlogFacts | null> {
  const known = blogFacts(await source.blog(id), source.roster(), nowMs, sha256)
  if (known === null) return null
  const facts = { ...known, refused: (await source.refused?.(id)) ?? known.refused }
  for (const { address } of facts.proven) {
    if ((await source.byHost(hostPath(address))) === id) return { ...facts, name: hostPath(address) }
  }
  return facts
}
