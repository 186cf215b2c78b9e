/** `dgos export`: a blog's copy and emergency posts as files that need no software of ours to be read. */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { nodePlatform } from '../../lib/platform.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { currentSnapshot } from '../../protocol/heads.ts'
import type { Hash, SignedObject, SnapshotFile } from '../../protocol/objects.ts'
import { escapeMarkup } from '../../protocol/post-html.ts'
import { type ShownPost, shownPosts } from '../../protocol/posts.ts'
import { blogOf } from './author-blog.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Call, type Command, CommandFailed, flagValue, textValue } from './command.ts'
import { exportAs, exportForms } from './export-as.ts'
import { exportWacz, type WaczResult } from './export-wacz.ts'
import { MemberClient } from './member-client.ts'
import { TarWriter } from './tar-file.ts'

export const exportBlog: Command = {
  name: 'export',
  summary: "Writes a blog's copy and emergency posts into a folder or a .tar file",
  args: ['<folder or file.tar>'],
  options: {
    ...authorOptions,
    as: {
      type: 'string',
      value: '<form>',
      help: `only the posts, for other blog software: ${exportForms.join(', ')}`,
    },
    wacz: { type: 'boolean', help: 'write one web archive (WACZ), for ReplayWeb.page and the like' },
  },
  notes: [
    'With --member and --blog no key file is needed: everything exported is public. Every byte is checked against its hash.',
  ],
  async run(call) {
    const { io, args } = call
    const { member, blog } = await sourceOf(call)
    const objects = await blogOf(member, blog)
    if (!objects.some((object) => object.kind === 'root'))
      throw new CommandFailed(`${member.url} does not know the blog`)
    const known = blogObjects(blog, objects)
    const nowMs = io.clock.nowMs()
    const form = textValue(call.values, 'as')
    if (form !== null) {
      const made = await exportAs(form, known, nowMs, (hash) => checkedBlob(member, hash))
      const place = await targetAt(args[0]!, nowMs)
      for (const { name, bytes } of made.files) await place.add(name, bytes)
      await place.close()
      call.print(
        { to: args[0], blog, posts: made.posts, files: made.files.map((file) => file.name), missing: made.missing },
        [`${made.posts} posts in ${args[0]}`, ...made.missing.map((missing) => `missing: ${missing}`)],
      )
      return made.missing.length === 0 ? 0 : 1
    }
    const signed = utf8(JSON.stringify({ objects: objects.map((object) => object.envelope) }, null, 1))
    if (flagValue(call.values, 'wacz')) {
      const input = { known, nowMs, objects: signed, blob: (hash: Hash) => checkedBlob(member, hash) }
      return told(call, blog, await exportWacz(args[0]!, input))
    }
    const target = await targetAt(args[0]!, nowMs)
    await target.add('objects.json', signed)
    const found = currentSnapshot(known, nowMs)
    const copied =
      found === null ? { files: 0, missing: [] as string[] } : await copyFiles(member, found.snapshot, target)
    const posts = shownPosts(known, nowMs).filter((post) => !post.withdrawn)
    for (const post of posts) await postFiles(member, post, target, copied.missing)
    await target.close()
    return told(call, blog, { files: copied.files, posts: posts.length, missing: copied.missing })
  },
}

function told(call: Call, blog: Hash, { files, posts, missing }: WaczResult): number {
  const [to] = call.args
  call.print({ to, blog, files, posts, missing }, [
    `${files} files of the copy and ${posts} posts in ${to}`,
    ...missing.map((text) => `missing: ${text}`),
  ])
  return missing.length === 0 ? 0 : 1
}

async function sourceOf(call: Call): Promise<{ member: MemberClient; blog: Hash }> {
  const url = textValue(call.values, 'member')
  const blog = textValue(call.values, 'blog')
  if (url !== null && blog !== null) return { member: new MemberClient({ wire: call.io.wire }, { url }), blog }
  const file = await readAuthorFile(call)
  return { member: await memberFor(call, file), blog: file.blog }
}

type Target = { add(name: string, bytes: Uint8Array): Promise<void>; close(): Promise<void> }

async function targetAt(path: string, nowMs: number): Promise<Target> {
  if (path.endsWith('.tar')) {
    const writer = await TarWriter.create(path, nowMs)
    return { add: (name, bytes) => writer.add(name, bytes, 0o644), close: () => writer.close() }
  }
  return {
    async add(name, bytes) {
      await mkdir(dirname(join(path, name)), { recursive: true })
      await writeFile(join(path, name), bytes)
    },
    async close() {},
  }
}

/** Names come from hashes, never from the blog: an address could name any path on this disk. */
async function copyFiles(member: MemberClient, { payload }: SignedObject<'snapshot'>, target: Target) {
  const files: SnapshotFile[] = [
    ...payload.pages,
    ...payload.assets,
    ...(payload.feed === undefined ? [] : [payload.feed]),
  ]
  const missing: string[] = []
  const done = new Map<Hash, string>()
  for (const { blob, url, type } of files) {
    if (done.has(blob)) continue
    const bytes = await checkedBlob(member, blob)
    if (bytes === null) missing.push(url)
    else {
      done.set(blob, `copy/${blob}${suffixOf(type)}`)
      await target.add(done.get(blob)!, bytes)
    }
  }
  const index = files.map(({ url, type, blob }) => ({ url, type, file: done.get(blob) ?? null }))
  await target.add(
    'copy.json',
    utf8(JSON.stringify({ address: payload.address, time: payload.time, files: index }, null, 1)),
  )
  return { files: done.size, missing }
}

async function postFiles(member: MemberClient, post: ShownPost, target: Target, missing: string[]): Promise<void> {
  const { payload } = post.current
  const name = `posts/${new Date(post.history[0]!.payload.published).toISOString().slice(0, 10)}-${post.id.slice(0, 12)}`
  for (const attachment of payload.attachments) {
    const bytes = await checkedBlob(member, attachment.blob)
    if (bytes === null) missing.push(`${post.id}: ${attachment.name}`)
    else await target.add(`posts/${attachment.blob}${suffixOf(attachment.type)}`, bytes)
  }
  const suffixes = new Map(payload.attachments.map((attachment) => [attachment.blob, suffixOf(attachment.type)]))
  const html = payload.html.replace(
    / src="blob:([0-9a-f]{64})"/g,
    (_, blob: Hash) => ` src="${blob}${suffixes.get(blob) ?? ''}"`,
  )
  const title = escapeMarkup(payload.title)
  await target.add(
    `${name}.html`,
    utf8(`<!doctype html><meta charset="utf-8"><title>${title}</title>\n<h1>${title}</h1>\n${html}\n`),
  )
  if (payload.source !== undefined) await target.add(`${name}.md`, utf8(`# ${payload.title}\n\n${payload.source}`))
}

async function checkedBlob(member: MemberClient, blob: Hash): Promise<Uint8Array | null> {
  const bytes = await member.blob(blob)
  return bytes !== null && toHex(nodePlatform.sha256(bytes)) === blob ? bytes : null
}

const suffixes: Readonly<Record<string, string>> = {
  'text/html': '.html',
  'text/css': '.css',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/gif': '.gif',
  'image/svg+xml': '.svg',
  'font/woff2': '.woff2',
}

function suffixOf(type: string): string {
  return suffixes[type.split(';')[0]!] ?? ''
}
