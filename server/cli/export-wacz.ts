/** `dgos export --wacz`: the current copy and the posts of an outage as one web archive. */

import { writeFile } from 'node:fs/promises'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { currentSnapshot } from '../../protocol/heads.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Hash, SnapshotFile } from '../../protocol/objects.ts'
import { escapeMarkup } from '../../protocol/post-html.ts'
import { type ShownPost, shownPosts } from '../../protocol/posts.ts'
import { type ArchivedFile, waczOf } from './wacz.ts'

export type WaczInput = {
  readonly known: BlogObjects
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  readonly nowMs: number
  readonly objects: Uint8Array
}
export type WaczResult = { readonly files: number; readonly posts: number; readonly missing: readonly string[] }

/** Writes a new file; fails where it exists. What no member hands out is named as missing. */
export async function exportWacz(path: string, { known, blob, nowMs, objects }: WaczInput): Promise<WaczResult> {
  const root = keyRolesOf(known)!.chain.current.payload
  const snapshot = currentSnapshot(known, nowMs)?.snapshot.payload ?? null
  const address = snapshot?.address ?? root.addresses[0]!
  const missing: string[] = []
  const files: ArchivedFile[] = []
  const take = async (file: SnapshotFile, title?: string) => {
    const bytes = await blob(file.blob)
    if (bytes === null) missing.push(file.url)
    else files.push({ url: file.url, type: file.type, bytes, ...(title === undefined ? {} : { title }) })
  }
  for (const page of snapshot?.pages ?? []) await take(page, page.title ?? root.title)
  for (const asset of snapshot?.assets ?? []) await take(asset)
  if (snapshot?.feed !== undefined) await take(snapshot.feed)
  const captured = files.length
  const posts = shownPosts(known, nowMs).filter((post) => !post.withdrawn)
  for (const post of posts) await takePost(post, address, blob, files, missing)
  const capturedMs = snapshot?.time ?? nowMs
  const once = [...new Map(files.map((file) => [file.url, file])).values()]
  const { title } = root
  await writeFile(path, waczOf({ title, address, capturedMs, nowMs, blog: known.blog, files: once, objects }), {
    flag: 'wx',
  })
  return { files: captured, posts: posts.length, missing }
}

/** A post never stood on the blog's server: in the archive it stands under an address of its own below the blog's. */
async function takePost(
  post: ShownPost,
  address: string,
  blob: WaczInput['blob'],
  files: ArchivedFile[],
  missing: string[],
): Promise<void> {
  const { payload } = post.current
  const base = `${address}dgos/${post.id}/`
  for (const attachment of payload.attachments) {
    const bytes = await blob(attachment.blob)
    if (bytes === null) missing.push(`${post.id}: ${attachment.name}`)
    else files.push({ url: `${base}${attachment.blob}`, type: attachment.type, bytes })
  }
  const title = escapeMarkup(payload.title)
  const body = payload.html.replace(/ src="blob:([0-9a-f]{64})"/g, ' src="$1"')
  const page = `<!doctype html><meta charset="utf-8"><title>${title}</title>\n<h1>${title}</h1>\n${body}\n`
  files.push({
    url: base,
    type: 'text/html; charset=utf-8',
    bytes: utf8(page),
    title: payload.title || 'Emergency post',
  })
}
