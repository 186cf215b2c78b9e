/** Members that serve lists and evidence on loopback, blogs that carry the beacon, and readers in a real browser. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, type TestContext } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { hostPath } from '../../protocol/addresses.ts'
import type { Envelope, Key, SignedObject } from '../../protocol/objects.ts'
import { addressHash, bucketOf, type OutageEntry, sealList } from '../../protocol/outage-list.ts'
import { emptyEvidence } from '../hostile/inputs/empty-evidence.ts'
import { builtBeacon } from '../support/built-files.ts'
import { openWebServer } from '../support/open-servers.ts'
import { realComponent } from '../support/real-component.ts'
import { type SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

const files = await builtBeacon()

/** One member: what it answers, and what it was asked. */
export class LoopbackMember {
  readonly name: string
  readonly asked: string[] = []
  readonly headers: IncomingMessage['headers'][] = []
  url = ''
  /** "ok", or how it fails. */
  mood: 'ok' | 'dead' | 'silent' | 'garbage' | 'flood' = 'ok'
  list: Envelope | null = null
  buckets = new Map<string, Envelope>()
  evidence: readonly SignedObject[] = []
  /** Key → the records that it hands out under it. */
  records = new Map<Key, readonly SignedObject[]>()

  constructor(name: string) {
    this.name = name
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', this.url)
    this.asked.push(pathname)
    this.headers.push(request.headers)
    if (this.mood === 'dead') {
      request.socket.destroy()
      return
    }
    if (this.mood === 'silent') return // as one whose packets are dropped: no answer and no error
    response.setHeader('Access-Control-Allow-Origin', '*')
    const file = files.find((file) => pathname === `/${file.name}`)
    const bucket = this.buckets.get(pathname.replace('/dgos/v1/outages/', ''))
    const records = this.records.get(pathname.replace('/dgos/v1/members/', ''))
    if (file !== undefined) send(response, 'text/javascript', file.bytes)
    else if (this.mood === 'garbage') send(response, 'application/json', '{"payload":"')
    else if (pathname === '/dgos/v1/outages' && this.list !== null) json(response, this.list)
    else if (bucket !== undefined) json(response, bucket)
    else if (pathname.endsWith('/evidence') && this.mood === 'flood')
      json(response, { objects: emptyEvidence(300_000) })
    else if (pathname.endsWith('/evidence'))
      json(response, { objects: this.evidence.map((evidence) => evidence.envelope) })
    else if (records !== undefined) json(response, { objects: records.map((record) => record.envelope) })
    else if (pathname.startsWith('/m/')) send(response, 'text/html', `<title>Mirror ${this.name}</title><h1>Posts</h1>`)
    else {
      response.statusCode = 404
      response.end()
    }
  }
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.setHeader('Content-Type', type)
  response.end(body)
}

function json(response: ServerResponse, value: unknown): void {
  send(response, 'application/json', JSON.stringify(value))
}

/** A network of members on loopback in which ana's blog is down by the watchers' verdict. */
export class FallenBlog {
  readonly net: SmallNetwork
  readonly members: readonly LoopbackMember[]
  readonly blog: SmallBlog
  readonly declaration: SignedObject<'declaration'>

  private constructor(
    net: SmallNetwork,
    members: readonly LoopbackMember[],
    blog: SmallBlog,
    declaration: SignedObject<'declaration'>,
  ) {
    this.net = net
    this.members = members
    this.blog = blog
    this.declaration = declaration
  }

  static async create(t: TestContext, count = 5): Promise<FallenBlog> {
    const members = Array.from({ length: count }, (_, i) => new LoopbackMember(`m${i}`))
    for (const member of members) member.url = `${await openWebServer(t, (q, a) => member.answer(q, a))}/`
    const net = await SmallNetwork.found(count, (i) => members[i]!.url)
    const blog = await net.blog('ana', 'https://ana.example/')
    await blog.head()
    for (let i = 0; i < count; i++) await blog.attestor(`m${i}`)
    const votes = await Promise.all(
      members.slice(0, Math.max(4, Math.ceil(0.6 * count))).map((member) => blog.observe(member.name)),
    )
    const fallen = new FallenBlog(net, members, blog, await blog.declare(votes))
    for (const member of members) member.evidence = [net.network, ...net.objects, ...blog.kept]
    await fallen.list([fallen.entry()])
    return fallen
  }

