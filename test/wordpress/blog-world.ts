/** A WordPress that protects itself: a member among Node members, its root signed as the kit signs it. */
import type { TestContext } from 'node:test'
import { type AuthorKeys, makeKeys, makeRoot } from '../../activation/doors/enrol.ts'
import { sha256 } from '../../embed-beacon/sha256.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import { until } from '../support/until.ts'
import { type MemberSite, type MemberSiteOptions, memberSite } from './member-site.ts'
import { Network } from './node-network.ts'

export type BlogFacts = {
  readonly state: { readonly state: string }
  readonly proven: readonly string[]
  readonly snapshot: { readonly id: string; readonly trust: string; readonly time: number } | null
  readonly mirrors: readonly { readonly key: string; readonly url: string }[]
}
export type SnapshotFacts = {
  readonly title: string
  readonly pages: readonly { readonly path: string; readonly blob: string; readonly title: string }[]
  readonly assets: readonly { readonly url: string; readonly type: string; readonly blob: string }[]
  readonly feed?: {
    readonly url: string
    readonly items: readonly { readonly title: string; readonly path?: string }[]
  }
}

const plugin = 'DGOS_Plugin::instance()'

export type RootFields = { readonly online?: string; readonly address?: string; readonly title?: string }
type Site = Pick<MemberSite, 'url' | 'eval'>

/** The first root of a site, as its author's kit signs it. */
export async function signRoot(site: Site, keys: AuthorKeys, fields: RootFields = {}): Promise<SignedObject<'root'>> {
  const [key, network] = (
    await site.eval(`echo ${plugin}->keys()->get( 'online' )->key . ' ' . ${plugin}->ledger()->network()->id;`)
  ).split(' ')
  const online = fields.online ?? key!
  return makeRoot(
    {
      network: network!,
      time: Date.now(),
      title: fields.title ?? 'Ben in WordPress',
      addresses: [fields.address ?? site.url],
      recovery: keys.recovery.map((recovery) => recovery.signer.key),
      posting: [{ key: keys.posting.signer.key, name: 'kit' }],
      online,
      signers: [online],
    },
    keys.recovery[0]!.signer,
    sha256,
  )
}

/** What the setup screen does with what the kit gave back: '' or the code of the refusal. */
export async function takeRoot(site: Site, root: SignedObject<'root'>): Promise<string> {
  const json = Buffer.from(JSON.stringify([root.envelope])).toString('base64')
  return site.eval(
    `$said = ${plugin}->enrolment()->take( base64_decode( '${json}' ) ); echo is_wp_error( $said ) ? $said->get_error_code() : '';`,
  )
}

export class BlogWorld {
  readonly net: Network
  readonly site: MemberSite
  readonly keys: AuthorKeys
  /** Where the member's routes lie. */
  readonly url: string
  root!: SignedObject<'root'>

  /** `permalinks` as the site has them. */
  constructor(net: Network, site: MemberSite, permalinks: string) {
    this.net = net
    this.site = site
    this.url = permalinks === '' ? `${site.url}index.php/` : site.url
    this.keys = makeKeys(seededRandom(`the blog at ${site.url}`))
  }

  /** Joined, and not yet enrolled. */
  static async open(t: TestContext, options: Partial<MemberSiteOptions> = {}): Promise<BlogWorld> {
    const net = await Network.start(t)
    const permalinks = options.permalinks ?? '/%year%/%monthnum%/%postname%/'
    const site = await memberSite(t, { fast: true, loopback: true, ...options, permalinks })
    const world = new BlogWorld(net, site, permalinks)
    await net.admit(site)
    return world
  }

  get blog(): Hash {
    return this.root.id
  }

  sign(fields: RootFields = {}): Promise<SignedObject<'root'>> {
    return signRoot(this.site, this.keys, fields)
  }

  take(root: SignedObject<'root'>): Promise<string> {
    return takeRoot(this.site, root)
  }

  async enrol(): Promise<void> {
    this.root = await this.sign()
    const said = await this.take(this.root)
    if (said !== '') throw new Error(`not enrolled: ${said}`)
  }

  async wake(): Promise<void> {
    await fetch(`${this.url}dgos/v1/wake`, { method: 'POST', body: '{}' })
  }

  /** What a Node member knows of the blog. */
  async facts(i = 0): Promise<BlogFacts> {
    return (await (await fetch(`${this.net.url(i)}dgos/v1/blogs/${this.blog}`)).json()) as BlogFacts
  }

  async snapshot(id: string, from = this.net.url(0)): Promise<SnapshotFacts> {
    const envelope = (await (await fetch(`${from}dgos/v1/objects/${id}`)).json()) as { payload: string }
    return JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as SnapshotFacts
  }

  /** The copy that a Node member shows, once it satisfies; the site is woken meanwhile. */
  copied(satisfies: (snapshotFacts: SnapshotFacts) => boolean, what: string, i = 0): Promise<SnapshotFacts> {
    return until(async () => {
      await this.wake()
      const { snapshot } = await this.facts(i)
      if (snapshot === null) return null
      const copy = await this.snapshot(snapshot.id, this.net.url(i))
      return satisfies(copy) ? copy : null
    }, what)
  }
}
