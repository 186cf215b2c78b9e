/**
 * `dgos post`: an emergency post, signed here. Given to a member at once, or written to a .dgos file that anyone may hand
 * in; and handing in such a file.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Draft, postFields } from '../../activation/doors/draft.ts'
import { type PostFile, readPostFile, writePostFile } from '../../activation/doors/post-file.ts'
import { imageTypeOf } from '../../activation/posts/image-type.ts'
import { pause } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import { textOf, toHex } from '../../protocol/bytes.ts'
import { open, seal } from '../../protocol/envelope.ts'
import type { Attachment, Hash, SignedObject } from '../../protocol/objects.ts'
import { shownPosts, tips } from '../../protocol/posts.ts'
import { blogOf } from './author-blog.ts'
import { type AuthorFile, authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import {
  type Call,
  type Command,
  CommandFailed,
  flagValue,
  listValue,
  numberValue,
  textValue,
  UsageError,
} from './command.ts'
import { authorAt, declarationOf, postingKey } from './declare.ts'
import { type Author, MemberClient } from './member-client.ts'

const { sha256 } = nodePlatform

export const post: Command = {
  name: 'post',
  summary: 'Publishes an emergency post from a Markdown file, or hands in a signed .dgos file',
  args: ['[file]'],
  options: {
    ...authorOptions,
    title: { type: 'string', value: '<text>', help: 'the title (default: a first line that begins with "# ")' },
    image: { type: 'string', multiple: true, value: '<file[=alt text]>', help: 'attach an image (may be repeated)' },
    language: { type: 'string', value: '<tag>', help: 'language of the post' },
    replace: { type: 'string', value: '<post id>', help: 'a new text of this post' },
    withdraw: { type: 'string', value: '<post id>', help: 'take this post back' },
    declare: { type: 'boolean', help: 'also say that the blog is down' },
    out: { type: 'string', value: '<file.dgos>', help: 'write a signed file instead of sending' },
    offline: { type: 'boolean', help: 'with --out: ask no member for the newest posts' },
    wait: { type: 'string', value: '<seconds>', help: 'wait until three operators hold it (default 30; 0: do not)' },
  },
  notes: ['[file] is Markdown, "-" or nothing for standard input, or a .dgos file made with --out.'],
  async run(call) {
    const source = call.args[0] ?? '-'
    if (source.endsWith('.dgos')) return handIn(call, source)
    const file = await readAuthorFile(call)
    const offline = flagValue(call.values, 'offline')
    const out = textValue(call.values, 'out')
    if (offline && out === null) throw new UsageError('--offline goes with --out')
    const member = offline ? null : await memberFor(call, file)
    const known = member === null ? [] : await blogOf(member, file.blog)
    const images = await imagesOf(call)
    const object = await signedPost(call, file, known, images, source)
    const objects = [...(flagValue(call.values, 'declare') ? [await declarationOf(call, file)] : []), object]
    const blobs = new Map(images.map((image) => [image.attachment.blob, image.bytes]))
    if (out !== null) {
      await writeFile(
        out,
        writePostFile(
          objects.map((object) => object.envelope),
          blobs,
        ),
      )
      call.print({ post: object.id, file: out }, [
        `signed: ${out}. Anyone may hand it in at any member's /post, or with "dgos post ${out}"`,
      ])
      return 0
    }
    return send(call, member!, objects, blobs, authorAt(call, file))
  },
}

type Image = { readonly attachment: Attachment; readonly bytes: Uint8Array }

async function imagesOf({ values }: Call): Promise<readonly Image[]> {
  return Promise.all(
    listValue(values, 'image').map(async (option) => {
      const [path, ...alt] = option.split('=') as [string, ...string[]]
      const bytes = new Uint8Array(
        await readFile(path).catch(() => Promise.reject(new UsageError(`cannot read ${path}`))),
      )
      const type = imageTypeOf(bytes)
      if (type === null) throw new UsageError(`${path} is no image that mirrors take: JPEG, PNG, WebP, AVIF or GIF`)
      const name = basename(path).replace(/[^ -~]/g, '_')
      return { bytes, attachment: { blob: toHex(sha256(bytes)), bytes: bytes.length, type, name, alt: alt.join('=') } }
    }),
  )
}

async function signedPost(
  call: Call,
  file: AuthorFile,
  known: readonly SignedObject[],
  images: readonly Image[],
  source: string,
): Promise<SignedObject<'post'>> {
  const { io, values } = call
  const blog = blogObjects(file.blog, known)
  const withdraw = textValue(values, 'withdraw')
  const target = withdraw ?? textValue(values, 'replace')
  const shown =
    target === null
      ? undefined
      : shownPosts(blog, io.clock.nowMs()).find((post) => post.id === target || post.current.id === target)
  if (target !== null && shown === undefined) throw new CommandFailed(`no post ${target} is known`)
  const text = withdraw !== null ? '' : await markdownOf(call, source)
  const heading = /^# +(.+)\r?\n?/.exec(text)
  const title = textValue(values, 'title') ?? heading?.[1]?.trim() ?? ''
  const language = textValue(values, 'language')
  const draft: Draft = {
    mark: toHex(io.random.bytes(32)),
    title,
    source: textValue(values, 'title') === null && heading !== null ? text.slice(heading[0].length).trimStart() : text,
    attachments: images.map((image) => image.attachment),
    ...(language === null ? {} : { language }),
    ...(shown === undefined ? {} : { replaces: shown.current }),
    ...(withdraw === null ? {} : { withdrawn: true }),
  }
  const fields = postFields(draft, {
    network: file.network,
    blog: file.blog,
    prevs: tips(blog),
    nowMs: io.clock.nowMs(),
    base: file.addresses[0]!,
    through: 'dgos',
  })
  if (!fields.ok) throw new UsageError(fields.detail || fields.code)
  return seal('post', fields.value, postingKey(file), sha256)
}

async function markdownOf(call: Call, source: string): Promise<string> {
  const bytes = source === '-' ? await call.io.input() : await readFile(source).catch(() => null)
  if (bytes === null) throw new UsageError(`cannot read ${source}`)
  const text = textOf(new Uint8Array(bytes))
  if (text === null) throw new UsageError(`${source} is not UTF-8 text`)
  return text.replace(/^\ufeff/, '')
}

async function handIn(call: Call, path: string): Promise<number> {
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null) throw new UsageError(`cannot read ${path}`)
  const file = readPostFile(new Uint8Array(bytes), sha256)
  if (!file.ok) throw new UsageError(`${path}: ${file.detail || file.code}`)
  const objects: SignedObject[] = []
  for (const envelope of file.value.objects) {
    const opened = await open(envelope, nodePlatform)
    if (!opened.ok) throw new CommandFailed(`${path}: ${opened.code} ${opened.detail}`)
    objects.push(opened.value)
  }
  const url = textValue(call.values, 'member')
  const member =
    url === null ? await memberFor(call, await readAuthorFile(call)) : new MemberClient({ wire: call.io.wire }, { url })
  return send(call, member, objects, file.value.blobs)
}

type ReplicaStatus = { held: number; of: number; safe: boolean; operators: number }

async function send(
  call: Call,
  member: MemberClient,
  objects: readonly SignedObject[],
  blobs: PostFile['blobs'],
  author: Author | null = null,
): Promise<number> {
  const answers = await member.hand(objects, author)
  const refused = answers.find((answer) => answer.result === 'refused')
  if (refused !== undefined) {
    const hint = refused.code === 'BLOG_NOT_DOWN' ? ' Run the same command with --declare to say that it is down.' : ''
    throw new CommandFailed(`${refused.code}: ${refused.message}${hint}`)
  }
  for (const [hash, bytes] of blobs) await member.putBlob(hash as Hash, bytes)
  const posts = objects.filter((object) => object.kind === 'post')
  const holders = await waitUntilSafe(call, member, posts.at(-1)?.id ?? null)
  const ids = posts.map((post) => post.id)
  call.print({ posts: ids, member: member.url, holders }, [
    `accepted by ${member.url}`,
    ...(holders === null
      ? []
      : [`${holders.held} of ${holders.of} mirrors hold it${holders.safe ? ': it is safe' : ''}`]),
  ])
  return 0
}

/** Follows the copies until three operators (or all there are) hold the post, or the time is up. */
async function waitUntilSafe(call: Call, member: MemberClient, id: Hash | null): Promise<ReplicaStatus | null> {
  const { clock } = call.io
  const untilMs = clock.steadyMs() + numberValue(call.values, 'wait', 30) * 1000
  let last: ReplicaStatus | null = null
  while (id !== null) {
    last = (await member.get(`dgos/v1/posts/${id}/holders`)) as ReplicaStatus | null
    if (last === null || last.safe || clock.steadyMs() >= untilMs) break
    await pause(clock, 200)
  }
  return last
}
