/** The parts of a member by which posts are taken, spread to mirrors, and given back to the blog. */
import { Attachments } from '../../activation/posts/attachments.ts'
import { Delivery } from '../../activation/posts/delivery.ts'
import type { HintStore } from '../../activation/posts/hint-store.ts'
import { Replication } from '../../activation/posts/replication.ts'
import { guardImports } from '../../activation/return/imported-policy.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Key } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'

export type PostPartsDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly peers: Peers
  readonly hints: HintStore
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  readonly signer: Signer
}

/** Registers the local rules for posts and imports, and replicates from the first stored post on. */
export function createPostParts(deps: PostPartsDeps, options: { readonly self: Key }): Replication {
  guardImports(deps.ledger)
  const attachments = new Attachments(deps)
  const delivery = new Delivery(deps)
  return new Replication({ ...deps, attachments, delivery, log: deps.log.part('posts') }, options)
}
