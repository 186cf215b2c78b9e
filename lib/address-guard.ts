/**
 * Which hosts of the open web a member may talk to. A mirror fetches what strangers name, so nothing that is inside the
 * operator's own network may be reachable by any spelling (SSRF). Literals are judged here before a request; the
 * addresses of names are judged by the same rule when the socket connects.
 *
 * Source: IANA special-purpose registries (RFC 6890 and later entries), RFC 6052, RFC 3056, RFC 4380, RFC 6598.
 */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { WebFailure } from './web.ts'

export type Refusal = { readonly ok: false; readonly reason: WebFailure; readonly detail: string }
export type GuardOptions = {
  /** Also 127.0.0.0/8 and ::1, on any port: for demonstrations and tests on one machine. */
  readonly loopback: boolean
}

/** Longer addresses are of no blog; they cost memory wherever they are kept. */
const urlLengthMax = 4096

const specialIPv4 = cidrs(`
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
  192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
  224.0.0.0/4 240.0.0.0/4`)

/** Within 2000::/3, the only space in public use: protocol assignments with Teredo, documentation, 6to4, AS112. */
const specialIPv6 = cidrs('2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20')
const publicIPv6 = cidrs('2000::/3')
const loopbacks = cidrs('127.0.0.0/8 ::1/128')

/** Names that never mean a host of the open web. */
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|onion|test|invalid)$/

/** True where a packet to `address` stays on the public internet. Anything but a plain, zoneless address is not. */
export function isPermittedAddress(address: string, { loopback }: GuardOptions): boolean {
  const family = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : 0
  if (family === 0) return false
  if (loopback && within(address, loopbacks)) return true
  if (family === 4) return !within(address, specialIPv4)
  return within(address, publicIPv6) && !within(address, specialIPv6)
}

/**
 * The URL to fetch, or why not. `base` is the address that named it (a redirect), already judged.
 * Numeric hosts must be written in dotted decimal: other spellings only serve to slip through filters.
 */
export function permittedUrl(url: string, options: GuardOptions, base?: URL): URL | Refusal {
  const parsed = url.length > urlLengthMax ? null : URL.parse(url, base)
  if (parsed === null) return refusal('bad-url', url)
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return refusal('scheme', parsed.protocol)
  if (base?.protocol === 'https:' && parsed.protocol === 'http:') return refusal('scheme', 'from https to http')
  if (parsed.username !== '' || parsed.password !== '') return refusal('credentials', 'user or password in the address')
  if (!options.loopback && !['', '80', '443'].includes(parsed.port)) return refusal('port', parsed.port)
  if (!isPermittedHost(parsed.hostname, url, options, base)) return refusal('address', parsed.hostname)
  parsed.hash = ''
  return parsed
}

function isPermittedHost(hostname: string, text: string, options: GuardOptions, base: URL | undefined): boolean {
  if (hostname.startsWith('[')) return isPermittedAddress(hostname.slice(1, -1), options)
  if (isIPv4(hostname)) {
    const plainlyWritten = hostname === base?.hostname || text.includes(`//${hostname}`)
    return plainlyWritten && isPermittedAddress(hostname, options)
  }
  const name = hostname.replace(/\.$/, '')
  if (options.loopback && isLocalhost(name)) return true
  return name.includes('.') && !privateNames.test(name)
}

/** `localhost` and names under it: loopback by definition (RFC 6761), no look-up needed. */
export function isLocalhost(hostname: string): boolean {
  return /(^|\.)localhost$/.test(hostname)
}

export function refusal(reason: WebFailure, detail: string): Refusal {
  return { ok: false, reason, detail: detail.slice(0, 1024) }
}

type Cidr = ReturnType<typeof ipaddr.parseCIDR>

function cidrs(list: string): readonly Cidr[] {
  return list
    .trim()
    .split(/\s+/)
    .map((cidr) => ipaddr.parseCIDR(cidr))
}

function within(address: string, ranges: readonly Cidr[]): boolean {
  const parsed = ipaddr.parse(address)
  return ranges.some(([start, bits]) => start.kind() === parsed.kind() && parsed.match(start, bits))
}
