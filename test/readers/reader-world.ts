/**
 * Five real members, a blog with a worker of its own, and two Blogspot-like blogs with the beacon's tag: eight https origins.
 * The members' clocks are real and their timers off, so that only what a test says happens.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodePlatform } from '../../lib/platform.ts'
import { acceptAll } from '../../network/gossip.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import { addressHash, type OutageEntry, sealList } from '../../protocol/outage-list.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'
import { builtBeacon, builtFiles } from '../support/built-files.ts'
import { signerOf } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { wholeMember } from '../support/whole-member.ts'
import { send, TlsFront } from './tls-front.ts'

const { sha256 } = nodePlatform
const files = await builtBeacon()
const count = 5
const minuteMs = 60_000
const dayMs = 86_400_000
export const memberHosts = Array.from({ length: count }, (_, i) => `m${i}.mirrors.test`)
export const blogHost = 'ana.test'
export const friendHosts = ['ben.blogs.test', 'cleo.blogs.test']
const oldPath = '/2026/first/'

export type BlogMood = 'well' | 'gone' | 'ill' | 'silent'
type Fields<K extends Kind> = Omit<Payloads[K], 'network' | 'key' | 'time' | 'blog'> & { readonly time?: number }

/** Real, on the real clock, but without timers, the web or other members. */
const stillMember = wholeMember(
  { intervals: intervalsOf({ fast: true }) },
  {
    schedule: { every: () => () => {}, at: () => () => {} },
    web: { fetch: async () => ({ ok: false, reason: 'connect', detail: '' }) },
    wire: { request: async () => ({ ok: false, reason: 'silent' }) },
    files: builtFiles,
  },
)

export class ReaderWorld {
  readonly front: TlsFront
  readonly net: TestNetwork
  root!: SignedObject<'root'>
  declaration!: SignedObject<'declaration'>
  mood: BlogMood = 'well'
  /** Put before the worker's code: a browser whose workers lack something. */
  workerPrelude = ''
  /** What the friends' pages carry. */
  tag = ''

