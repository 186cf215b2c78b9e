/**
 * What a WordPress member of the bench guards: ten founding members, blogs of one and the same size, their posts with the
 * receipts of all ten mirrors, copies, words about their addresses and their state. Every object is signed for real.
 */
import { toHex, utf8 } from '../protocol/bytes.ts'
import type { Attachment, Hash, Key, SignedObject } from '../protocol/objects.ts'
import { dayMs, SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../test/support/small-network.ts'

export const members = 10
export const blogCount = 5
const minuteMs = 60_000
/** Every tenth post carries a photograph of this size. */
const imageBytes = 100_000
const pageBytes = 60_000
/** When everything has been said; the clock of the measured member goes on from here. */
export const filledMs = startMs + dayMs

export type Guarded = {
  readonly net: SmallNetwork
  /** The last one is the site's own; the first two are down by their authors' word. */
  readonly blogs: readonly SmallBlog[]
  readonly objects: readonly SignedObject[]
  readonly blobs: readonly Uint8Array[]
  readonly posts: readonly SignedObject<'post'>[]
  /** Images of posts for which the site has given no receipt yet. */
  readonly images: readonly Uint8Array[]
  /** Posts that nobody has yet, of a blog that is down. */
  readonly fresh: readonly SignedObject<'post'>[]
}

/** The key of the measured member is that of "m0": its seed in hex. */
export function seedOf(name: string): string {
  return toHex(sha256(utf8(name)))
}

export function hashOf(bytes: Uint8Array): Hash {
  return toHex(sha256(bytes))
}

/** `site` and `others` are urls of the measured member and of a folder in which the nine others and the blogs lie. */
export async function guardedPosts(site: string, others: string, count: number, fresh: number): Promise<Guarded> {
  const net = await SmallNetwork.found(members, (i) => (i === 0 ? site : `${others}m${i}/`))
  const blogs: SmallBlog[] = []
  for (let i = 0; i < blogCount - 1; i++) blogs.push(await net.blog(`blog${i}`, `${others}blog${i}/`))
  blogs.push(await ownBlog(net, site))
  const blobs: Uint8Array[] = []
  const posts: SignedObject<'post'>[] = []
  const images: Uint8Array[] = []
  for (const [i, blog] of blogs.entries()) {
    blobs.push(...(await copied(blog)))
    for (const by of mirrors()) await spoken(blog, by, i < 2)
    if (i < 2) await blog.say('down', filledMs - 30 * minuteMs, 6 * dayMs)
    await lend(blog)
    let last: SignedObject<'post'> | null = null
    for (let n = 0; n < count / blogCount; n++) {
      const image = n % 10 === 0 ? pixels(`${i} ${n}`, imageBytes) : null
      last = await write(blog, n, last?.id ?? null, image)
      posts.push(last)
      for (const by of image === null ? mirrors() : mirrors().slice(1)) await blog.add('receipt', by, { post: last.id })
      if (image !== null) images.push(image)
    }
  }
  const objects = [...net.objects, ...blogs.flatMap((blog) => blog.kept)]
  const late: SignedObject<'post'>[] = []
  for (let n = 0; n < fresh; n++) late.push(await write(blogs[0]!, count + n, null, null))
  return { net, blogs, objects, blobs, posts, images, fresh: late }
}

export function mirrors(): string[] {
  return Array.from({ length: members }, (_, i) => `m${i}`)
}

async function ownBlog(net: SmallNetwork, site: string): Promise<SmallBlog> {
  const keys = { recovery: [signerOf('own recovery').key], online: signerOf('m0').key }
  const posting = [{ key: signerOf('own posting').key, name: 'laptop' }]
  const said = { version: 1, ...keys, posting, signers: [], addresses: [site], title: 'Ben in WordPress', revoked: [] }
  return new SmallBlog(net, 'own', site, await net.sign('root', 'own recovery', said))
}

/** A head with a copy of a page and a picture; gives back their bytes. */
async function copied(blog: SmallBlog): Promise<readonly Uint8Array[]> {
  const online = blog.root.payload.online === signerOf('m0').key ? 'm0' : 'online'
  const page = utf8(`<!doctype html><title>${blog.name}</title>${`<p>${blog.name} writes.</p>`.repeat(pageBytes / 20)}`)
  const picture = pixels(blog.name, imageBytes)
  const file = (bytes: Uint8Array, path: string, type: string) => {
    return { url: `${blog.address}${path}`, blob: hashOf(bytes), type, bytes: bytes.length }
  }
  const time = filledMs - 60 * minuteMs
  const snapshot = await blog.add('snapshot', online, {
    address: blog.address,
    title: blog.name,
    pages: [{ path: '/', title: blog.name, ...file(page, '', 'text/html; charset=utf-8') }],
    assets: [file(picture, 'a.png', 'image/png')],
    alike: hashOf(page),
    time,
  })
  const place = { root: blog.id, rootVersion: 1, seq: 1, snapshot: snapshot.id }
  const keys: Key[] = blog.net.roster(startMs).members.map((member) => member.id)
  await blog.add('head', online, { ...place, mirrors: keys, expires: time + 7 * dayMs, time })
  return [page, picture]
}

/** What one mirror says of a blog: its address, its state, its newest head. */
async function spoken(blog: SmallBlog, by: string, isDown: boolean): Promise<void> {
  await blog.attestor(by)
  const well = { state: 'up' as const, reason: 'tag', probes: 1 }
  await blog.observe(by, { time: filledMs - minuteMs, ...(isDown ? {} : well) })
  const head = blog.objects().head[0]!
  await blog.add('checkpoint', by, { head: head.id, rootVersion: 1, seq: 1, posts: [], time: filledMs - 30 * minuteMs })
}

/** The outage key under a passphrase, as the kit makes it: sealed bytes here are none, nobody opens them. */
async function lend(blog: SmallBlog): Promise<void> {
  const vault = {
    ...{ kdf: 'scrypt' as const, n: 131_072, r: 8, p: 1, salt: '11'.repeat(16) },
    ...{
      cipher: 'xchacha20-poly1305' as const,
      nonce: '22'.repeat(24),
      sealed: '33'.repeat(48),
      check: '44'.repeat(4),
    },
  }
  const to = signerOf(`${blog.name} outage`).key
  const may = ['post', 'declaration'] as const
  await blog.add('delegation', 'posting', { to, may: [...may], until: startMs + 300 * dayMs, postsPerDay: 10, vault })
}

async function write(blog: SmallBlog, n: number, prev: Hash | null, image: Uint8Array | null) {
  const time = filledMs - 20 * 60 * minuteMs + n * minuteMs
  const blob = image === null ? '' : hashOf(image)
  const attachments: Attachment[] =
    image === null ? [] : [{ blob, bytes: image.length, type: 'image/png', name: 'a.png', alt: '' }]
  const text = `<p>${`Post ${n}: we are still here, and this is what happened today. `.repeat(40)}</p>`
  const html = image === null ? text : `${text}<p><img src="blob:${blob}" alt=""></p>`
  const draft = signerOf(`${blog.name} draft ${n}`).key
  const prevs = prev === null ? [] : [prev]
  const said = { draft, prevs, title: `Post ${n}`, html, attachments, published: time, time }
  return blog.add('post', 'posting', said)
}

/** Bytes that begin as a PNG and are all different. */
function pixels(name: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  bytes.set(sha256(utf8(name)), 8)
  return bytes
}
