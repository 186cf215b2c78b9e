/**
 * What stands in each of this member's zones, from what it knows of blogs and of addresses.
 *
 *   a blog's own zone (`blog.example.org`, delegated by its author)   → that blog's addresses at the zone's own name
 *   a zone of many (`*.names.member.net`, to which authors point a CNAME) → `<host>.names.member.net` for each that trusts us
 */
import type { Clock } from '../lib/clock.ts'
import { type BlogFacts, type FactsSource, factsNow } from '../mirror/pages/facts.ts'
import { hostOf, hostPath } from '../protocol/addresses.ts'
import type { Hash, Key } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { rootChain } from '../protocol/roots.ts'
import type { MemberView } from '../protocol/roster.ts'
import type { AddressWatch } from './address-watch.ts'
import type { MemberAddresses } from './member-addresses.ts'
import { type RecordSet, zoneName } from './records.ts'
import type { ZoneSource } from './served-zone.ts'
import {
  addressesOf,
  isAway,
  type NameAddresses,
  type NamePlaces,
  type Place,
  portOf,
  trustedMirrors,
  ttlSeconds,
} from './zone.ts'

export type ZoneSetting = {
  readonly apex: string
  /** Holds a name for each blog that trusts this member; else it is one blog's own host. */
  readonly isShared: boolean
}
export type NameServer = { readonly name: string; readonly addresses: readonly string[] }

export type ZoneBookDeps = {
  readonly facts: FactsSource
  readonly blogs: () => readonly Hash[]
  readonly watch: AddressWatch
  readonly addresses: MemberAddresses
  readonly clock: Clock
  readonly sha256: Sha256
}
export type ZoneBookOptions = {
  readonly self: Key
  readonly zones: readonly ZoneSetting[]
  readonly servers: readonly NameServer[]
  readonly mailbox: string | null
  /** Addresses of blogs' own servers, by host. */
  readonly homes: ReadonlyMap<string, readonly string[]>
  /** Who may issue certificates: "letsencrypt.org; accounturi=…". */
  readonly caa: readonly string[]
}

/** A blog's host, and where its readers can be sent. */
export type NamedBlog = NamePlaces & {
  readonly host: string
  readonly members: readonly MemberView[]
  /** Its root names this member. */
  readonly trustsUs: boolean
}

export type NameDescription = {
  readonly host: string
  readonly names: readonly { readonly apex: string; readonly name: string }[]
  readonly isAway: boolean
  readonly trustsUs: boolean
  readonly home: readonly string[]
  readonly mirrors: readonly {
    readonly name: string
    readonly url: string
    readonly addresses: readonly string[]
    readonly withdrawn: readonly string[]
  }[]
}

const caaTtl = 300
const none: NameAddresses = { a: [], aaaa: [] }

export class ZoneBook {
  readonly #deps: ZoneBookDeps
  readonly #options: ZoneBookOptions
  #blogs: ReadonlyMap<string, NamedBlog> = new Map()
  readonly #shown = new Map<string, NameAddresses>()

  constructor(deps: ZoneBookDeps, options: ZoneBookOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** The blogs that have a name in our zones, by host, as of the last `refresh`. */
  get blogs(): ReadonlyMap<string, NamedBlog> {
    return this.#blogs
  }

  /** Looks through all blogs. `isRenewal`: addresses of members are asked for again. */
  async refresh(isRenewal: boolean): Promise<void> {
    const found: BlogHost[] = []
    for (const blog of this.#deps.blogs()) found.push(...(await this.#hostsOf(blog)))
    const members = found.flatMap((blog) => blog.members)
    await this.#deps.addresses.refresh(members, isRenewal)
    this.#blogs = new Map(found.map((blog) => [blog.host, this.#placesOf(blog)]))
    this.#hearWatchers(found)
  }

  /** Where a look can decide something: names of which there is more than one place, home only while readers go there. */
  lookedAt(isSlowRound: boolean): readonly Place[] {
    const places = [...this.#named()].flatMap(({ isAway, home, mirrors }) => [
      ...(isAway || home.length < 2 ? [] : home),
      ...(mirrors.length < 2 || !(isAway || isSlowRound) ? [] : mirrors),
    ])
    return places
  }

  /** What each zone holds now. A zone of which nothing is known is not among them. */
  sources(): readonly ZoneSource[] {
    return this.#options.zones.flatMap((zone) => this.#sourceOf(zone) ?? [])
  }

  /** For people: the zones in which this host has a name, and where its readers can be sent. null: in none. */
  describe(host: string): NameDescription | null {
    const zones = this.#options.zones.filter((zone) =>
      zone.isShared ? this.#blogs.get(host)?.trustsUs : zone.apex === host,
    )
    if (zones.length === 0) return null
    const { isAway, home, mirrors, members, trustsUs } = this.#ownBlog(host)
    const isWithdrawn = (place: Place) => this.#deps.watch.isWithdrawn(place)
    return {
      host,
      names: zones.map(({ apex, isShared }) => ({ apex, name: isShared ? `${host}.${apex}` : host })),
      isAway,
      trustsUs,
      home: home.map((place) => place.address),
      mirrors: members.map(({ id, name, url }) => {
        const places = mirrors.filter((place) => place.member?.id === id)
        const addresses = places.map((place) => place.address)
        return { name, url, addresses, withdrawn: places.filter(isWithdrawn).map((place) => place.address) }
      }),
    }
  }

