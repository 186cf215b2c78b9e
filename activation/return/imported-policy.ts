/**
 * Whoever holds a blog's online key could otherwise send its readers anywhere: mirrors redirect to permalinks for two
 * years. So a permalink lies below one of the blog's own addresses, and is confirmed for a post that is known here.
 */
import type { Ledger } from '../../ledger/ledger.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { type Refused, refuse } from '../../protocol/codes.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { SignedObject } from '../../protocol/objects.ts'

export function guardImports(ledger: Ledger): void {
  ledger.addPolicy('imported', (object, blog) => importProblem(object as SignedObject<'imported'>, blog))
}

/** null where every permalink lies at home. Former addresses count too: a blog that moved keeps its confirmations. */
export function importProblem({ payload }: SignedObject<'imported'>, blog: BlogObjects | null): Refused | null {
  const roles = blog === null ? null : keyRolesOf(blog)
  if (roles === null) return refuse('UNKNOWN_BLOG')
  const addresses = roles.chain.steps.flatMap((step) => step.payload.addresses)
  const foreign = payload.posts.find(({ url }) => !addresses.some((address) => url.startsWith(address)))
  return foreign === undefined ? null : refuse('NOT_ALLOWED', 'a permalink lies outside of the addresses of the blog')
}
