/** A blog of the simulated web: a front page with a feed and posts, a proof of life, and an owner who can lose the server. */
import { nodePlatform } from '../../lib/platform.ts'
import type { WebAnswer } from '../../lib/web.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'

export type SimBlogKeys = { readonly recovery: Signer; readonly posting: Signer; readonly online: Signer }

export class SimBlog {
  readonly address: string
  keys: SimBlogKeys
  /** Set once root 1 is sealed: the marker that the page carries. */
  id: Hash = ''
  network: Hash = ''
  state: 'up' | 'silent' | 'error' | 'parked' = 'up'
  posts: { readonly slug: string; readonly text: string }[] = []

  constructor(address: string, keys: SimBlogKeys) {
    this.address = address
    this.keys = keys
  }

  async answer(url: string, nowMs: number): Promise<WebAnswer> {
    if (this.state === 'silent') return { ok: false, reason: 'connect', detail: 'refused' }
    if (this.state === 'error') return page(url, 503, '<h1>Error establishing a database connection</h1>')
    if (this.state === 'parked') return page(url, 200, '<h1>This domain is for sale</h1>')
    const path = url.slice(this.address.length)
    if (path === '') return page(url, 200, this.#front())
    if (path === 'feed.xml') return page(url, 200, this.#feed(nowMs), 'application/rss+xml')
    if (path === '.well-known/dgos.json')
      return page(url, 200, JSON.stringify({ blog: this.id, life: `${this.address}dgos-life` }), 'application/json')
    if (path.startsWith('dgos-life?'))
      return page(
        url,
        200,
        await this.#life(new URLSearchParams(path.slice(10)).get('nonce') ?? '', nowMs),
        'application/json',
      )
    const post = this.posts.find((post) => `${post.slug}/` === path)
    return post === undefined
      ? page(url, 404, '<h1>Not found</h1>')
      : page(url, 200, article(this, post.text, post.slug))
  }

  #front(): string {
    const links = this.posts.map(
      ({ slug, text }) => `<article><h2><a href="${this.address}${slug}/">${slug}</a></h2><p>${text}</p></article>`,
    )
    return document(this, `<h1>Blog ${this.address}</h1>${links.join('')}<p>${'A calm place to read. '.repeat(30)}</p>`)
  }

  #feed(nowMs: number): string {
    const items = this.posts.map(
      ({ slug, text }) =>
        `<item><guid>${this.address}${slug}</guid><link>${this.address}${slug}/</link><title>${slug}</title><description>${text}</description></item>`,
    )
    return `<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title><link>${this.address}</link><description>at ${nowMs > 0 ? 'work' : ''}</description>${items.join('')}</channel></rss>`
  }

  async #life(nonce: string, nowMs: number): Promise<string> {
    const fields = { network: this.network, time: nowMs, blog: this.id, address: this.address, nonce }
    return JSON.stringify((await seal('life', fields, this.keys.online, nodePlatform.sha256)).envelope)
  }
}

function document(blog: SimBlog, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blog ${blog.address}</title><meta name="dgos" content="${blog.id}"><link rel="alternate" type="application/rss+xml" href="${blog.address}feed.xml"></head><body>${body}</body></html>`
}

function article(blog: SimBlog, text: string, slug: string): string {
  return document(blog, `<article><h1>${slug}</h1><p>${text}</p></article>`)
}

function page(url: string, status: number, text: string, type = 'text/html; charset=utf-8'): WebAnswer {
  return { ok: true, status, headers: { 'content-type': type }, body: utf8(text), url }
}
