/** A member as a proxy for readers of its network's blogs, and the file that tells their browsers which members are one. */
import type { Peers } from '../../ledger/peers.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import { type FactsSource, factsNow } from '../../mirror/pages/facts.ts'
import { chosenProxies, hostsMax, type LivingProxy, pacFile } from '../../naming/pac.ts'
import { type ProxyAct, proxiedHost, proxyAct, refusal } from '../../naming/proxy.ts'
import { ProxyList } from '../../naming/proxy-list.ts'
import { hostPath } from '../../protocol/addresses.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Config } from '../config.ts'
import { openProxySocket, type ProxySocket, type ProxySocketDeps } from '../machine/proxy-socket.ts'
import { StartRefused } from '../machine/start-refused.ts'
import { targetOf } from '../readers/custom-domain-path.ts'
import type { NameOutside } from './name-parts.ts'

export type ProxyPartsDeps = Pick<NameOutside, 'look' | 'resolve'> & {
  readonly facts: FactsSource
  readonly blogs: () => readonly Hash[]
  readonly roster: () => Roster
  readonly peers: Peers
  readonly pages: ProxySocketDeps['pages']
  readonly web: Web
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly sha256: Sha256
}
export type ProxyPartsOptions = {
  readonly self: Key
  /** null: this member is no proxy, and still names those that are. */
  readonly port: number | null
}

const lookEveryMs = 10_000
const askedMs = 4_000
const portMax = 65_535

export class ProxyParts {
  readonly #deps: ProxyPartsDeps
  readonly #options: ProxyPartsOptions
  readonly #list: ProxyList

  constructor(deps: ProxyPartsDeps, options: ProxyPartsOptions) {
    this.#deps = deps
    this.#options = options
    const { peers, look, resolve, roster, random } = deps
    this.#list = new ProxyList(
      {
        ask: async (member) => {
          const answer = (await peers.get(member.url, 'dgos/v1/proxy', askedMs)) as { port?: unknown } | null
          return isPort(answer?.port) ? answer.port : null
        },
        look: async (member, host, port) => {
          const [address] = await resolve(host.replace(/^\[|\]$/g, '')).catch(() => [])
          const url = `http://${host}:${port}/dgos/v1/ping`
          return address !== undefined && look(address, url, ({ text }) => text.includes(member.id))
        },
        roster,
        random,
      },
      options,
    )
  }

  get port(): number | null {
    return this.#options.port
  }

  start(schedule: Schedule) {
    return schedule.every('proxies', lookEveryMs, lookEveryMs / 10, () => this.#list.round())
  }

  round(): Promise<void> {
    return this.#list.round()
  }

  /** Members that are proxies now, as far as this one has seen. */
  living(): readonly LivingProxy[] {
    return this.#list.living()
  }

  /** This member names itself no more, before it stops listening. */
  stopping(): void {
    this.#list.stopping()
  }

  /** The file for one reader: `only` are the hosts that he asks for, all that are known here where he names none. */
  async pac(reader: string, only: readonly string[]): Promise<string> {
    const known = await this.#hosts()
    const hosts = only.length === 0 ? known : known.filter((host) => only.includes(host))
    return pacFile(hosts, chosenProxies(this.#list.living(), reader, this.#deps.sha256))
  }

  /** What to do for a browser; a copy's target is a path of our own pages. */
  async decide(method: string, target: string): Promise<ProxyAct> {
    const { facts: source, clock, sha256 } = this.#deps
    const host = proxiedHost(method, target)
    const blog = host === null ? null : await source.byHost(host)
    const facts = blog === null ? null : await factsNow(source, blog, clock.nowMs(), sha256)
    if (facts === null) return refusal
    const act = proxyAct(method, target, facts)
    if (act.act !== 'copy') return act
    const feed = facts.copy?.snapshot.payload.feed ?? null
    return { ...act, target: targetOf({ name: facts.name, feed }, act.host, act.target) }
  }

  async open({ host, port }: { readonly host: string; readonly port: number }): Promise<ProxySocket> {
    const { pages, web, clock, log, resolve } = this.#deps
    return openProxySocket(
      {
        ...{ pages, web, clock, log, self: this.#options.self },
        decide: (method, target) => this.decide(method, target),
        resolve: async (name) => (await resolve(name).catch(() => []))[0] ?? null,
      },
      { host, port },
    )
  }

  async #hosts(): Promise<readonly string[]> {
    const { facts: source, blogs, clock, sha256 } = this.#deps
    const hosts: string[] = []
    for (const blog of blogs()) {
      if (hosts.length >= hostsMax) break
      const facts = await factsNow(source, blog, clock.nowMs(), sha256)
      if (facts === null || facts.roles.chain.current.payload.closed === true) continue
      hosts.push(...facts.proven.map(({ address }) => hostPath(address)).filter((path) => !path.includes('/')))
    }
    return hosts
  }
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= portMax
}

/** null where there is no port for it, and where the member is leaving: then it takes no new readers. */
export async function startProxyDoor(parts: ProxyParts | null, config: Config): Promise<ProxySocket | null> {
  const { proxyHost: host, proxyPort: port } = config
  if (parts === null || port === null || config.leaving) return null
  return parts.open({ host, port }).catch((error: Error) => {
    throw new StartRefused(`cannot be a proxy on ${host}:${port}: ${error.message}`)
  })
}
