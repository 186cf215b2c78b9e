/** A member that mirrors one blog, proven and copied: the ground on which tests of readers' ways stand. */
import type { TestContext } from 'node:test'
import type { Payloads, SignedObject } from '../../protocol/objects.ts'
import type { Member } from '../../server/member.ts'
import type { DelayMs } from '../support/memory-wire.ts'
import { signerOf } from '../support/small-network.ts'
import { type MakeMember, TestNetwork } from '../support/test-network.ts'
import { type WholeMember, wholeMember } from '../support/whole-member.ts'

export const pixel = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

export class CopiedBlog {
  readonly net: TestNetwork
  readonly root: SignedObject<'root'>
  readonly address: string

  private constructor(net: TestNetwork, root: SignedObject<'root'>, address: string) {
    this.net = net
    this.root = root
    this.address = address
  }

  /** `made`: members that are not as usual, or stand elsewhere. */
  static async create(
    t: TestContext,
    over: Partial<Payloads['root']> = {},
    made: {
      readonly make?: MakeMember<WholeMember>
      readonly urls?: (i: number) => string
      readonly members?: number
      readonly delayMs?: DelayMs
    } = {},
  ): Promise<CopiedBlog> {
    const net = await TestNetwork.create(t, { members: 3, make: wholeMember(), ...made })
    const address = over.addresses?.[0] ?? 'http://ana.example/'
    const fields = {
      version: 1,
      recovery: [signerOf('ana recovery').key],
      posting: [{ key: signerOf('ana posting').key, name: 'laptop' }],
      signers: [signerOf('m0').key],
      addresses: [address],
      title: 'Ana’s garden',
      revoked: [],
      ...over,
    }
    const root = await net.member(0).ledger.publish('root', fields, signerOf('ana recovery'))
    const readers = new CopiedBlog(net, root, address)
    for (const i of [0, 1, 2]) {
      await readers.say('attestation', { blog: root.id, address, marker: 'tag' }, `m${i}`)
    }
    await readers.capture()
    return readers
  }

  get member(): Member {
    return this.net.member(0)
  }

  say(kind: string, fields: object, by: string): Promise<SignedObject> {
    return this.member.ledger.publish(kind as 'head', fields as never, signerOf(by)) as Promise<SignedObject>
  }

  /** One copy with its front page, a post and a picture; then the head that names it. */
  async capture(words = 'first words', forgotten: readonly string[] = []): Promise<void> {
    const { blobs } = this.net.member(0)
    const put = async (bytes: string | Uint8Array) => {
      const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
      return { blob: await blobs.put(whole), bytes: whole.length }
    }
    const html = 'text/html; charset=utf-8'
    const page = async (path: string, text: string) => {
      return { path, url: `${this.address}${path.slice(1)}`, type: html, ...(await put(text)) }
    }
    const snapshot = await this.say(
      'snapshot',
      {
        blog: this.root.id,
        address: this.address,
        title: 'Ana’s garden',
        pages: [
          await page('/', `<h1>${words}</h1><img src="/a.png">`),
          await page('/first/', `<p>The first post: ${words}</p>`),
        ],
        assets: [{ url: `${this.address}a.png`, type: 'image/png', ...(await put(pixel)) }],
        feed: { url: `${this.address}feed/`, type: 'application/rss+xml', ...(await put('<rss/>')), items: [] },
        alike: '0'.repeat(64),
      },
      'm0',
    )
    await this.head({ snapshot: snapshot.id, forgotten })
  }

  async head(over: Partial<Payloads['head']>): Promise<void> {
    // The member signs heads too, once it is started.
    const heads = (await this.member.ledger.blog(this.root.id)).head
    const before = [...heads].sort((a, b) => b.payload.seq - a.payload.seq)[0]
    await this.say(
      'head',
      {
        blog: this.root.id,
        root: this.root.id,
        rootVersion: 1,
        seq: (before?.payload.seq ?? 0) + 1,
        ...(before === undefined ? {} : { previous: before.id }),
        mirrors: before?.payload.mirrors ?? [0, 1, 2].map((i) => signerOf(`m${i}`).key),
        expires: this.net.clock.nowMs() + 7 * 86_400_000,
        ...over,
      },
      'm0',
    )
  }

  declare(over: Partial<Payloads['declaration']> = {}) {
    const until = this.net.clock.nowMs() + 2 * 86_400_000
    return this.say('declaration', { blog: this.root.id, state: 'down', by: 'author', until, ...over }, 'ana posting')
  }

  post(html: string, title = 'Day one') {
    const fields = { blog: this.root.id, draft: '11'.repeat(32), prevs: [], title, html, attachments: [] }
    return this.say('post', { ...fields, published: this.net.clock.nowMs() }, 'ana posting')
  }

  /** What a browser gets that follows no redirect. */
  async get(target: string, headers: Readonly<Record<string, string>> = {}) {
    const [path, search = ''] = target.split('?', 2) as [string, string?]
    const query = new URLSearchParams(search)
    const plain = { method: 'GET', body: new Uint8Array(0), remote: '192.0.2.1' }
    const answer = await this.member.api.handle({ ...plain, path, query, headers })
    return {
      status: answer.status,
      location: answer.headers.location,
      headers: answer.headers,
      text: Buffer.from(answer.body).toString(),
    }
  }
}
