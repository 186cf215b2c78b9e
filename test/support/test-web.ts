/** The open web of a test: pages that were put there, and blogs that stand, fall and answer for their life. */
import { type Clock, pause } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Web, WebAnswer, WebRequest } from '../../lib/web.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { SmallBlog, signerOf } from './small-network.ts'

/** What a wall before a blog answers. */
export type Wall = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
}

/** A blog of the network, and the site of it. */
export class TestBlog extends SmallBlog {
  site: 'up' | 'silent' | 'parked' | 'flickering' = 'up'
  /** What answers in its place, whatever its site does. */
  wall: Wall | null = null
  /** Whether its server runs its own code, which sends lives where a test has started them. */
  running = true
  /** When its front page was asked for. */
  readonly probes: number[] = []

  readonly recovery = signerOf(`${this.name} recovery`)
  readonly posting = signerOf(`${this.name} posting`)
  readonly online = signerOf(`${this.name} online`)

  goSilent(): void {
    this.site = 'silent'
  }

  comeBack(): void {
    this.site = 'up'
  }
}

/** Who looks: a member's own sight of the web. */
export type Eyes = {
  readonly cutOff: boolean
  readonly blind: boolean
  /** Told "too many requests" by every blog. */
  readonly limited?: boolean
}

export type TestWebDeps = { readonly clock: Clock; readonly random: Random }
export type TestWebOptions = {
  /** Answers take a while, and silence lasts until the time is over; otherwise all is at once. */
  readonly delayed: boolean
  /** How a dead host fails. */
  readonly failure: 'refused' | 'silent'
}

export class TestWeb implements Web {
  readonly pages = new Map<string, string>()
  readonly blogs: TestBlog[] = []
  readonly #deps: TestWebDeps
  readonly #options: TestWebOptions

  constructor(deps: TestWebDeps, options: TestWebOptions) {
    this.#deps = deps
    this.#options = options
  }

  seenBy(eyes: Eyes): Web {
    return {
      fetch: async (request) => {
        if (eyes.cutOff || eyes.blind) return this.#nothing(request.timeMs)
        return eyes.limited === true ? walled(request.url, { status: 429 }) : this.fetch(request)
      },
    }
  }

  async fetch({ url, timeMs }: WebRequest): Promise<WebAnswer> {
    const put = this.pages.get(url)
    if (put !== undefined) return page(url, put)
    const blog = this.blogs.find((blog) => url.startsWith(blog.address))
    if (blog === undefined) return this.#nothing(timeMs)
    if (url === blog.address) blog.probes.push(this.#deps.clock.nowMs())
    if (blog.wall !== null) return walled(url, blog.wall)
    const flickers = blog.site === 'flickering' && this.#deps.random.below(5) > 0
    if (blog.site === 'silent' || flickers) return this.#nothing(timeMs)
    await this.#wait(100 + this.#deps.random.below(400))
    return this.#siteOf(blog, url)
  }

  async #siteOf(blog: TestBlog, url: string): Promise<WebAnswer> {
    if (blog.site === 'parked') return page(url, '<title>Parked</title>This domain is for sale')
    if (url === blog.address) return page(url, `<meta name="dgos" content="${blog.id}"><title>${blog.id}</title>`)
    if (url.endsWith('/.well-known/dgos.json'))
      return page(url, JSON.stringify({ blog: blog.id, life: `${blog.address}life` }))
    const nonce = new URL(url).searchParams.get('nonce') ?? ''
    const fields = { blog: blog.id, address: blog.address, nonce }
    return page(url, JSON.stringify((await blog.net.sign('life', `${blog.name} online`, fields)).envelope))
  }

  async #nothing(timeMs: number): Promise<WebAnswer> {
    const { failure } = this.#options
    await this.#wait(failure === 'silent' ? timeMs : 50)
    return { ok: false, reason: failure === 'silent' ? 'timeout' : 'connect', detail: '' }
  }

  async #wait(ms: number): Promise<void> {
    if (this.#options.delayed) await pause(this.#deps.clock, ms)
  }
}

function walled(url: string, { status, headers = {}, text = '' }: Wall): WebAnswer {
  return { ok: true, status, headers, body: utf8(text), url }
}

function page(url: string, text: string): WebAnswer {
  return { ok: true, status: 200, headers: { 'content-type': 'text/html' }, body: utf8(text), url }
}
