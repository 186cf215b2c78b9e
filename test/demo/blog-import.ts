/** The return of a demonstration blog: what was posted at the mirrors becomes posts of its own, each once. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ImportClient, type ImportPost, type ImportReport } from '../../activation/return/import-client.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { createSafeFetch } from '../../lib/safe-fetch.ts'
import { fromHex } from '../../protocol/bytes.ts'
import { addressOf, readBlog, writeBlog } from './blog-file.ts'
import type { BlogPost } from './blog-pages.ts'

/** One import, safe to run again. null for a blog that is not enrolled. */
export async function importPosts(dir: string): Promise<ImportReport | null> {
  const file = readBlog(dir)
  if (file.blog === null || file.network === null || file.mirrors.length === 0) return null
  const userAgent = `dgos-demo-blog/1 (+${addressOf(file)})`
  const web = createSafeFetch({ clock: systemClock }, { loopback: true, userAgent })
  const deps = {
    web,
    store: portOf(dir),
    platform: nodePlatform,
    clock: systemClock,
    log: silentLog,
    signer: nodeSigner(fromHex(file.onlineSeed)),
  }
  const { network, blog, mirrors } = file
  try {
    return await new ImportClient(deps, { network, blog, mirrors, userAgent }).run()
  } finally {
    await web.close()
  }
}

function portOf(dir: string) {
  const find = async (id: string) => {
    const file = readBlog(dir)
    const found = file.posts.find((post) => post.id === id)
    return found === undefined ? null : { url: urlOf(dir, found), text: found.text ?? '' }
  }
  const put = async (post: ImportPost) => {
    for (const attachment of post.attachments) keepImage(dir, attachment.blob, attachment.body)
    const file = readBlog(dir)
    const made = toBlogPost(post)
    writeBlog(dir, { ...file, posts: [...file.posts.filter((blogPost) => blogPost.id !== post.id), made] })
    return urlOf(dir, made)
  }
  return {
    find,
    async create(post: ImportPost) {
      return (await find(post.id))?.url ?? put(post)
    },
    update: put,
    async remove(id: string) {
      const file = readBlog(dir)
      writeBlog(dir, { ...file, posts: file.posts.filter((post) => post.id !== id) })
    },
  }
}

function toBlogPost({ id, text, post, publishedMs }: ImportPost): BlogPost {
  // the normal form is safe as it is; only its images need a place on this blog
  const html = post.html.replace(/src="blob:([0-9a-f]{64})"/g, 'src="/media/$1"')
  return {
    id,
    text,
    slug: `outage-${id.slice(0, 12)}`,
    title: post.title,
    html,
    published: publishedMs,
    emergency: true,
  }
}

function urlOf(dir: string, post: BlogPost): string {
  return `${addressOf(readBlog(dir))}${post.slug}/`
}

function keepImage(dir: string, blob: string, body: Uint8Array): void {
  mkdirSync(join(dir, 'media'), { recursive: true })
  writeFileSync(join(dir, 'media', blob), body)
}
