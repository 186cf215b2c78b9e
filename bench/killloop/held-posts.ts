/** Which posts a member holds: the object byte for byte, and, where it is a mirror of the blog, the bytes of its picture. */
import { nodePlatform } from '../../lib/platform.ts'
import { toHex } from '../../protocol/bytes.ts'
import { batchObjectsMax } from '../../protocol/limits.ts'
import type { Envelope } from '../../protocol/objects.ts'
import type { NewPost } from '../members/blog-author.ts'
import type { RealMember } from '../members/network.ts'

/** Whether a member, by its url, keeps the pictures of a blog. */
export type IsMirror = (url: string, blog: string) => boolean

/** `lost`: nobody has it. `notHeldByAll`: somebody lacks it. */
export async function missingOf(posts: readonly NewPost[], members: readonly RealMember[], isMirror: IsMirror) {
  const held = await Promise.all(members.map(({ url }) => heldBy(url, posts, isMirror)))
  const holders = posts.map(({ post }) => held.filter((ids) => ids.has(post.id)).length)
  return {
    lost: holders.filter((count) => count === 0).length,
    notHeldByAll: holders.filter((count) => count < members.length).length,
  }
}

async function heldBy(url: string, posts: readonly NewPost[], isMirror: IsMirror): Promise<ReadonlySet<string>> {
  const held = new Set<string>()
  for (let from = 0; from < posts.length; from += batchObjectsMax) {
    const part = posts.slice(from, from + batchObjectsMax)
    const wanted = new Map(part.map((made) => [made.post.envelope.payload, made]))
    let left = part.map(({ post }) => post.id)
    while (left.length > 0) {
      const response = await fetch(`${url}dgos/v1/objects?ids=${left.join(',')}`)
      if (!response.ok) throw new Error(`${url} answers ${response.status}`)
      const answer = (await response.json()) as { objects: readonly Envelope[]; left: string[] }
      for (const envelope of answer.objects) {
        const found = wanted.get(envelope.payload)
        if (found === undefined) continue
        if (!isMirror(url, found.post.payload.blog) || (await hasPicture(url, found))) held.add(found.post.id)
      }
      left = answer.left
    }
  }
  return held
}

async function hasPicture(url: string, { image }: NewPost): Promise<boolean> {
  if (image === null) return true
  const hash = toHex(nodePlatform.sha256(image))
  const response = await fetch(`${url}dgos/v1/blobs/${hash}`)
  if (!response.ok) return false
  return toHex(nodePlatform.sha256(new Uint8Array(await response.arrayBuffer()))) === hash
}
