/** A blog's objects, fetched from a member and verified here. */
import { nodePlatform } from '../../lib/platform.ts'
import { open } from '../../protocol/envelope.ts'
import { blogOf as blogIdOf, type Hash, type SignedObject } from '../../protocol/objects.ts'
import type { MemberClient } from './member-client.ts'

/** Roots, delegations, posts, declarations and the rest of the evidence. Empty where the member does not know the blog. */
export async function blogOf(member: MemberClient, blog: Hash): Promise<readonly SignedObject[]> {
  const found = (await member.get(`dgos/v1/blogs/${blog}/evidence`)) as { objects?: unknown[] } | null
  const objects: SignedObject[] = []
  for (const envelope of found?.objects ?? []) {
    const opened = await open(envelope, nodePlatform)
    if (opened.ok && blogIdOf(opened.value) === blog) objects.push(opened.value)
  }
  return objects
}
