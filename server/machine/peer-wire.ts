/**
 * Requests to other members: one pool of warm connections a member, so that an urgent object is one round trip away.
 * A member's url comes from its own record, so the addresses behind it are judged like those of any stranger.
 */
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector, Pool } from 'undici'
import type { Wire, WireAnswer, WireRequest } from '../../ledger/peers.ts'
import { isPermittedAddress } from '../../lib/address-guard.ts'

export type PeerWireOptions = {
  /** Loopback addresses are members too: for demonstrations and tests. */
  readonly loopback: boolean
  /** Any address at all: for the command line, whose user names the member. */
  readonly anywhere?: boolean
}

export type PeerWire = Wire & { close(): Promise<void> }

/** Members to which connections stay open. The longest unused are closed. */
const poolsMax = 256
/** Connections to one member: a few requests side by side, no more. */
const connectionsMax = 4
/** Longer than a round of gossip, so that the next round finds the connection warm. */
const keepAliveMs = 75_000
const connectMs = 5_000
const headerBytesMax = 16 * 1024

export function createPeerWire(options: PeerWireOptions): PeerWire {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string): Pool => {
    const found = pools.get(origin) ?? newPool(origin, options)
    pools.delete(origin)
    pools.set(origin, found)
    const [oldest] = pools
    if (pools.size > poolsMax && oldest !== undefined) {
      pools.delete(oldest[0])
      oldest[1].close().catch(() => undefined) // closing is best effort: nobody waits for it
    }
    return found
  }
  return {
    async request(memberUrl, request) {
      const url = URL.parse(request.path, memberUrl)
      if (url === null || !memberUrl.endsWith('/') || !isOpen(url, options)) return { ok: false, reason: 'address' }
      try {
        return await ask(poolOf(url.origin), url, request)
      } catch (error) {
        return { ok: false, reason: String((error as { code?: string }).code ?? 'failed').slice(0, 100) }
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

function isOpen(url: URL, options: PeerWireOptions): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return options.anywhere === true || isIP(host) === 0 || isPermittedAddress(host, options)
}

function newPool(origin: string, options: PeerWireOptions): Pool {
  const guarded: LookupFunction = (host, lookupOptions, answer) => {
    lookup(host, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error !== null) return answer(error, '')
      const open =
        options.anywhere === true
          ? addresses
          : addresses.filter((address) => isPermittedAddress(address.address, options))
      if (open.length === 0) return answer(Object.assign(new Error('address refused'), { code: 'ADDRESS' }), '')
      if (lookupOptions.all === true) return answer(null, open)
      answer(null, open[0]!.address, open[0]!.family)
    })
  }
  return new Pool(origin, {
    connect: buildConnector({ timeout: connectMs, lookup: guarded }),
    connections: connectionsMax,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxHeaderSize: headerBytesMax,
  })
}

async function ask(pool: Pool, url: URL, request: WireRequest): Promise<WireAnswer> {
  const { statusCode, body } = await pool.request({
    path: url.pathname + url.search,
    method: request.method,
    body: request.body ?? null,
    headers: request.contentType === undefined ? {} : { 'content-type': request.contentType },
    signal: AbortSignal.timeout(request.timeMs),
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > request.bytesMax) {
      body.destroy()
      return { ok: false, reason: 'too-large' }
    }
    chunks.push(chunk)
  }
  return { ok: true, status: statusCode, body: new Uint8Array(Buffer.concat(chunks)) }
}