  private constructor(front: TlsFront, net: TestNetwork) {
    this.front = front
    this.net = net
    front.serve(blogHost, (request, response) => this.#blogAnswer(request, response))
    for (const host of friendHosts)
      front.serve(host, (_, response) => send(response, 'text/html; charset=utf-8', this.friendPage()))
  }

  /** `t` ends it: a test's context, or what a whole file's hooks hand in. */
  static async create(t: Cleanup, openssl: string): Promise<ReaderWorld> {
    const front = await TlsFront.open(openssl)
    const net = await TestNetwork.create(t, { members: count, wire: 'http', urls: urlOf, make: stillMember })
    t.after(() => front.close())
    for (const [i, host] of memberHosts.entries()) front.pass(host, net.firstPort + i)
    await net.start()
    const world = new ReaderWorld(front, net)
    await world.#enrol()
    world.tag = world.tagText()
    return world
  }

  /** Ana's blog, with a copy of two pages at every member. */
  async #enrol(): Promise<void> {
    this.root = await seal(
      'root',
      {
        network: this.net.network.id,
        time: Date.now() - dayMs,
        version: 1,
        recovery: [signerOf('ana recovery').key],
        posting: [{ key: signerOf('ana posting').key, name: 'laptop' }],
        online: signerOf('ana online').key,
        signers: [],
        addresses: [`https://${blogHost}/`],
        title: 'Ana at the sea',
        revoked: [],
      },
      signerOf('ana recovery'),
      sha256,
    )
    await this.give(this.root as SignedObject)
    for (const i of memberHosts.keys())
      await this.say('attestation', `m${i}`, { address: `https://${blogHost}/`, marker: 'tag' })
    const pages = await Promise.all(['/', oldPath].map((path) => this.#copied(path)))
    const page = { address: `https://${blogHost}/`, title: 'Ana at the sea', assets: [], alike: 'aa'.repeat(32) }
    const snapshot = await this.say('snapshot', 'ana online', { ...page, pages })
    const mirrors = memberHosts.map((_, i) => signerOf(`m${i}`).key)
    const place = { root: this.root.id, rootVersion: 1, seq: 1, expires: Date.now() + 7 * dayMs }
    await this.say('head', 'ana online', { ...place, mirrors, snapshot: snapshot.id })
  }

  async #copied(path: string) {
    const html = utf8(`<!doctype html><title>Ana</title><h1>Copy of ${path}</h1>`)
    for (const { blobs } of this.net.members) await blobs.put(html)
    const url = `https://${blogHost}${path}`
    return { path, url, blob: toHex(sha256(html)), type: 'text/html; charset=utf-8', bytes: html.length }
  }

  /** Signs an object of the blog and hands it to every member. */
  async say<K extends Kind>(kind: K, by: string, fields: Fields<K>): Promise<SignedObject<K>> {
    const object = await this.sign(kind, by, fields)
    await this.give(object as SignedObject)
    return object
  }

  sign<K extends Kind>(kind: K, by: string, fields: Fields<K>): Promise<SignedObject<K>> {
    const whole = { network: this.net.network.id, time: Date.now(), blog: this.root.id, ...fields }
    return seal(kind, whole as never, signerOf(by), sha256)
  }

  async give(object: SignedObject): Promise<void> {
    for (const member of this.net.members) await acceptAll(member.ledger, [object.envelope])
  }

  /** The watchers declare the blog down, and its author posts. */
  async fall(title: string): Promise<void> {
    const word = { state: 'down' as const, reason: 'timeout', probes: 3, since: Date.now() - 45_000, unreachable: [] }
    const vote = { address: `https://${blogHost}/`, ...word }
    // Votes lie in the declaration alone: members that heard them would each declare, and their lists name one's own.
    const votes = await Promise.all([0, 1, 2, 3].map((i) => this.sign('observation', `m${i}`, vote)))
    const time = votes.map((vote) => vote.payload.time).sort((a, b) => a - b)[1]!
    const whole = { state: 'down' as const, by: 'quorum' as const, time, until: time + 30 * minuteMs }
    this.declaration = await this.say('declaration', 'm0', { ...whole, votes: votes.map((vote) => vote.envelope) })
    await this.post(title, 'ana posting')
  }

  post(title: string, by: string, html = `<p>${title}, in full.</p>`): Promise<SignedObject<'post'>> {
    const draft = signerOf(`${title} ${by}`).key
    return this.say('post', by, { draft, title, html, attachments: [], prevs: [], published: Date.now() })
  }

  entry(fields: Partial<OutageEntry> = {}): OutageEntry {
    const mirrors = [0, 1].map((i) => ({ key: signerOf(`m${i}`).key, url: urlOf(i) }))
    const declaration = this.declaration.id.slice(0, 32)
    return {
      address: addressHash(blogHost, sha256),
      blog: this.root.id,
      declaration,
      state: 'down',
      mirrors,
      ...fields,
    }
  }

  /** A member serves this list in place of its own. */
  async lieInLists(i: number, entries: readonly OutageEntry[], signer: string, time = Date.now()): Promise<void> {
    const list = await sealList({ network: this.net.network.id, time, bucket: 'all', entries }, signerOf(signer))
    this.front.corrupt(memberHosts[i]!, (request, response) => {
      if (request.url?.startsWith('/dgos/v1/outages') !== true) return false
      send(response, 'application/json', JSON.stringify(list))
      return true
    })
  }

  get pins(): string {
    return memberHosts.map((_, i) => `${urlOf(i)}=${signerOf(`m${i}`).key}`).join(',')
  }

  tagText(mode = 'notice'): string {
    return `<script async src="${urlOf(4)}beacon.js" integrity="${files[0]!.integrity}" crossorigin="anonymous" data-second="${urlOf(3)}beacon.js" data-mode="${mode}" data-network="${this.net.network.id}" data-members="${this.pins}"></script>`
  }

  friendPage(): string {
    return `<!doctype html><html lang="en"><title>A friend</title><p>Read <a id="old" href="https://${blogHost}${oldPath}">Ana</a>.</p>${this.tag}`
  }

  #blogAnswer({ url }: IncomingMessage, response: ServerResponse): void {
    const name = new URL(url ?? '/', 'https://blog.invalid').pathname.slice(1)
    const file = files.find((file) => file.name === name)
    if (this.mood === 'gone') response.destroy()
    else if (this.mood === 'ill') send(response, 'text/html', '<h1>The database is away</h1>', 500)
    else if (this.mood === 'well') this.#wellAnswer(name, file?.bytes ?? null, response)
  }

  #wellAnswer(name: string, bytes: Uint8Array | null, response: ServerResponse): void {
    if (bytes !== null) {
      const isWorker = name === 'dgos-sw.js'
      if (isWorker) response.setHeader('content-security-policy', "script-src 'none'; connect-src https:")
      send(response, 'text/javascript', (isWorker ? this.workerPrelude : '') + new TextDecoder().decode(bytes))
      return
    }
    const own = `<script src="/dgos-sw-register.js" defer data-network="${this.net.network.id}" data-blog="${this.root.id}" data-members="${this.pins}"></script>`
    send(response, 'text/html; charset=utf-8', `<!doctype html><title>Ana</title><h1>Ana is well</h1>${own}`)
  }
}

export function urlOf(i: number): string {
  return `https://${memberHosts[i]}/`
}
