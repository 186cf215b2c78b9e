/**
 * Every request that a member makes into the open web.
 *
 *   address judged (literal, scheme, port)  ->  name resolved, every answer judged, socket bound to what was judged
 *   ->  headers within their size and time  ->  redirect? by hand, judged anew, never from https to http
 *   ->  body: one layer of compression, bounds on what comes out, a least rate, a total time
 *
 * Refusals and failures are values. The peer client, which speaks to members only, is elsewhere.
 */
import { Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import { Agent, buildConnector } from 'undici'
import {
  type GuardOptions,
  isLocalhost,
  isPermittedAddress,
  permittedUrl,
  type Refusal,
  refusal,
} from './address-guard.ts'
import type { Cancel, Clock } from './clock.ts'
import { CookieChain, LenientClient } from './lenient-request.ts'
import { readBody } from './limited-body.ts'
import { type Log, silentLog } from './log.ts'
import type { Web, WebAnswer, WebRequest } from './web.ts'

export type Resolve = (host: string) => Promise<readonly string[]>
export type SafeFetchDeps = { readonly clock: Clock; readonly log?: Log; readonly resolve?: Resolve }
export type SafeFetchLimits = {
  /** Look-up and handshake. */
  readonly connectMs: number
  /** From the request sent to the end of the answer's headers. */
  readonly firstByteMs: number
  readonly headerBytesMax: number
  /** After this long a body must have come in at `rateMin` bytes a second on average. */
  readonly rateAfterMs: number
  readonly rateMin: number
  readonly ratioMax: number
}
export type SafeFetchOptions = GuardOptions & {
  /** Names this program and a page that says how to reach its operator. */
  readonly userAgent: string
  readonly limits?: Partial<SafeFetchLimits>
}
export type SafeFetch = Web & { close(): Promise<void> }

const usualLimits: SafeFetchLimits = {
  connectMs: 5_000,
  firstByteMs: 10_000,
  headerBytesMax: 16 * 1024,
  rateAfterMs: 10_000,
  rateMin: 1_000,
  ratioMax: 100,
}
/** More hops than this are a loop or a tracker. */
const redirectsLimit = 5
/** Connections to one origin at a time: politeness. */
const connectionsMax = 6
const redirectStatuses = new Set([301, 302, 303, 307, 308])
/** What a caller sends to one origin and not to where that origin points. */
const secretHeaders = new Set(['authorization', 'cookie', 'proxy-authorization'])

export function createSafeFetch(deps: SafeFetchDeps, options: SafeFetchOptions): SafeFetch {
  const limits = { ...usualLimits, ...options.limits }
  const log = deps.log ?? silentLog
  const lookup = guardedLookup(deps.resolve ?? dnsResolve({ timeoutMs: limits.connectMs }), options)
  const agent = guardedAgent(lookup, options, limits)
  const lenient = new LenientClient({
    lookup,
    guard: options,
    forbidden: (address) => new GuardError('address', address),
  })
  return {
    async fetch(request) {
      const watch = new Watch(deps.clock, limits, request.timeMs)
      const outcome = await follow({ agent, lenient }, request, watch, options, limits)
        .catch((error: unknown) => watch.failure ?? failureOf(error))
        .finally(() => watch.end())
      if (!outcome.ok) log.debug('fetch-failed', { url: request.url, reason: outcome.reason, detail: outcome.detail })
      return outcome
    },
    close: () => {
      lenient.close()
      return agent.close()
    },
  }
}

/** Walks the redirects. A POST is never redirected, and `redirectsMax: 0` means: give me the redirect itself. */
async function follow(
  clients: Clients,
  request: WebRequest,
  watch: Watch,
  options: SafeFetchOptions,
  limits: SafeFetchLimits,
): Promise<WebAnswer> {
  const method = request.method ?? 'GET'
  const hopsMax = method === 'POST' ? 0 : Math.min(request.redirectsMax ?? redirectsLimit, redirectsLimit)
  let headers = headersOf(request, options.userAgent)
  const cookies = new CookieChain()
  let url = permittedUrl(request.url, options)
  for (let hop = 0; url instanceof URL; hop++) {
    const kept = request.lenient === true ? cookies.header(url.origin) : {}
    const sent = { ...headers, ...kept, ...(await request.sign?.(url)) }
    const answer = await watch.started(send(clients, request, url, method, sent, watch.signal))
    answer.body.on('error', () => {}) // told to whoever reads; a body that nobody reads has nobody to tell
    const location = redirectStatuses.has(answer.statusCode) ? firstOf(answer.headers.location) : null
    if (location === null || hopsMax === 0) return received(answer, url, request, watch, limits)
    answer.body.destroy()
    cookies.take(url.origin, listOf(answer.headers['set-cookie']))
    if (hop === hopsMax) return refusal('redirects', `more than ${hopsMax}`)
    const next = permittedUrl(location, options, url)
    if (next instanceof URL && next.origin !== url.origin) headers = withoutSecrets(headers)
    url = next
  }
  return url
}

type Clients = { readonly agent: Agent; readonly lenient: LenientClient }
type Answer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable
}

