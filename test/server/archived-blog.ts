/** A blog of many posts, archived by one member and kept by its mirrors: the ground for bringing it back without its server. */
import type { Wire } from '../../ledger/peers.ts'
import { SqlArchiveStore } from '../../mirror/archive/sql-archive-store.ts'
import { currentArchive } from '../../protocol/archive.ts'
import { main } from '../../server/cli/main.ts'
import { hills } from '../demo/picture.ts'
import { urlOf } from '../support/network-founding.ts'
import { PageWeb } from '../support/page-web.ts'
import { rootOf, signerOf } from '../support/small-network.ts'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { type Ground, TestNetwork } from '../support/test-network.ts'
import { type WholeMember, wholeMember } from '../support/whole-member.ts'

export const home = 'http://ana.example/'
const perPage = 10
const hourMs = 3_600_000
const hoursMax = 500

/** Posts with a picture each, pages of ten that lead to each other, a feed of the newest and a sitemap of all. */
export function putBlog(web: PageWeb, posts: number, blog: string): void {
  const name = (i: number) => `2026/post-${i}/`
  const head = `<meta name=dgos content="${blog}"><link rel=stylesheet href=/style.css><link rel=alternate type=application/atom+xml href=/feed.xml>`
  const text = (i: number) => `Post ${i}: the garden does what it wants, and I write it down. `.repeat(8)
  for (let i = 0; i < posts; i++) {
    const links = `<a href="/${name((i + 1) % posts)}">next</a> <a href="../../?p=${i}">short</a> <a href="https://other.example/">elsewhere</a>`
    const body = `<article><h1>Post ${i}</h1><time datetime="2026-01-01">1 January</time><p>${text(i)}</p><img src="../../images/${i}.png"></article>${links}`
    web.put(`${home}${name(i)}`, `<!doctype html><title>Post ${i}</title>${head}${body}`)
    web.put(`${home}?p=${i}`, `<!doctype html><title>Post ${i}</title>${head}<article>${text(i)}</article>`)
    web.put(`${home}images/${i}.png`, hills(8, 8, i), 'image/png')
  }
  for (let page = 1; (page - 1) * perPage < posts; page++) {
    const some = Array.from(
      { length: Math.min(perPage, posts - (page - 1) * perPage) },
      (_, i) => (page - 1) * perPage + i,
    )
    const list = some.map((i) => `<h2><a href="/${name(i)}">Post ${i}</a></h2><p>${text(i)}</p>`).join('')
    const body = `<!doctype html><title>Ana</title>${head}${list}<a href="/page/${page + 1}/">older</a>`
    web.put(page === 1 ? home : `${home}page/${page}/`, body)
  }
  web.put(`${home}style.css`, 'body{background:url(images/0.png)}', 'text/css')
  const entry = (i: number) => `<entry><id>${i}</id><title>Post ${i}</title><link href="/${name(i)}"/></entry>`
  const newest = Array.from({ length: perPage }, (_, i) => entry(i)).join('')
  web.put(
    `${home}feed.xml`,
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>Ana</title>${newest}</feed>`,
    'application/atom+xml',
  )
  const urls = Array.from({ length: posts }, (_, i) => `<url><loc>${home}${name(i)}</loc></url>`).join('')
  web.put(`${home}sitemap.xml`, `<urlset>${urls}</urlset>`, 'application/xml')
}

export class ArchivedBlog {
  readonly net: TestNetwork
  readonly web: PageWeb
  readonly blog: string
  /** Hours that filling took, on the members' clock. */
  readonly hours: number
  readonly #home: string

  private constructor(net: TestNetwork, web: PageWeb, blog: string, hours: number, dir: string) {
    this.net = net
    this.web = web
    this.blog = blog
    this.hours = hours
    this.#home = dir
  }

  static async create(
    t: Cleanup,
    { posts, members }: { readonly posts: number; readonly members: number },
  ): Promise<ArchivedBlog> {
    const web = new PageWeb()
    const make = async (ground: Ground): Promise<WholeMember> => {
      const own = ground.i === 0 ? { archives: await SqlArchiveStore.open(ground.database) } : {}
      return wholeMember({}, own)(ground)
    }
    const net = await TestNetwork.create(t, { members, make, web })
    const { online: _, ...fields } = rootOf('ana', home)
    const named = { ...fields, signers: [signerOf('m0').key] }
    const root = await net.member(0).ledger.publish('root', named, signerOf('ana recovery'))
    putBlog(web, posts, root.id)
    await net.give([root])
    const seen = []
    for (let i = 0; i < members; i++)
      seen.push(await net.small.sign('attestation', `m${i}`, { blog: root.id, address: home, marker: 'tag' }))
    await net.give(seen)
    const { copies } = net.member(0)
    await copies.capture.run(root.id)
    let hours = 0
    const current = async () => currentArchive(await net.member(0).ledger.blog(root.id), net.clock.nowMs())
    for (; (await current())?.payload.complete !== true; hours++) {
      if (hours > hoursMax) throw new Error(`not archived after ${hours} hours`)
      for (let i = 0; i < 4; i++) await copies.archive.round!.run(root.id)
      await net.clock.advance(hourMs)
    }
    await net.give((await net.member(0).ledger.live(root.id)).filter((object) => object.kind !== 'root'))
    for (let i = 1; i < members; i++) {
      await net.member(i).copies.blobKeeper.pull(root.id)
      await net.member(i).copies.archive.keeper.pull(root.id)
    }
    return new ArchivedBlog(net, web, root.id, hours, await temporaryFolder(t, 'author'))
  }

  async current() {
    return currentArchive(await this.net.member(1).ledger.blog(this.blog), this.net.clock.nowMs())!
  }

  /** `dgos`, at a machine that has nothing of the blog. `wire` may lie. */
  async run(args: readonly string[], wire: (to: Wire) => Wire = (to) => to) {
    const out: string[] = []
    const err: string[] = []
    const { clock, random } = this.net
    const code = await main([...args, '--json'], {
      env: {},
      home: this.#home,
      clock,
      random,
      wire: wire(this.net.wire('192.0.2.9')),
      exchange: async () => null,
      resolvers: () => [],
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      input: async () => new Uint8Array(),
      ended: new Promise(() => {}),
    })
    const value = out.length === 0 ? null : (JSON.parse(out.join('')) as Record<string, unknown>)
    return { code, err: err.join('\n'), value }
  }
}

/** One member hands out other bytes than it is asked for. */
export function lyingAt(i: number): (to: Wire) => Wire {
  return (to) => ({
    async request(url, request) {
      const answer = await to.request(url, request)
      if (url !== urlOf(i) || !answer.ok || !request.path.startsWith('dgos/v1/blobs/')) return answer
      return { ...answer, body: answer.body.map((byte) => byte ^ 1) }
    },
  })
}
