/** `dgos export --as`: emergency posts in the form that the blog's own software imports. */
import type { ExportFile, ExportImage, ExportPost } from '../../activation/doors/exports/export-post.ts'
import { bloggerFile, wordpressFile } from '../../activation/doors/exports/feeds.ts'
import { htmlFiles, markdownFiles } from '../../activation/doors/exports/files.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Hash } from '../../protocol/objects.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { UsageError } from './command.ts'

export const exportForms = ['blogger', 'wordpress', 'markdown', 'html'] as const

/** Files of all posts that are shown, and what could not be had. */
export async function exportAs(
  form: string,
  blog: BlogObjects,
  nowMs: number,
  blobOf: (hash: Hash) => Promise<Uint8Array | null>,
): Promise<{ files: readonly ExportFile[]; posts: number; missing: readonly string[] }> {
  const posts: ExportPost[] = []
  const missing: string[] = []
  for (const shown of shownPosts(blog, nowMs).filter((post) => !post.withdrawn)) {
    const images: ExportImage[] = []
    for (const attachment of shown.current.payload.attachments) {
      const body = await blobOf(attachment.blob)
      if (body === null) missing.push(`${shown.id}: ${attachment.name}`)
      else images.push({ ...attachment, body })
    }
    posts.push({ shown, images })
  }
  const { title, addresses, language } = keyRolesOf(blog)!.chain.current.payload
  const about = { title, address: addresses[0]!, language: language ?? null, nowMs }
  return { files: filesOf(form, about, posts), posts: posts.length, missing }
}

function filesOf(form: string, about: Parameters<typeof htmlFiles>[0], posts: readonly ExportPost[]) {
  switch (form) {
    case 'blogger':
      return [bloggerFile(about, posts)]
    case 'wordpress':
      return [wordpressFile(about, posts)]
    case 'markdown':
      return markdownFiles(posts)
    case 'html':
      return htmlFiles(about, posts)
    default:
      throw new UsageError(`--as: ${exportForms.join(', ')}`)
  }
}
