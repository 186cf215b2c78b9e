/** Which copies of a blog are kept, and which bytes a blog may claim on this disk. Pure. */

import type { BlogObjects } from '../protocol/blog-objects.ts'
import type { Hash, Snapshot, SnapshotFile, Time } from '../protocol/objects.ts'
import { shownPosts } from '../protocol/posts.ts'
import { isForgotten } from './capture/url.ts'

const dayMs = 86_400_000

export type RetentionRule = { readonly newest: number; readonly days: number }

/** The newest ones, and the last of each day within `days`. Ids of the copies to keep. */
export function retained(
  copies: readonly { readonly id: Hash; readonly time: Time }[],
  nowMs: Time,
  { newest, days }: RetentionRule,
): ReadonlySet<Hash> {
  const byAge = [...copies].sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1))
  const kept = new Set(byAge.slice(0, newest).map((snapshot) => snapshot.id))
  const seen = new Set<number>()
  for (const snapshot of byAge) {
    const day = Math.floor(snapshot.time / dayMs)
    if (snapshot.time > nowMs - days * dayMs && !seen.has(day)) kept.add(snapshot.id)
    seen.add(day)
  }
  return kept
}

export type WantedBlob = { readonly blob: Hash; readonly bytes: number }

/** Files of a snapshot in the order in which a reader misses them: pages, stylesheets, fonts, images. Forgotten paths are none. */
export function filesOf(snapshot: Snapshot, forgotten: readonly string[]): readonly SnapshotFile[] {
  const rank = (file: SnapshotFile) => (file.type.startsWith('text/css') ? 0 : file.type.startsWith('font/') ? 1 : 2)
  const assets = [...snapshot.assets].sort((a, b) => rank(a) - rank(b))
  const files: readonly SnapshotFile[] = [
    ...snapshot.pages,
    ...assets,
    ...(snapshot.feed === undefined ? [] : [snapshot.feed]),
  ]
  const hidden = (file: SnapshotFile) => {
    const path = 'path' in file ? `${snapshot.address}${String(file.path).slice(1)}` : file.url
    return isForgotten(file.url, snapshot.address, forgotten) || isForgotten(path, snapshot.address, forgotten)
  }
  return files.filter((file) => !hidden(file))
}

/** Images of posts that are to be shown or may still be; those of withdrawn posts are not. */
export function attachmentsOf(blog: BlogObjects, nowMs: Time): readonly WantedBlob[] {
  const withdrawn = new Set(
    shownPosts(blog, nowMs)
      .filter((post) => post.withdrawn)
      .flatMap((post) => post.history.map((version) => version.id)),
  )
  return blog.post.filter((post) => !withdrawn.has(post.id)).flatMap((post) => post.payload.attachments)
}
