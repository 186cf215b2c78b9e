/** A network of founders and one blog, made of real signed objects. For tests of the contract's pure rules and of the beacon. */
import type { Clock } from '../../lib/clock.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { type BlogObjects, blogObjects } from '../../protocol/blog-objects.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { placementId, rosterOf } from '../../protocol/membership.ts'
import type { Kind, Member, Payloads, SignedObject } from '../../protocol/objects.ts'
import { attesters, placeMirrors } from '../../protocol/placement.ts'
import type { Signer } from '../../protocol/platform.ts'
import type { MemberView, Roster } from '../../protocol/roster.ts'

export const sha256 = nodePlatform.sha256
export const dayMs = 86_400_000
/** The moment at which small networks are founded. */
export const startMs = 1_800_000_000_000

/** A key by name: the same name is the same key in every test. */
export function signerOf(name: string): Signer {
  return nodeSigner(sha256(utf8(name)))
}

type Fields<K extends Kind> = Omit<Payloads[K], 'key' | 'network' | 'time'> & { readonly time?: number }

export class SmallNetwork {
  readonly network: SignedObject<'network'>
  readonly objects: SignedObject[] = []
  readonly #clock: Pick<Clock, 'nowMs'>

  /** What is signed without a time of its own carries that of the clock. */
  constructor(network: SignedObject<'network'>, clock: Pick<Clock, 'nowMs'> = { nowMs: () => startMs }) {
    this.network = network
    this.#clock = clock
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  /** Founders "m0", "m1", … of operators "o0", "o1", …; `url` says where a member is, `fields` what else differs. */
  static async found(
    count: number,
    url: (i: number) => string = (i) => `https://m${i}.example.org/`,
    fields: (i: number) => Partial<Member> = () => ({}),
    clock?: Pick<Clock, 'nowMs'>,
  ): Promise<SmallNetwork> {
    const founders = Array.from({ length: count }, (_, i) => signerOf(`m${i}`).key)
    const time = clock?.nowMs() ?? startMs
    const founding = { time, name: 'Test', founders, nonce: '11'.repeat(32), loopback: true }
    const small = new SmallNetwork(await seal('network', founding, signerOf('m0'), sha256), clock)
    for (let i = 0; i < count; i++) await small.record(`m${i}`, `o${i}`, { url: url(i), ...fields(i) })
    return small
  }

  sign<K extends Kind>(kind: K, name: string, fields: Fields<K>): Promise<SignedObject<K>> {
    const whole = { network: this.network.id, time: this.nowMs(), ...fields } as unknown as Omit<Payloads[K], 'key'>
    return seal(kind, whole, signerOf(name), sha256)
  }

  /** Signs and adds the record of a member; its vouchers are those that the network has for it. */
  async record(name: string, operator: string, fields: Partial<Member> = {}): Promise<SignedObject<'member'>> {
    const key = signerOf(name).key
    const time = fields.time ?? this.nowMs()
    const own = this.objects
      .filter((object) => object.kind === 'voucher')
      .filter((voucher) => voucher.payload.invited === key)
    const vouchers = fields.vouchers ?? own.map((voucher) => voucher.id)
    const nonces = own.filter((voucher) => vouchers.includes(voucher.id)).map((voucher) => voucher.payload.nonce)
    const record = await this.sign('member', name, {
      time,
      member: key,
      name,
      url: `https://${name}.example.org/`,
      operator: signerOf(operator).key,
      contact: '',
      passive: false,
      weight: 1,
      next: '00'.repeat(32),
      vouchers,
      placement: placementId(key, nonces, this.network.id, sha256),
      expires: time + 30 * dayMs,
      ...fields,
    })
    this.objects.push(record)
    return record
  }

  async vouch(
    by: string,
    member: string,
    operator: string,
    time = this.nowMs(),
    place = 'eu',
  ): Promise<SignedObject<'voucher'>> {
    const nonce = signerOf(`${by} ${member} ${time}`).key
    const fields = { invited: signerOf(member).key, operator: signerOf(operator).key, block: '10.0', region: place }
    const voucher = await this.sign('voucher', by, { ...fields, nonce, time })
    this.objects.push(voucher)
    return voucher
  }

  roster(nowMs = this.nowMs()): Roster {
    return rosterOf(this.network, this.objects, nowMs, sha256)
  }

  async blog(name = 'ana', address = `https://${name}.example/`): Promise<SmallBlog> {
    return new SmallBlog(this, name, address, await this.sign('root', `${name} recovery`, rootOf(name, address)))
  }
}

/** Root 1 of a blog whose keys are named after it. */
export function rootOf(name: string, address: string): Fields<'root'> {
  return {
    version: 1,
    recovery: [signerOf(`${name} recovery`).key],
    posting: [{ key: signerOf(`${name} posting`).key, name: 'laptop' }],
    online: signerOf(`${name} online`).key,
    signers: [],
    addresses: [address],
    title: `Blog of ${name}`,
    revoked: [],
  }
}

/** One blog of a small network: `online`, `posting` and `recovery` keys are named after it. */
export class SmallBlog {
  readonly net: SmallNetwork
  readonly name: string
  readonly address: string
  readonly root: SignedObject<'root'>
  readonly kept: SignedObject[]

