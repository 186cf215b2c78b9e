import type { SignedObject } from '../../../protocol/objects.ts'
import { type SmallBlog, signerOf, startMs } from '../../support/small-network.ts'

/** A post with a field that no kind has, of nothing but small objects: parsed it takes fifty times its bytes. */
export function densePost(blog: SmallBlog, i: number, bytes: number): Promise<SignedObject<'post'>> {
  const one = { a: 1 }
  const text = { draft: signerOf(`dense ${i}`).key, title: 'x', html: '', attachments: [], prevs: [] }
  const dense = Array.from({ length: bytes / 8 }, () => one)
  return blog.add('post', 'posting', { ...text, published: startMs, time: startMs + i, dense } as never)
}
