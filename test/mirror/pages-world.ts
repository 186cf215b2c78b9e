/** One blog, its mirrors and its words, signed for real: the ground on which page tests stand. */
import { createHash } from 'node:crypto'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { FactsSource } from '../../mirror/pages/facts.ts'
import {
  PageServer,
  type PageServerDeps,
  type PageServerOptions,
  pageDefaults,
} from '../../mirror/pages/page-server.ts'
import { type BlogObjects, blogObjects } from '../../protocol/blog-objects.ts'
import { seal } from '../../protocol/envelope.ts'
import { rosterOf } from '../../protocol/membership.ts'
import type { Hash, Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { rootOf, SmallNetwork, signerOf } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

export const startMs = Date.UTC(2026, 10, 20, 18, 0)
const { sha256 } = nodePlatform

type Fields<K extends Kind> = Omit<Payloads[K], 'key' | 'network' | 'time'> & { readonly time?: number }
export type PageFile = { readonly path: string; readonly html: string | Uint8Array; readonly type?: string }
export type AssetFile = { readonly url: string; readonly bytes: string | Uint8Array; readonly type: string }

const count = 12
const signers = Array.from({ length: count }, (_, i) => signerOf(`m${i}`))
const author = {
  recovery: signerOf('ana recovery'),
  posting: signerOf('ana posting'),
  online: signerOf('ana online'),
}
const names = [
  'Birch',
  'Cedar',
  'Elm',
  'Hazel',
  'Juniper',
  'Larch',
  'Linden',
  'Maple',
  'Oak',
  'Pine',
  'Rowan',
  'Willow',
]
const address = 'https://ana.example/'

export class PageWorld {
  readonly clock = new VirtualClock({ startMs })
  readonly blobs = new MemoryBlobStore()
  readonly objects: SignedObject[] = []
  readonly members: readonly SignedObject[]
  readonly network: SignedObject<'network'>
  root!: SignedObject<'root'>

  private constructor(network: SignedObject<'network'>, members: readonly SignedObject[]) {
    this.network = network
    this.members = members
  }

  static async create(over: Partial<Payloads['root']> = {}, memberUrl?: (i: number) => string): Promise<PageWorld> {
    const url = memberUrl ?? ((i: number) => `https://${names[i]!.toLowerCase()}.example/`)
    const fields = (i: number) => ({
      name: names[i]!,
      contact: `mailto:op@${names[i]!.toLowerCase()}.example`,
      passive: i % 4 === 3,
      weight: 1 + (i % 3),
    })
    const { network, objects: members } = await SmallNetwork.found(count, url, fields, {
      nowMs: () => startMs - 86_400_000,
    })
    const world = new PageWorld(network, members)
    world.root = await world.say(
      'root',
      {
        ...rootOf('ana', address),
        title: 'Ana’s kitchen garden',
        language: 'en',
        time: startMs - 30 * 86_400_000,
        ...over,
      },
      author.recovery,
    )
    await world.prove()
    return world
  }

  get blog(): Hash {
    return this.root.id
  }

  get address(): string {
    return this.root.payload.addresses[0]!
  }

  async say<K extends Kind>(kind: K, fields: Fields<K>, signer = author.posting): Promise<SignedObject<K>> {
    const whole = { network: this.network.id, time: this.clock.nowMs(), ...fields }
    const object = await seal(kind, whole as never, signer, sha256)
    this.objects.push(object as SignedObject)
    return object
  }

  /** Every member attests the address. */
  async prove(): Promise<void> {
    for (const signer of signers) {
      await this.say('attestation', { blog: this.blog, address: this.address, marker: 'tag' }, signer)
    }
  }

  async capture(pages: readonly PageFile[], assets: readonly AssetFile[] = [], feed: readonly object[] = []) {
    const put = async (content: string | Uint8Array) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      return { blob: await this.blobs.put(bytes), bytes: bytes.length }
    }
    const snapshot = await this.say(
      'snapshot',
      {
        blog: this.blog,
        address: this.address,
        title: this.root.payload.title,
        pages: await Promise.all(
          pages.map(async ({ path, html, type = 'text/html; charset=utf-8' }) => ({
            path,
            url: new URL(path.slice(1), this.address).href,
            type,
            ...(await put(html)),
          })),
        ),
        assets: await Promise.all(assets.map(async ({ url, bytes, type }) => ({ url, type, ...(await put(bytes)) }))),
        feed: {
          url: `${this.address}feed/`,
          type: 'application/rss+xml',
          ...(await put('<rss/>')),
          items: feed as never,
        },
        alike: createHash('sha256').update(JSON.stringify(pages)).digest('hex'),
      },
      author.online,
    )
    await this.head({ snapshot: snapshot.id })
    return snapshot
  }

  async head(over: Partial<Payloads['head']> = {}): Promise<SignedObject<'head'>> {
    const heads = this.objects.filter((object): object is SignedObject<'head'> => object.kind === 'head')
    const last = heads.at(-1)
    return this.say(
      'head',
      {
        blog: this.blog,
        root: this.root.id,
        rootVersion: 1,
        seq: (last?.payload.seq ?? 0) + 1,
        ...(last === undefined ? {} : { previous: last.id }),
        ...(last?.payload.snapshot === undefined ? {} : { snapshot: last.payload.snapshot }),
        mirrors: signers.slice(0, 10).map((signer) => signer.key),
        expires: this.clock.nowMs() + 7 * 86_400_000,
        ...over,
      },
      author.online,
    )
  }

  post(html: string, over: Partial<Payloads['post']> = {}): Promise<SignedObject<'post'>> {
    const draft = createHash('sha256').update(`${html}${this.objects.length}`).digest('hex')
    const published = this.clock.nowMs()
    return this.say('post', { blog: this.blog, draft, prevs: [], title: '', html, attachments: [], published, ...over })
  }

  async receipts(post: Hash, count: number): Promise<void> {
    for (const signer of signers.slice(0, count)) await this.say('receipt', { blog: this.blog, post }, signer)
  }

  async checkpoints(count: number): Promise<void> {
    const head = this.objects.findLast((object): object is SignedObject<'head'> => object.kind === 'head')!
    const posts = this.objects.filter((object) => object.kind === 'post').map((post) => post.id)
    for (const signer of signers.slice(0, count)) {
      const { rootVersion, seq } = head.payload
      await this.say('checkpoint', { blog: this.blog, head: head.id, rootVersion, seq, posts }, signer)
    }
  }

  declare(over: Partial<Payloads['declaration']> = {}): Promise<SignedObject<'declaration'>> {
    const until = this.clock.nowMs() + 2 * 86_400_000
    return this.say('declaration', { blog: this.blog, state: 'down', by: 'author', until, ...over })
  }

  /** Seven watchers' verdict. */
  async fall(): Promise<SignedObject<'declaration'>> {
    const votes = []
    for (const signer of signers.slice(0, 7)) votes.push(await this.observe('down', signer))
    return this.say(
      'declaration',
      {
        blog: this.blog,
        state: 'down',
        by: 'quorum',
        until: this.clock.nowMs() + 30 * 60_000,
        votes: votes.map((vote) => vote.envelope),
      },
      signers[0]!,
    )
  }

  imported(post: Hash, url: string): Promise<SignedObject<'imported'>> {
    return this.say('imported', { blog: this.blog, posts: [{ post, url }] }, author.online)
  }

  /** Root 2, which ends the blog's stay. */
  close(): Promise<SignedObject<'root'>> {
    const { network: _network, key: _key, time: _time, ...fields } = this.root.payload
    const next = { ...fields, version: 2, blog: this.blog, previous: this.blog, closed: true }
    return this.say('root', next, author.recovery)
  }

  observe(state: 'up' | 'down' | 'changed', signer = signers[0]!): Promise<SignedObject<'observation'>> {
    const since = this.clock.nowMs()
    return this.say(
      'observation',
      { blog: this.blog, address: this.address, state, reason: 'timeout', probes: 3, since, unreachable: [] },
      signer,
    )
  }

  /** Hashes of all files that were captured or attached. */
  hashes(): readonly Hash[] {
    const named = this.objects.flatMap((object): readonly { readonly blob: Hash }[] => {
      if (object.kind === 'snapshot') return [...object.payload.pages, ...object.payload.assets]
      return object.kind === 'post' ? object.payload.attachments : []
    })
    return [...new Set(named.map((file) => file.blob))]
  }

  known(): BlogObjects {
    return blogObjects(this.blog, this.objects)
  }

  roster() {
    return rosterOf(this.network, [this.network, ...this.members] as SignedObject[], this.clock.nowMs(), sha256)
  }

  facts(): FactsSource {
    return {
      blog: async (id) => (id === this.blog ? this.known() : blogObjects(id, [])),
      roster: () => this.roster(),
      byHost: async (name) => (name === this.blog || name === hostName(this.address) ? this.blog : null),
    }
  }

  server(over: Partial<PageServerOptions> = {}, deps: Partial<PageServerDeps> = {}): PageServer {
    return new PageServer(
      {
        facts: this.facts(),
        blob: (hash) => this.blobs.get(hash),
        clock: this.clock,
        log: silentLog,
        sha256,
        ...deps,
      },
      {
        self: signers[0]!.key,
        url: 'https://birch.example/',
        contentUrl: null,
        memberName: 'Birch',
        contact: 'abuse@birch.example',
        ...pageDefaults,
        ...over,
      },
    )
  }
}

function hostName(url: string): string {
  const [host, ...path] = url
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
    .split('/')
  return path.length === 0 ? host! : `${host}/~${path.join('+')}`
}

export const bytesText = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