function send(
  { agent, lenient }: Clients,
  request: WebRequest,
  url: URL,
  method: 'GET' | 'POST' | 'HEAD',
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const body = request.body ?? null
  if (request.lenient === true) return lenient.send({ url, method, headers, body, signal })
  return agent.request({ origin: url.origin, path: url.pathname + url.search, method, headers, body, signal })
}

async function received(
  answer: Answer,
  url: URL,
  request: WebRequest,
  watch: Watch,
  limits: SafeFetchLimits,
): Promise<WebAnswer> {
  const headers = flatHeaders(answer.headers)
  const isEmpty = request.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304
  const encoding = isEmpty ? '' : (headers['content-encoding'] ?? '')
  const lenient = request.lenient === true
  const bounds = { bytesMax: request.bytesMax, cut: request.cut ?? false, ratioMax: limits.ratioMax, lenient }
  watch.bodyStarted()
  try {
    let short = false
    const stream = lenient
      ? whatCame(answer.body, (error) => {
          if (watch.failure !== null) throw error
          short = true
        })
      : answer.body
    const body = await readBody(stream, encoding, bounds, (count) => watch.bodyBytes(count))
    if (!(body instanceof Uint8Array)) return body
    const common = { ok: true as const, status: answer.statusCode, headers, body, url: url.href }
    return short ? { ...common, short } : common
  } finally {
    answer.body.destroy()
  }
}

/** The chunks of a body that may break off; one that broke off before its first byte is a failure. */
async function* whatCame(body: Readable, onShort: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      yield chunk
    }
  } catch (error) {
    if (bytes === 0) throw error
    onShort(error)
  }
}

/** One request's time limits. Whichever is broken first names the failure and ends the request. */
class Watch {
  readonly #clock: Clock
  readonly #limits: SafeFetchLimits
  readonly #controller = new AbortController()
  readonly #cancels: Cancel[] = []
  #bytes = 0
  failure: Refusal | null = null

