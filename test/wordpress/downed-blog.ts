/** A blog of one page that Node members guard, and its end: what the beacon of other blogs has to tell. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { close, listen } from '../sites/workshop.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import type { Network } from './node-network.ts'

export class GuardedBlog {
  readonly url: string
  readonly id: string
  readonly #net: Network
  readonly #stop: () => Promise<void>

  private constructor(net: Network, url: string, id: string, stop: () => Promise<void>) {
    this.#net = net
    this.url = url
    this.id = id
    this.#stop = stop
  }

  /** Enrolled at the first member, and proven to both. */
  static async open(t: Cleanup, net: Network): Promise<GuardedBlog> {
    const marker = { id: '' }
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(
        `<!doctype html><html lang="en"><head><title>Ana</title><meta name="dgos" content="${marker.id}"></head><body><h1>Ana writes</h1><p>Some words of a blog that somebody may miss one day, enough of them to be a page.</p></body></html>`,
      )
    })
    const url = await listen(server)
    t.after(() => close(server))
    const added = (await net.dgos('blog', 'add', url, '--member', net.url(0), '--no-wait')) as { blog: string }
    marker.id = added.blog
    const blog = new GuardedBlog(net, url, added.blog, () => close(server))
    for (const i of [0, 1]) await until(() => blog.#isProven(i), `member ${i} has the proof of its address`)
    return blog
  }

  /** Its server ends, its author says so and posts; both members list it. */
  async fall(title: string): Promise<void> {
    await this.#stop()
    const words = ['post', '--member', this.#net.url(0), '--title', title, '--declare', '--wait', '0', '--json']
    const { code, err } = await this.#net.run(words, 'All *well*.')
    assert.equal(code, 0, err)
    await until(async () => {
      const [entry, other] = await Promise.all([this.#listed(0), this.#listed(1)])
      return entry !== null && entry === other
    }, 'both members list it alike')
  }

  async #isProven(i: number): Promise<boolean> {
    const facts = await (await fetch(`${this.#net.url(i)}dgos/v1/blogs/${this.id}`)).json()
    const { proven, snapshot } = facts as { proven: readonly string[]; snapshot: object | null }
    return proven.includes(this.url) && snapshot !== null
  }

  /** The member's entry: address, blog and declaration. */
  async #listed(i: number): Promise<string | null> {
    const list = (await (await fetch(`${this.#net.url(i)}dgos/v1/outages`)).json()) as { payload: string }
    const { entries } = JSON.parse(Buffer.from(list.payload, 'base64').toString()) as { entries: readonly string[] }
    const id = Buffer.from(this.id, 'hex').toString('base64url')
    return entries.find((entry) => entry.includes(id)) ?? null
  }
}
