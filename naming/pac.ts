/**
 * The file that tells a browser which proxies to use (PAC): three living members of three operators for blogs of the network,
 * then the blog itself; everything else goes its usual way. Browsers move on only where a connection fails, and only a proxy
 * that refuses costs them nothing, so the dead are left out, and members that stop stop listening first.
 */
import { toHex, utf8 } from '../protocol/bytes.ts'
import type { Key } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'

export type LivingProxy = { readonly member: Key; readonly operator: Key; readonly host: string; readonly port: number }

export const proxiesMax = 3
/** Hosts in one file: about 60 kB. */
export const hostsMax = 2_000

/** Three of different operators, in an order of each reader's own: `reader` is any text that stays the same for one. */
export function chosenProxies(living: readonly LivingProxy[], reader: string, sha256: Sha256): readonly LivingProxy[] {
  const rank = (proxy: LivingProxy) => toHex(sha256(utf8(`${reader} ${proxy.member}`)))
  const ranked = living.map((proxy) => ({ proxy, rank: rank(proxy) })).sort((a, b) => (a.rank < b.rank ? -1 : 1))
  const operators = new Set<Key>()
  const chosen: LivingProxy[] = []
  for (const { proxy } of ranked) {
    if (operators.has(proxy.operator) || chosen.length === proxiesMax) continue
    operators.add(proxy.operator)
    chosen.push(proxy)
  }
  return chosen
}

/**
 * For http the proxies come first: they know whether the blog is up. For https the blog comes first, since nobody else can
 * answer in its name, and a tunnel helps only where the way to it is closed. Hosts follow the ASCII grammar of addresses.
 */
export function pacFile(hosts: readonly string[], proxies: readonly Pick<LivingProxy, 'host' | 'port'>[]): string {
  const list = proxies.map(({ host, port }) => `PROXY ${host.includes(':') ? `[${host}]` : host}:${port}`)
  const names = Object.fromEntries(hosts.slice(0, hostsMax).map((host) => [host.replace(/:\d+$/, ''), 1]))
  return `// Proxies of a network that keeps blogs readable while their own servers are down. Fetched anew it names those that live now.
var hosts = ${JSON.stringify(names)};
function FindProxyForURL(url, host) {
  if (!Object.prototype.hasOwnProperty.call(hosts, host.toLowerCase())) return 'DIRECT';
  return url.substring(0, 5) === 'http:' ? '${[...list, 'DIRECT'].join('; ')}' : '${['DIRECT', ...list].join('; ')}';
}
`
}