  constructor(clock: Clock, limits: SafeFetchLimits, totalMs: number) {
    this.#clock = clock
    this.#limits = limits
    this.#cancels.push(clock.after(totalMs, () => this.#fail('timeout', `not done after ${totalMs} ms`)))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Look-up, handshake and headers of one hop. */
  async started<T>(hop: Promise<T>): Promise<T> {
    const ms = this.#limits.connectMs + this.#limits.firstByteMs
    const cancel = this.#clock.after(ms, () => this.#fail('timeout', `no answer after ${ms} ms`))
    try {
      return await hop
    } finally {
      cancel()
    }
  }

  bodyStarted(): void {
    const startMs = this.#clock.steadyMs()
    const { rateAfterMs, rateMin } = this.#limits
    const check = () => {
      const seconds = (this.#clock.steadyMs() - startMs) / 1000
      if (this.#bytes < rateMin * seconds) this.#fail('too-slow', `${this.#bytes} bytes in ${seconds.toFixed(1)} s`)
      else this.#cancels.push(this.#clock.after(Math.min(1000, rateAfterMs), check))
    }
    this.#cancels.push(this.#clock.after(rateAfterMs, check))
  }

  bodyBytes(count: number): void {
    this.#bytes += count
  }

  end(): void {
    for (const cancel of this.#cancels) cancel()
  }

  #fail(reason: 'timeout' | 'too-slow', detail: string): void {
    this.failure ??= refusal(reason, detail)
    this.#controller.abort()
  }
}

/** Connections whose far end was judged when the socket was made: at the look-up, and once more when it stands. */
function guardedAgent(lookup: LookupFunction, guard: GuardOptions, limits: SafeFetchLimits): Agent {
  const connector = buildConnector({
    timeout: limits.connectMs,
    allowH2: false,
    autoSelectFamily: true,
    lookup,
  } as buildConnector.BuildOptions)
  const connect: buildConnector.connector = (target, done) => {
    const literal = target.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0 && !isPermittedAddress(literal, guard))
      return done(new GuardError('address', literal), null)
    connector(target, (error, socket) => {
      if (error !== null) return done(error, null)
      if (isPermittedAddress(socket.remoteAddress ?? '', guard)) return done(null, socket)
      socket.destroy()
      done(new GuardError('address', `connected to ${socket.remoteAddress}`), null)
    })
  }
  return new Agent({
    connect,
    allowH2: false,
    connections: connectionsMax,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    headersTimeout: 0, // ours, above, in the clock that was handed in
    bodyTimeout: 0,
    maxHeaderSize: limits.headerBytesMax,
  })
}

/** One bad address among several good ones refuses the name: the next answer may list it first. */
function guardedLookup(resolve: Resolve, guard: GuardOptions): LookupFunction {
  return (host, options, done) => {
    const answer = async () => {
      const addresses = guard.loopback && isLocalhost(host) ? ['127.0.0.1'] : await resolve(host)
      if (addresses.length === 0) throw new GuardError('dns', `${host} has no address`)
      const bad = addresses.find((address) => !isPermittedAddress(address, guard))
      if (bad !== undefined) throw new GuardError('address', `${host} is at ${bad}`)
      return addresses.map((address) => ({ address, family: isIP(address) }))
    }
    answer().then(
      (found) => (options.all === true ? done(null, found) : done(null, found[0]!.address, found[0]!.family)),
      (error: NodeJS.ErrnoException) => done(error, ''),
    )
  }
}

export type DnsOptions = {
  readonly timeoutMs: number
  /** Instead of the machine's own: "address:port". */
  readonly servers?: readonly string[]
}

/** Asks DNS servers directly: no thread of the pool waits for a dead one, and no hosts file is read. */
export function dnsResolve({ timeoutMs, servers }: DnsOptions): Resolve {
  return async (host) => {
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = [...(four.status === 'fulfilled' ? four.value : []), ...(six.status === 'fulfilled' ? six.value : [])]
    if (found.length === 0 && four.status === 'rejected') throw new GuardError('dns', String(four.reason))
    return found
  }
}

class GuardError extends Error {
  readonly refusal: Refusal

  constructor(reason: 'address' | 'dns', detail: string) {
    super(`${reason}: ${detail}`)
    this.refusal = refusal(reason, detail)
  }
}

/** What the socket, TLS or the parser reported, in our words. */
function failureOf(error: unknown): Refusal {
  if (error instanceof GuardError) return error.refusal
  const { code: given, name, message = String(error), cause } = error as NodeJS.ErrnoException & { cause?: unknown }
  const code = given ?? name ?? ''
  if (cause instanceof GuardError) return cause.refusal
  const detail = `${code} ${message}`.trim()
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return refusal('timeout', detail)
  if (/OVERFLOW/.test(code)) return refusal('too-large', detail)
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_|DEPTH_|SELF_SIGNED|EPROTO|ERR_OSSL)/.test(code)) return refusal('tls', detail)
  if (/^(ECONN|EHOST|ENET|EPIPE|EADDR|UND_ERR_SOCKET)/.test(code)) return refusal('connect', detail)
  if (/^(HPE_|HTTPParserError|UND_ERR_|ERR_STREAM_PREMATURE_CLOSE)/.test(code)) return refusal('protocol', detail)
  if (error instanceof AggregateError) return refusal('connect', detail)
  throw error
}

function headersOf(request: WebRequest, userAgent: string): Record<string, string> {
  const own = { 'user-agent': userAgent, 'accept-encoding': 'gzip, br, zstd', accept: '*/*' }
  return { ...own, ...request.headers }
}

function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secretHeaders.has(name.toLowerCase())))
}

function flatHeaders(headers: Answer['headers']): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

function listOf(value: string | string[] | undefined): readonly string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
