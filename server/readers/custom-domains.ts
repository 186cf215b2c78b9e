/**
 * Names of blogs under which this member may answer: TLS and pages for `example.org` itself, where the blog's owner points
 * its DNS at mirrors. Only for a proven address that has the whole host, of a blog that this member mirrors, whose root
 * names this member as trusted, and that is neither refused here nor closed.
 */
import type { Clock } from '../../lib/clock.ts'
import { type BlogFacts, type FactsSource, factsNow } from '../../mirror/pages/facts.ts'
import { hostPath, isPathBlog } from '../../protocol/addresses.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { rootChain } from '../../protocol/roots.ts'
import type { Roster } from '../../protocol/roster.ts'

export type CustomDomainsDeps = {
  readonly facts: FactsSource
  /** Blogs that this member knows. */
  readonly blogs: () => readonly Hash[]
  readonly clock: Clock
  readonly sha256: Sha256
}
export type CustomDomainsOptions = {
  /** First key of this member. */
  readonly self: Key
}

export type CustomDomain = {
  /** What stands after "/m/". */
  readonly name: string
  /** Address of the blog's own feed, as it was captured. */
  readonly feed: { readonly url: string; readonly type: string } | null
}

const hostGrammar = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?$/
export class CustomDomains {
  readonly #deps: CustomDomainsDeps
  readonly #options: CustomDomainsOptions
  #known: ReadonlyMap<string, CustomDomain> = new Map()

  constructor(deps: CustomDomainsDeps, options: CustomDomainsOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** The blog that owns this host and trusts this member with it, as of now. */
  async find(host: string): Promise<CustomDomain | null> {
    const { facts: source, clock, sha256 } = this.#deps
    if (!hostGrammar.test(host)) return null
    const blog = await source.byHost(host)
    const facts = blog === null ? null : await factsNow(source, blog, clock.nowMs(), sha256)
    if (facts === null || !customAddresses(facts, this.#options.self).some((own) => hostPath(own) === host)) return null
    const feed = facts.copy?.snapshot.payload.feed
    return { name: facts.name, feed: feed === undefined ? null : { url: feed.url, type: feed.type } }
  }

  /** The same from memory, as it was at the last `refresh`. */
  known(host: string): CustomDomain | null {
    return this.#known.get(host) ?? null
  }

  /** Looks through all blogs. Called several times a minute, so that a refusal binds here as soon as on pages. */
  async refresh(): Promise<void> {
    const { facts: source, blogs, clock, sha256 } = this.#deps
    const known = new Map<string, CustomDomain>()
    for (const blog of blogs()) {
      if (!trusts(await source.blog(blog), this.#options.self, source.roster())) continue
      const facts = await factsNow(source, blog, clock.nowMs(), sha256)
      for (const { address } of facts?.proven ?? []) {
        const found = await this.find(hostPath(address))
        if (found !== null) known.set(hostPath(address), found)
      }
    }
    this.#known = known
  }
}

/** Proven addresses that have the whole host, under whose names this member may answer; none where it does not mirror the blog. */
export function customAddresses(facts: BlogFacts, selfKey: Key): readonly string[] {
  const { roster, head, roles, proven } = facts
  const self = roster.memberOf(selfKey)
  if (self === null || roles.chain.current.payload.closed === true || head === null) return []
  if (!trusts(facts.blog, self.id, roster) || !head.payload.mirrors.includes(self.id)) return []
  return proven.map(({ address }) => address).filter((address) => !isPathBlog(address))
}

/** Whether the blog's current root names this member, by any key that it has had. */
function trusts(blog: BlogObjects, self: Key, roster: Roster): boolean {
  const trusted = rootChain(blog.blog, blog.root)?.current.payload.trusted ?? []
  return trusted.some((key) => key === self || roster.memberOf(key)?.id === self)
}