  *#named(): Iterable<NamedBlog> {
    for (const zone of this.#options.zones) {
      if (zone.isShared) yield* this.#trusting()
      else yield this.#ownBlog(zone.apex)
    }
  }

  #trusting(): readonly NamedBlog[] {
    return [...this.#blogs.values()].filter((blog) => blog.trustsUs)
  }

  /** A zone of its own keeps its blog's addresses even where the blog is not known here, or not any more. */
  #ownBlog(host: string): NamedBlog {
    const home = this.#homeOf(host, `https://${host}/`)
    return this.#blogs.get(host) ?? { host, members: [], trustsUs: false, isAway: false, home, mirrors: [] }
  }

  #sourceOf({ apex, isShared }: ZoneSetting): ZoneSource | null {
    const { servers, mailbox } = this.#options
    const named = isShared
      ? this.#trusting().flatMap((blog) => this.#setsOf(zoneName(`${blog.host}.${apex}`), blog))
      : this.#setsOf(apex, this.#ownBlog(apex))
    if (!isShared && named.length === 0) return null
    const glue = servers.flatMap(({ name, addresses }) =>
      isGlue(name, apex) ? addressSets(name, splitOf(addresses)) : [],
    )
    return {
      apex,
      sets: [...named, ...glue],
      servers: servers.map(({ name }) => name),
      mailbox: mailbox ?? `hostmaster.${apex}`,
      keys: null,
    }
  }

  #setsOf(name: string | null, blog: NamedBlog): readonly RecordSet[] {
    if (name === null) return []
    const shown = addressesOf(blog, (place) => this.#deps.watch.isWithdrawn(place), this.#shown.get(name) ?? none)
    this.#shown.set(name, shown)
    const sets = addressSets(name, shown)
    return sets.length === 0 ? [] : [...sets, ...this.#caaSet(name)]
  }

  #caaSet(name: string): readonly RecordSet[] {
    const { caa } = this.#options
    if (caa.length === 0) return []
    return [{ name, type: 'CAA', ttl: caaTtl, data: caa.map((value) => ({ flags: 0, tag: 'issue', value })) }]
  }

  #homeOf(host: string, url: string): readonly Place[] {
    return (this.#options.homes.get(host) ?? []).map((address) => ({ address, member: null, url }))
  }

  #placesOf({ host, url, facts, members, trustsUs }: BlogHost): NamedBlog {
    const mirrors = members.flatMap((member) =>
      this.#deps.addresses.of(member).map((address) => ({ address, member, url: member.url })),
    )
    return { host, members, trustsUs, isAway: isAway(facts), home: this.#homeOf(host, url), mirrors }
  }

  /** Whole hosts of a blog that trusts this member, or for which it has a zone: a path has no name of its own. */
  async #hostsOf(blog: Hash): Promise<readonly BlogHost[]> {
    const { facts: source, clock, sha256 } = this.#deps
    const { trusted = [] } = rootChain(blog, (await source.blog(blog)).root)?.current.payload ?? {}
    if (trusted.length === 0) return []
    const facts = await factsNow(source, blog, clock.nowMs(), sha256)
    if (facts === null || facts.roles.chain.current.payload.closed === true) return []
    const isTrusted = trusted.some((key) => facts.roster.memberOf(key)?.id === this.#options.self)
    return facts.proven.flatMap(({ address }) => {
      const host = hostOf(address).replace(/:\d+$/, '')
      const hasZone = this.#options.zones.some((zone) => !zone.isShared && zone.apex === host)
      if (hostPath(address) !== hostOf(address) || !(isTrusted || hasZone)) return []
      return [{ host, url: address, facts, trustsUs: isTrusted, members: trustedMirrors(facts, portOf(address)) }]
    })
  }

  /** Watchers name the members that they do not reach when they vote. */
  #hearWatchers(found: readonly BlogHost[]): void {
    for (const { facts, host } of found) {
      const places = this.#blogs.get(host)?.mirrors ?? []
      for (const { payload } of facts.blog.observation) {
        const watcher = facts.roster.memberOf(payload.key)
        if (watcher === null) continue
        const missed = places.filter((place) => payload.unreachable.includes(place.member!.id))
        for (const place of missed) this.#deps.watch.denied(place, watcher.operator, payload.time)
      }
    }
  }
}

type BlogHost = {
  readonly host: string
  /** The address that has it. */
  readonly url: string
  readonly facts: BlogFacts
  readonly trustsUs: boolean
  readonly members: readonly MemberView[]
}

function isGlue(name: string, apex: string): boolean {
  return name === apex || name.endsWith(`.${apex}`)
}

function splitOf(addresses: readonly string[]): NameAddresses {
  const isSix = (address: string) => address.includes(':')
  return { a: addresses.filter((address) => !isSix(address)), aaaa: addresses.filter(isSix) }
}

function addressSets(name: string, { a, aaaa }: NameAddresses): readonly RecordSet[] {
  const set = (type: 'A' | 'AAAA', data: readonly string[]) =>
    data.length === 0 ? [] : [{ name, type, ttl: ttlSeconds, data }]
  return [...set('A', a), ...set('AAAA', aaaa)]
}
