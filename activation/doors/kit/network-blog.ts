/** The blog as it stands in the network: what any of its mirrors shows, each envelope checked here. */

import { sha256 } from '@noble/hashes/sha2.js'
import { type BlogObjects, blogObjects } from '../../../protocol/blog-objects.ts'
import { isHash } from '../../../protocol/bytes.ts'
import { openSources } from '../../../protocol/evidence.ts'
import { blogOf, type Envelope, type Hash, type SignedObject } from '../../../protocol/objects.ts'
import { verifyPortable } from '../../../protocol/signature.ts'
import { ask } from '../form/member-client.ts'

const sourcesMax = 4
/** Of one source. A liar cannot keep the kit busy for ever, nor push others out. */
const envelopesMax = 2_000

/** `name`: the id, or where it is not known the host. null where nobody that answers has a root of it. */
export async function networkBlog(name: string, mirrors: readonly string[]): Promise<BlogObjects | null> {
  const path = `dgos/v1/blogs/${encodeURIComponent(name)}/evidence`
  const answers = await Promise.all(
    mirrors.slice(0, sourcesMax).map((mirror) => ask<{ objects?: Envelope[] }>(mirror, path)),
  )
  const sources = answers.map((answer) => ((answer.ok && answer.value.objects) || []).slice(0, envelopesMax))
  const { objects } = await openSources(sources, { sha256, verify: verifyPortable })
  const id = isHash(name) ? name : firstRoot(objects)
  if (id === null || !objects.some((object) => object.id === id)) return null
  return blogObjects(
    id,
    objects.filter((object) => blogOf(object) === id),
  )
}

function firstRoot(objects: readonly SignedObject[]): Hash | null {
  return (
    objects.find((object) => object.kind === 'root' && (object.payload as { version: number }).version === 1)?.id ??
    null
  )
}