  entry(fields: Partial<OutageEntry> = {}): OutageEntry {
    const mirrors = this.members.slice(0, 2).map((member) => ({ key: signerOf(member.name).key, url: member.url }))
    const address = addressHash(hostPath(this.blog.address), sha256)
    const declaration = this.declaration.id.slice(0, 32)
    return { address, blog: this.blog.id, declaration, state: 'down', mirrors, ...fields }
  }

  /** Every member, or those named, lists these entries. */
  async list(entries: readonly OutageEntry[], names = this.members.map((member) => member.name), time = startMs) {
    for (const loopbackMember of this.members.filter((member) => names.includes(member.name))) {
      const fields = { network: this.net.network.id, time, bucket: 'all', entries }
      loopbackMember.list = await sealList(fields, signerOf(loopbackMember.name))
    }
  }

  /** The same entries in buckets, as a large network lists them. */
  async listSplit(entries: readonly OutageEntry[]): Promise<string> {
    const bucket = bucketOf(hostPath(this.blog.address), sha256)
    const fields = { network: this.net.network.id, time: startMs }
    for (const member of this.members) {
      member.list = await sealList({ ...fields, bucket: 'split', entries: [] }, signerOf(member.name))
      member.buckets.set(bucket, await sealList({ ...fields, bucket, entries }, signerOf(member.name)))
    }
    return bucket
  }

  /** The tag as a blogger pastes it, with every member pinned. */
  tag(more = ''): string {
    const pins = this.members.map((member) => `${member.url}=${signerOf(member.name).key}`).join(',')
    return `<script async src="${this.members.at(-1)!.url}beacon.js" integrity="${files[0]!.integrity}" crossorigin="anonymous"
      data-network="${this.net.network.id}" data-members="${pins}" ${more}></script>`
  }

  asked(path: RegExp): number {
    return this.members.flatMap((member) => member.asked).filter((asked) => path.test(asked)).length
  }
}

/** The strictest policy that a blog with the beacon can have: scripts and questions to its members only, no inline style. */
export function strictPolicy(members: readonly LoopbackMember[]): string {
  const origins = members.map((member) => member.url.slice(0, -1)).join(' ')
  const scripts = `script-src ${members.at(-1)!.url.slice(0, -1)}; connect-src ${origins}; base-uri 'none'`
  return `default-src 'none'; ${scripts}; require-trusted-types-for 'script'; trusted-types dgos`
}

/** A friend's blog that links to ana's and carries the tag. Resolves with its address on 127.0.0.1. */
export async function friendBlog(t: TestContext, tag: string, policy = '', link = 'https://ana.example/2026/post') {
  const origin = await openWebServer(t, ({ url }, response) => {
    const more = url!.includes('?more') ? `<a href="https://other-${url!.split('?more')[1]}.example/">Another</a>` : ''
    if (policy !== '') response.setHeader('Content-Security-Policy', policy)
    send(
      response,
      'text/html; charset=utf-8',
      `<!doctype html><title>Ben</title><p><a href="${link}">Ana</a>${more}</p>${tag}`,
    )
  })
  return `${origin}/`
}

let browser: Promise<Browser> | null = null
after(async () => (await browser)?.close())

function openBrowser(executablePath: string): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic']
  const rules = '--host-resolver-rules=MAP *.test 127.0.0.1, MAP *.example ~NOTFOUND, EXCLUDE localhost'
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet, rules] })
}

export type Reader = { readonly page: Page; readonly problems: readonly string[] }

/** A reader who has never been here, whose clock begins when the network does; null where there is no Chromium. Errors are collected. */
export async function newReader(t: TestContext): Promise<Reader | null> {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return null
  browser ??= openBrowser(executablePath)
  const context = await (await browser).newContext()
  t.after(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.clock.install({ time: startMs })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (line) => {
    if (/Content Security Policy|Trusted/i.test(line.text())) problems.push(line.text())
  })
  return { page, problems }
}

/** What the tag says of itself once the beacon has looked. */
export async function outcome(page: Page): Promise<string | null> {
  await page.waitForSelector('script[data-network][data-state]', { state: 'attached', timeout: 15_000 })
  return page.getAttribute('script[data-network]', 'data-state')
}
