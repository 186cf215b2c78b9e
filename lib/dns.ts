/**
 * DNS, handed in: TXT records as they are, and as DKIM asks them (with their parts, errors with the code of node:dns); and
 * single messages to a server that is named, for looking at name servers themselves.
 */
import { createSocket } from 'node:dgram'
import { getServers, Resolver } from 'node:dns/promises'
import { connect, isIPv6 } from 'node:net'

/** The texts under a name, each put together from its parts; none where the name has none or does not answer. */
export type DnsText = (name: string) => Promise<readonly string[]>

const timeoutMs = 3_000
const mailTimeoutMs = 4_000
const textsMax = 50

export const systemDnsText: DnsText = async (name) => {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 })
  try {
    const records = await resolver.resolveTxt(name)
    return records.slice(0, textsMax).map((parts) => parts.join(''))
  } catch {
    return [] // an unreachable resolver has shown no marker; the next look asks again
  }
}

export type MailResolver = (name: string, type: string) => Promise<string[][]>

/** `server` is host:port of a name server; null asks the system's. */
export function mailResolver(server: string | null): MailResolver {
  return async (name, type) => {
    const resolver = new Resolver({ timeout: mailTimeoutMs, tries: 2 })
    if (server !== null) resolver.setServers([server])
    if (type !== 'TXT') throw Object.assign(new Error(`only TXT is asked, not ${type}`), { code: 'ENODATA' })
    return resolver.resolveTxt(name)
  }
}

/** One message to one server, and what comes back; null where nothing does in time. */
export type DnsExchange = (server: DnsAddress, message: Uint8Array, way: 'udp' | 'tcp') => Promise<Uint8Array | null>
export type DnsAddress = { readonly address: string; readonly port: number }

const exchangeMs = 3_000

/** The machine's own resolvers: "192.0.2.1", "[2001:db8::1]:5353". */
export function systemResolvers(): readonly DnsAddress[] {
  return getServers().map(dnsAddress)
}

/** "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353". */
export function dnsAddress(text: string): DnsAddress {
  const [, address = text, port = '53'] = /^\[?([^\]]*[^\]:])\]?:(\d{1,5})$/.exec(isIPv6(text) ? '' : text) ?? []
  return { address: address.replace(/^\[|\]$/g, ''), port: Number(port) }
}

export const systemDnsExchange: DnsExchange = (server, message, way) =>
  way === 'udp' ? byUdp(server, message) : byTcp(server, message)

function byUdp({ address, port }: DnsAddress, message: Uint8Array): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    const end = (found: Uint8Array | null) => {
      clearTimeout(late)
      socket.close()
      resolve(found)
    }
    const late = setTimeout(() => end(null), exchangeMs)
    socket.once('error', () => end(null))
    socket.once('message', (reply) => end(reply))
    socket.connect(port, address, () => socket.send(message))
  })
}

function byTcp({ address, port }: DnsAddress, message: Uint8Array): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: address })
    let heard = Buffer.alloc(0)
    const end = (found: Uint8Array | null) => {
      socket.destroy()
      resolve(found)
    }
    socket.setTimeout(exchangeMs, () => end(null))
    socket.once('error', () => end(null))
    socket.once('close', () => end(null))
    socket.on('data', (part) => {
      heard = Buffer.concat([heard, part])
      const length = heard.length < 2 ? Number.POSITIVE_INFINITY : 2 + heard.readUInt16BE(0)
      if (heard.length >= length) end(heard.subarray(2, length))
    })
    socket.write(Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message]))
  })
}
