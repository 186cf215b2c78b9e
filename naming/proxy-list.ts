/**
 * Which members are proxies now. Each says so itself (`/dgos/v1/proxy`); each is looked at every ten seconds by a new
 * connection to that very port, and left out as soon as two looks in a row fail.
 */
import type { Random } from '../lib/random.ts'
import { shuffled } from '../lib/random.ts'
import type { Key } from '../protocol/objects.ts'
import type { MemberView, Roster } from '../protocol/roster.ts'
import type { LivingProxy } from './pac.ts'

export type ProxyListDeps = {
  /** The port that a member names; null where it is no proxy or does not say. */
  readonly ask: (member: MemberView) => Promise<number | null>
  /** Whether a proxy of that member answers there. */
  readonly look: (member: MemberView, host: string, port: number) => Promise<boolean>
  readonly roster: () => Roster
  readonly random: Random
}
export type ProxyListOptions = {
  readonly self: Key
  /** This member's own; null where it is none. */
  readonly port: number | null
}

/** Proxies watched at one time: enough to choose three from. */
const watchedMax = 12
const failuresMax = 2
const askedMax = 4

type Watched = { readonly member: MemberView; readonly host: string; readonly port: number; failures: number }

export class ProxyList {
  readonly #deps: ProxyListDeps
  readonly #options: ProxyListOptions
  readonly #watched = new Map<Key, Watched>()
  #isStopping = false

  constructor(deps: ProxyListDeps, options: ProxyListOptions) {
    this.#deps = deps
    this.#options = options
  }

  living(): readonly LivingProxy[] {
    return [...this.#watched.values()]
      .filter(({ member, failures }) => failures < failuresMax && !(this.#isStopping && this.#isSelf(member)))
      .map(({ member, host, port }) => ({ member: member.id, operator: member.operator, host, port }))
  }

  /** This member takes no new readers: it names itself no more. */
  stopping(): void {
    this.#isStopping = true
  }

  /** One look at each proxy, and a few members asked whether they are one. */
  async round(): Promise<void> {
    const { look, roster } = this.#deps
    const members = new Map(roster().members.map((member) => [member.id, member]))
    for (const id of this.#watched.keys()) if (!members.has(id)) this.#watched.delete(id)
    await Promise.all([
      ...[...this.#watched.values()].map(async (watched) => {
        const reached = await look(watched.member, watched.host, watched.port)
        watched.failures = reached ? 0 : watched.failures + 1
        if (watched.failures > watchedMax) this.#watched.delete(watched.member.id)
      }),
      this.#askSome([...members.values()]),
    ])
  }

  async #askSome(members: readonly MemberView[]): Promise<void> {
    const { ask, random } = this.#deps
    const others = members.filter(({ id, passive }) => !passive && !this.#watched.has(id))
    const asked = this.#watched.size >= watchedMax ? [] : shuffled(random, others).slice(0, askedMax)
    const own = others.find((member) => this.#isSelf(member))
    for (const member of own === undefined ? asked : [own, ...asked]) {
      const port = this.#isSelf(member) ? this.#options.port : await ask(member)
      if (port !== null) this.#watched.set(member.id, { member, host: new URL(member.url).hostname, port, failures: 0 })
    }
  }

  #isSelf({ id }: MemberView): boolean {
    return id === this.#options.self
  }
}
