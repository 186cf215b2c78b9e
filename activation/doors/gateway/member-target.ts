/** A member as the target: posts by delegated keys go through its own gate, and from there to the mirrors. */
import type { Ledger } from '../../../ledger/ledger.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { Hash, SignedObject } from '../../../protocol/objects.ts'
import type { Replication } from '../../posts/replication.ts'
import type { Blobs, PostTarget } from './post-writer.ts'

export type MemberTargetDeps = { readonly ledger: Ledger; readonly replication: Pick<Replication, 'acceptBlob'> }

export function memberTarget({ ledger, replication }: MemberTargetDeps, blog: Hash): PostTarget {
  return {
    blog: () => ledger.blog(blog),
    async handIn(objects: readonly SignedObject[], blobs: Blobs): Promise<Result<null>> {
      const answers = await ledger.accept(
        objects.map((object) => object.envelope),
        'author',
      )
      const refused = answers.find((answer) => answer.result === 'refused')
      if (refused !== undefined) return refuse(refused.code ?? 'BAD_REQUEST', refused.detail)
      for (const [hash, bytes] of blobs) {
        const taken = await replication.acceptBlob(hash, bytes)
        if (!taken.ok) return taken
      }
      return ok(null)
    },
  }
}
