/**
 * An author whose blog is down: a small site that the members saw and copied before it fell, and keys that sign posts.
 * Sixteen posting keys, since one may hand in sixty posts an hour.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { ReplicaStatus } from '../../activation/posts/replica-status.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Attachment, SignedObject } from '../../protocol/objects.ts'
import { signerOf } from '../../test/support/small-network.ts'
import { until } from '../../test/support/until.ts'
import type { RealNetwork } from './network.ts'

const { sha256 } = nodePlatform
const keys = 16
const hourMs = 3_600_000
const patienceMs = 20_000
const guardedMs = 600_000

export type NewPost = {
  readonly post: SignedObject<'post'>
  readonly image: Uint8Array | null
}

export class BlogAuthor {
  readonly name: string
  readonly address: string
  readonly #net: RealNetwork
  readonly #site: Server
  #root!: SignedObject<'root'>
  #written = 0

  private constructor(net: RealNetwork, name: string, address: string, site: Server) {
    this.#net = net
    this.name = name
    this.address = address
    this.#site = site
  }

  /** Enrols a blog that the first member captures, and waits until all members know it and mirrors have their copy. */
  static async enrol(net: RealNetwork, name: string, port: number): Promise<BlogAuthor> {
    const site = createServer((request, response) => {
      const page = pageAt(request.url ?? '/', name, author.#root?.id ?? '')
      response.writeHead(page === null ? 404 : 200, { 'content-type': page?.type ?? 'text/plain' })
      response.end(page?.body ?? '')
    })
    const author = new BlogAuthor(net, name, `http://127.0.0.1:${port}/`, site)
    await once(site.listen(port, '127.0.0.1'), 'listening')
    author.#root = await net.small.sign('root', `${name} recovery`, {
      version: 1,
      recovery: [signerOf(`${name} recovery`).key],
      posting: Array.from({ length: keys }, (_, i) => ({ key: signerOf(`${name} posting ${i}`).key, name: `${i}` })),
      signers: net.members.slice(0, 2).map(({ key }) => key),
      addresses: [author.address],
      title: `Blog of ${name}`,
      revoked: [],
    })
    await handIn(net.members[0]!.url, [author.#root])
    return author
  }

  get id(): string {
    return this.#root.id
  }

  /** "127.0.0.1:9101", as it stands in `/m/<host>/`. */
  get host(): string {
    return new URL(this.address).host
  }

  /** Until the mirrors have their copy: where there are few members, all but one of them. */
  async guarded(): Promise<void> {
    const copied = async () => {
      const looks = this.#net.members.map(({ url }) => fetch(`${url}m/${this.host}/copy/`, { redirect: 'manual' }))
      const held = (await Promise.all(looks)).filter(({ status }) => status === 200).length
      const mirrors = (await this.mirrors()).length
      return mirrors >= Math.min(10, this.#net.members.length - 1) && held >= mirrors
    }
    await until(copied, `the mirrors hold a copy of ${this.name}`, { withinMs: guardedMs })
  }

  /** Urls of the mirrors on the blog's list. */
  async mirrors(): Promise<readonly string[]> {
    const response = await fetch(`${this.#net.members[0]!.url}dgos/v1/blogs/${this.id}`)
    const { mirrors } = (await response.json()) as { readonly mirrors: readonly { readonly url: string }[] }
    return mirrors.map(({ url }) => url)
  }

  /** The site ends, and the author says so to every member that runs. */
  async falls(): Promise<void> {
    await this.close()
    const time = Date.now()
    const until = time + 6 * hourMs
    const fields = { blog: this.id, state: 'down' as const, by: 'author' as const, time, until }
    const word = await this.#net.small.sign('declaration', `${this.name} posting 0`, fields)
    const running = this.#net.members.filter((_, i) => this.#net.runs(i))
    await Promise.all(running.map(({ url }) => handIn(url, [this.#root, word])))
  }

  /** Signs a post, with a picture of so many bytes where one is wanted. */
  async write(imageBytes = 0): Promise<NewPost> {
    const n = this.#written++
    const image = imageBytes === 0 ? null : pictureOf(imageBytes)
    const blob = image === null ? '' : toHex(sha256(image))
    const attachments: Attachment[] =
      image === null ? [] : [{ blob, bytes: image.length, type: 'image/png', name: 'a.png', alt: '' }]
    const html = `<p>${'We are still here. '.repeat(20)}</p>${image === null ? '' : `<p><img src="blob:${blob}" alt=""></p>`}`
    const fields = { blog: this.id, draft: toHex(systemRandom.bytes(32)), title: `Post ${n}`, html, attachments }
    const time = Date.now()
    const text = { ...fields, prevs: [], published: time, time }
    return { post: await this.#net.small.sign('post', `${this.name} posting ${n % keys}`, text), image }
  }

  async close(): Promise<void> {
    this.#site.closeAllConnections()
    await new Promise((resolve) => this.#site.close(resolve))
  }
}

/** Hands objects to a member. Throws where it does not say that it has every one. */
export async function handIn(url: string, objects: readonly SignedObject[]): Promise<void> {
  const body = JSON.stringify({ objects: objects.map((object) => object.envelope) })
  const response = await fetch(`${url}dgos/v1/objects`, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(patienceMs),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${text.slice(0, 200)}`)
  const { answers } = JSON.parse(text) as { answers: readonly { readonly result: string; readonly code?: string }[] }
  const refused = answers.find(({ result }) => result !== 'stored' && result !== 'known')
  if (refused !== undefined) throw new Error(`${url} refuses: ${refused.code ?? refused.result}`)
}

/** Hands in a post with its picture. What it resolves with is acknowledged. */
export async function handInPost(url: string, { post, image }: NewPost): Promise<void> {
  await handIn(url, [post])
  if (image === null) return
  const target = `${url}dgos/v1/blobs/${toHex(sha256(image))}`
  const response = await fetch(target, {
    method: 'PUT',
    body: image as Uint8Array<ArrayBuffer>,
    signal: AbortSignal.timeout(patienceMs),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${text.slice(0, 200)}`)
}

export async function holders(url: string, post: string): Promise<ReplicaStatus | null> {
  const response = await fetch(`${url}dgos/v1/posts/${post}/holders`, { signal: AbortSignal.timeout(patienceMs) })
  return response.ok ? ((await response.json()) as ReplicaStatus) : null
}

function pictureOf(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), systemRandom.bytes(bytes)]))
}

function pageAt(path: string, name: string, blog: string) {
  const words = Array.from({ length: 150 }, (_, i) => `word${i}`).join(' ')
  const pages: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
    '/': {
      type: 'text/html; charset=utf-8',
      body: `<!doctype html><title>${name}</title><meta name="dgos" content="${blog}"><link rel="alternate" type="application/rss+xml" href="/feed.xml"><h1>${name} writes</h1><p>${words}</p><a href="/one/">One</a>`,
    },
    '/feed.xml': {
      type: 'application/rss+xml',
      body: `<?xml version="1.0"?><rss version="2.0"><channel><title>${name}</title><item><title>One</title><link>/one/</link><guid>one</guid><description>${words}</description></item></channel></rss>`,
    },
    '/one/': { type: 'text/html; charset=utf-8', body: `<!doctype html><title>One</title><article>${words}</article>` },
    '/.well-known/dgos.json': { type: 'application/json', body: JSON.stringify({ blog }) },
  }
  return pages[path] ?? null
}
