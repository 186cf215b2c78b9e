/** The blog as it stands in the network: what any of its mirrors shows, each envelope checked here. */

import { sha256 } from '@noble/hashes/sha2.js'
import { type BlogObjects, blogObjects } from '../../../protocol/blog-objects.ts'
import { isHash } from '../../../protocol/bytes.ts'
import { open } from '../../../protocol/envelope.ts'
import { blogOf, type Envelope, type Hash, type SignedObject } from '../../../protocol/objects.ts'
import { verifyPortable } from '../../../protocol/signature.ts'
import { ask } from '../form/member-client.ts'

const sourcesMax = 4
/** A liar cannot keep the kit busy for ever. */
const envelopesMax = 2_000

/** `name`: the id, or where it is not known the host. null where nobody that answers has a root of it. */
export async function networkBlog(name: string, mirrors: readonly string[]): Promise<BlogObjects | null> {
  const path = `dgos/v1/blogs/${encodeURIComponent(name)}/evidence`
  const answers = await Promise.all(
    mirrors.slice(0, sourcesMax).map((mirror) => ask<{ objects?: Envelope[] }>(mirror, path)),
  )
  const envelopes = new Map<string, Envelope>()
  for (const answer of answers)
    for (const envelope of (answer.ok && answer.value.objects) || [])
      if (envelopes.size < envelopesMax) envelopes.set(JSON.stringify(envelope), envelope)
  const objects: SignedObject[] = []
  for (const envelope of envelopes.values()) {
    const opened = await open(envelope, { sha256, verify: verifyPortable })
    if (opened.ok) objects.push(opened.value)
  }
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
