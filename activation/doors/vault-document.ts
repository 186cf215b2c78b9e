/**
 * What a browser needs to post for a blog: the outage keys under their passphrases, what the next post follows, and what
 * was posted with these keys before. Public: everything secret in it is encrypted by the author.
 */

import type { Ledger } from '../../ledger/ledger.ts'
import { mirrorsOf } from '../../ledger/mirrors.ts'
import type { Clock } from '../../lib/clock.ts'
import { provenAddresses } from '../../protocol/address-proof.ts'
import { hostPath } from '../../protocol/addresses.ts'
import { delegated, keyRolesOf } from '../../protocol/key-roles.ts'
import { delegatedPostsPerDay } from '../../protocol/limits.ts'
import { byTime, type Envelope, type Hash, type Key, type Time } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { shownPosts, tips } from '../../protocol/posts.ts'

export type VaultDocument = {
  readonly network: Hash
  readonly blog: Hash
  readonly title: string
  /** The blog's address, and its short form as in `/m/<host>/`. */
  readonly address: string
  readonly host: string
  readonly language: string | null
  readonly state: 'up' | 'suspected' | 'down' | 'returning'
  readonly since: Time | null
  readonly by: 'author' | 'quorum' | null
  /** The member's clock, for devices whose own is wrong. */
  readonly now: Time
  /** The newest outage key, or null where the author made none: then only signed files are taken. */
  readonly delegation: Envelope | null
  /** All outage keys that still count, newest first. */
  readonly delegations: readonly Envelope[]
  readonly mirrors: readonly { readonly key: Key; readonly name: string; readonly url: string }[]
  readonly prevs: readonly Hash[]
  /** Newest texts of posts by these keys, newest first. */
  readonly posts: readonly Envelope[]
  readonly limits: { readonly postsPerDay: number }
}

/** Posts offered for editing. Older ones need a posting key. */
const postsMax = 20

export type VaultDocumentDeps = { readonly ledger: Ledger; readonly clock: Clock; readonly sha256: Sha256 }

/** null for a blog that this member does not know, or that has left the network. */
export async function vaultDocument(
  { ledger, clock, sha256 }: VaultDocumentDeps,
  id: Hash,
): Promise<VaultDocument | null> {
  const blog = await ledger.blog(id)
  const roles = keyRolesOf(blog)
  if (roles === null || roles.chain.current.payload.closed === true) return null
  const nowMs = clock.nowMs()
  const roster = ledger.roster()
  const root = roles.chain.current.payload
  const state = await ledger.state(id)
  const keys = [...roles.delegations.values()]
    .filter(
      (delegation) =>
        delegation.payload.vault !== undefined && delegated(roles, delegation.payload.to, 'post', nowMs) !== null,
    )
    .sort((a, b) => byTime(b, a))
  const holders = new Set(keys.map((key) => key.payload.to))
  const posts = shownPosts(blog, nowMs)
    .filter((post) => !post.withdrawn && holders.has(post.current.payload.key))
    .slice(0, postsMax)
  const proven = provenAddresses(blog, roster, nowMs, sha256).map((provenAddress) => provenAddress.address)
  const address = root.addresses.find((address) => proven.includes(address)) ?? root.addresses[0]!
  return {
    network: ledger.network.id,
    blog: id,
    title: root.title,
    address,
    host: hostPath(address),
    language: root.language ?? null,
    state: state.state,
    since: state.since,
    by: state.by,
    now: nowMs,
    delegation: keys[0]?.envelope ?? null,
    delegations: keys.map((key) => key.envelope),
    mirrors: mirrorsOf(blog, roster, nowMs, sha256).map(({ id: key, name, url }) => ({ key, name, url })),
    prevs: tips(blog),
    posts: posts.map((post) => post.current.envelope),
    limits: { postsPerDay: keys[0]?.payload.postsPerDay ?? delegatedPostsPerDay },
  }
}
