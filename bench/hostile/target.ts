/**
 * What the inputs of the price list are thrown at: one member that runs, in a network whose other members' keys are at
 * hand, with one blog that is proven and declared down, and a web server of the attacker's that serves what it is told.
 */
import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { SignedObject } from '../../protocol/objects.ts'
import type { HostileRequest } from '../../test/hostile/inputs/request.ts'
import { SmallBlog, signerOf } from '../../test/support/small-network.ts'
import { handIn } from '../members/blog-author.ts'
import type { GaugeClient } from '../members/gauge-client.ts'
import { RealNetwork } from '../members/network.ts'

/** A request that is neither answered nor closed by then was left hanging, which costs nobody anything more. */
const patienceMs = 15_000
/** A page is asked for within this, however busy the machine is, and looked at within that. */
const askedMs = 600_000
const quietMs = 1_500

export type Page = { readonly type: string; readonly body: Uint8Array | string }

export class Target {
  readonly net: RealNetwork
  readonly blog: SmallBlog
  readonly smtpPort: number
  readonly #web: Server
  readonly #pages = new Map<string, Page>()
  readonly #asked = new Map<string, number>()
  #served = 0
  #webPort = 0

  private constructor(net: RealNetwork, blog: SmallBlog, smtpPort: number) {
    this.net = net
    this.blog = blog
    this.smtpPort = smtpPort
    this.#web = createServer((request, response) => {
      const path = request.url ?? '/'
      this.#asked.set(path, performance.now())
      const page = this.#pages.get(path)
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': page?.type ?? 'text/plain' })
      response.end(page?.body ?? '')
    })
  }

  static async open(firstPort: number): Promise<Target> {
    const smtpPort = firstPort + 30
    const mail = { mail: 'smtp://127.0.0.1:9', mailFrom: 'dgos@member.example', smtpPort, smtpHost: '127.0.0.1' }
    // Rates are the business of the siege; here each request must come through.
    const config = { ...mail, smtpDomain: 'member.example', perAddressPerMinute: 1_000_000, blogsPerMinute: 10_000 }
    const net = await RealNetwork.found({ name: 'hostile', members: 4, firstPort, config })
    try {
      net.start(0)
      await net.ready(0)
      const { small } = net
      const root = await small.sign('root', 'ana recovery', {
        ...{
          version: 1,
          recovery: [signerOf('ana recovery').key],
          posting: [{ key: signerOf('ana posting').key, name: 'k' }],
        },
        ...{ signers: [], addresses: ['https://ana.example/'], title: 'Ana', revoked: [] },
      })
      const blog = new SmallBlog(small, 'ana', 'https://ana.example/', root)
      const words = []
      for (let i = 0; i < 4; i++) words.push(await blog.attestor(`m${i}`))
      words.push(await blog.say('down', Date.now(), 6 * 3_600_000))
      await handIn(net.members[0]!.url, [root, ...words])
      const target = new Target(net, blog, smtpPort)
      await once(target.#web.listen(0, '127.0.0.1'), 'listening')
      target.#webPort = (target.#web.address() as { port: number }).port
      return target
    } catch (error) {
      await net.close()
      throw error
    }
  }

  get url(): string {
    return this.net.members[0]!.url
  }

  get gauge(): GaugeClient {
    return this.net.gauge(0)
  }

  get folder(): string {
    return this.net.members[0]!.dir
  }

  async close(): Promise<void> {
    this.#web.closeAllConnections()
    this.#web.close()
    await this.net.close()
  }

  /** A member that an input has ended is started again, for those that follow. */
  async heal(): Promise<boolean> {
    if (this.net.runs(0)) return false
    this.net.start(0)
    await this.net.ready(0)
    return true
  }

  /** Sends a whole request and takes whatever comes: an answer, a closed connection, nothing. */
  async send(request: HostileRequest): Promise<number | null> {
    const { method, path, headers, body } = request
    const length = body.length === 0 ? {} : { 'content-length': String(body.length) }
    return new Promise((resolve) => {
      const asked = httpRequest(new URL(this.url), { method, path, headers: { ...headers, ...length }, agent: false })
      const done = (status: number | null) => {
        clearTimeout(late)
        asked.destroy()
        resolve(status)
      }
      const late = setTimeout(() => done(null), patienceMs)
      asked.on('error', () => done(null))
      asked.on('response', (response) => {
        response.on('error', () => done(null))
        response.resume()
        response.once('end', () => done(response.statusCode!))
      })
      asked.end(body)
    })
  }

  /** Objects as they are, and whatever the member says to them. */
  async hand(objects: readonly SignedObject[]): Promise<void> {
    for (let from = 0; from < objects.length; from += 64) {
      const envelopes = objects.slice(from, from + 64).map((object) => object.envelope)
      await this.send({
        method: 'POST',
        path: '/dgos/v1/objects',
        headers: {},
        body: Buffer.from(JSON.stringify({ objects: envelopes })),
      })
    }
  }

  /**
   * A new blog in a folder of the attacker's server, whose front page is this page. Resolves when the member has asked
   * for it and then for nothing more for a while: marker, copy, feed and pictures are looked at by then.
   */
  async enrol(page: (address: string) => Readonly<Record<string, Page>>): Promise<void> {
    const folder = `/b${this.#served++}/`
    const address = `http://127.0.0.1:${this.#webPort}${folder}`
    for (const [path, content] of Object.entries(page(address))) this.#pages.set(`${folder}${path}`, content)
    const name = `hostile ${folder} ${performance.now()}`
    const root = await this.net.small.sign('root', name, {
      ...{ version: 1, recovery: [signerOf(name).key], posting: [{ key: signerOf(name).key, name: 'k' }] },
      ...{ signers: [this.net.members[0]!.key], addresses: [address], title: 'x', revoked: [] },
    })
    const blog = new SmallBlog(this.net.small, name, address, root)
    const words = []
    for (let i = 1; i < 4; i++) words.push(await blog.attestor(`m${i}`))
    await this.hand([root, ...words])
    await this.#quiet(folder)
  }

  async #quiet(folder: string): Promise<void> {
    const startMs = performance.now()
    const last = () => Math.max(0, ...[...this.#asked].filter(([path]) => path.startsWith(folder)).map(([, at]) => at))
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      const nowMs = performance.now()
      if (last() === 0 ? nowMs - startMs > askedMs : nowMs - last() > quietMs) break
    }
    if (last() === 0) throw new Error(`nobody asked for ${folder}`)
  }
}