  constructor(net: SmallNetwork, name: string, address: string, root: SignedObject<'root'>) {
    this.net = net
    this.name = name
    this.address = address
    this.root = root
    this.kept = [root]
  }

  get id(): string {
    return this.root.id
  }

  /** Signs an object of this blog and keeps it. `by` is "online", "posting", "recovery" or the name of a member. */
  async add<K extends Kind>(kind: K, by: string, fields: Omit<Fields<K>, 'blog'>): Promise<SignedObject<K>> {
    const name = ['online', 'posting', 'recovery'].includes(by) ? `${this.name} ${by}` : by
    const object = await this.net.sign(kind, name, { blog: this.id, ...fields } as unknown as Fields<K>)
    this.kept.push(object as SignedObject)
    return object
  }

  objects(): BlogObjects {
    return blogObjects(this.id, this.kept)
  }

  mirrors(): MemberView[] {
    return placeMirrors(this.id, this.net.roster(), sha256)
  }

  head(mirrors = this.mirrors()): Promise<SignedObject<'head'>> {
    const ids = mirrors.map((mirror) => mirror.id)
    const place = { root: this.id, rootVersion: 1, seq: 1 }
    return this.add('head', 'online', { ...place, mirrors: ids, expires: this.net.nowMs() + 7 * dayMs })
  }

  /** One watcher's word: three failed probes within the last minute, unless `fields` say otherwise. */
  observe(by: string, fields: Partial<Payloads['observation']> = {}): Promise<SignedObject<'observation'>> {
    const time = fields.time ?? this.net.nowMs()
    const word = { state: 'down' as const, reason: 'timeout', probes: 3, since: time - 45_000, unreachable: [] }
    return this.add('observation', by, { address: this.address, ...word, ...fields, time })
  }

  attestor(by: string, time = this.net.nowMs()): Promise<SignedObject<'attestation'>> {
    return this.add('attestation', by, { address: this.address, marker: 'tag', time })
  }

  /** The words of all members that are asked to look for the marker: with them the blog's address is proven. */
  attestations(time = startMs): Promise<SignedObject<'attestation'>[]> {
    const asked = new Set(attesters(this.address, this.net.roster(), sha256).map((member) => member.id))
    const names = this.net.objects.map((_, i) => `m${i}`).filter((name) => asked.has(signerOf(name).key))
    return Promise.all(names.map((name) => this.attestor(name, time)))
  }

  /** The watchers' word, with the given votes inside. */
  declare(votes: readonly SignedObject<'observation'>[], state: 'down' | 'over' = 'down', by = 'm0') {
    const times = votes.map((vote) => vote.payload.time).sort((a, b) => a - b)
    const time = times[(times.length - 1) >> 1] ?? this.net.nowMs()
    const word = { state, by: 'quorum' as const, time, until: time + 30 * 60_000 }
    return this.add('declaration', by, { ...word, votes: votes.map((vote) => vote.envelope) })
  }

  say(state: 'down' | 'over', time: number, forMs: number, fields: Partial<Payloads['declaration']> = {}) {
    return this.add('declaration', 'posting', { state, by: 'author', time, until: time + forMs, ...fields })
  }

  post(title: string, time: number): Promise<SignedObject<'post'>> {
    const text = { title, html: `<p>${title}</p>`, attachments: [], prevs: [], published: time }
    return this.add('post', 'posting', { draft: signerOf(`${title} ${time}`).key, ...text, time })
  }
}
