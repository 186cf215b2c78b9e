/**
 * A request as browsers make it, for captures and probes: what a reader's browser shows of a sloppy server is to be seen
 * here too. node:http's lenient parser, on connections whose far end was judged when they were made, kept open; a host
 * whose heads even that refuses is asked once more, and from then on, through `MendedStream`. Never for members.
 */
import http from 'node:http'
import https from 'node:https'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { Duplex, type Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { type GuardOptions, isPermittedAddress } from './address-guard.ts'

export type LenientAnswer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable
}
export type LenientRequest = {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  readonly signal: AbortSignal
}
export type LenientDeps = {
  readonly lookup: LookupFunction
  readonly guard: GuardOptions
  /** The error of a connection whose far end may not be talked to. */
  readonly forbidden: (address: string) => Error
}

/** What Chromium takes. */
const headBytesMax = 256 * 1024
const connectionsMax = 6
const idleMs = 4_000
/** Hosts that are remembered as sloppy. */
const sloppyMax = 1_000

type Connected = (error: Error | null, stream?: Duplex) => void

export class LenientClient {
  readonly #deps: LenientDeps
  readonly #plain: http.Agent
  readonly #secure: https.Agent
  readonly #sloppy = new Set<string>()

  constructor(deps: LenientDeps) {
    this.#deps = deps
    const options = { keepAlive: true, maxSockets: connectionsMax, timeout: idleMs }
    this.#plain = new http.Agent(options)
    this.#secure = new https.Agent(options)
    this.#plain.createConnection = ((target: Target, done: Connected) => this.#connect(target, false, done)) as never
    this.#secure.createConnection = ((target: Target, done: Connected) => this.#connect(target, true, done)) as never
  }

  async send(request: LenientRequest): Promise<LenientAnswer> {
    const { origin } = request.url
    if (this.#sloppy.has(origin)) return this.#once(request, true)
    try {
      return await this.#once(request, false)
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code)
      const stale = code === 'ECONNRESET' && (error as { reused?: boolean }).reused === true
      if (stale && request.method !== 'POST') return this.#once(request, false)
      if (!code.startsWith('HPE_') || request.method === 'POST') throw error
      if (this.#sloppy.size >= sloppyMax) this.#sloppy.delete(this.#sloppy.values().next().value!)
      this.#sloppy.add(origin)
      return this.#once(request, true)
    }
  }

  close(): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }

  #once({ url, method, headers, body, signal }: LenientRequest, mended: boolean): Promise<LenientAnswer> {
    const secure = url.protocol === 'https:'
    const common = { method, headers, signal, insecureHTTPParser: true, maxHeaderSize: headBytesMax, setHost: true }
    const through = mended
      ? {
          createConnection: this.#mending(secure) as never,
          headers: { ...headers, connection: 'close' },
        }
      : { agent: secure ? this.#secure : this.#plain }
    return new Promise((resolve, reject) => {
      const sent = (secure ? https : http).request(url, { ...common, ...through }, (answer) =>
        resolve({ statusCode: answer.statusCode ?? 0, headers: answer.headers, body: answer }),
      )
      sent.on('error', (error) => reject(Object.assign(error, { reused: sent.reusedSocket })))
      sent.end(body ?? undefined)
    })
  }

  #mending(secure: boolean) {
    return (target: Target, done: Connected) => {
      this.#connect(target, secure, (error, stream) =>
        error === null ? done(null, new MendedStream(stream!, { headBytesMax })) : done(error),
      )
    }
  }

  /** A connection is handed on when it stands and its far end has been judged. */
  #connect({ host, hostname, port }: Target, secure: boolean, done: Connected): undefined {
    const { lookup, guard, forbidden } = this.#deps
    const name = (hostname ?? host ?? '').replace(/^\[|\]$/g, '')
    if (isIP(name) !== 0 && !isPermittedAddress(name, guard)) {
      done(forbidden(name))
      return
    }
    const where = { host: name, port: Number(port), lookup, autoSelectFamily: true }
    const socket: Socket = secure
      ? connectTls({ ...where, ...(isIP(name) === 0 ? { servername: name } : {}), ALPNProtocols: ['http/1.1'] })
      : connect(where)
    const failed = (error: Error) => done(error)
    socket.once('error', failed)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.off('error', failed)
      const address = socket.remoteAddress ?? ''
      if (isPermittedAddress(address, guard)) return done(null, socket)
      socket.destroy()
      done(forbidden(`connected to ${address}`))
    })
  }
}

type Target = { readonly host?: string; readonly hostname?: string; readonly port?: number | string }

/**
 * The head of an answer, as browsers forgive it: what node:http's lenient parser still refuses is put right before it is
 * parsed. Pure but for the stream that carries it. Bodies pass untouched.
 */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/

/**
 * One head, CRLF throughout. Lines without a colon and names that are none are left out, folded lines joined, control
 * characters taken out; a length beside chunks, repeated, or no number is left out. Two different lengths stay: no browser
 * would choose one.
 */
export function mendedHead(head: string): string {
  const [status = '', ...rest] = head.trimEnd().split(/\r?\n/)
  const lines: { readonly name: string; value: string }[] = []
  for (const line of rest) {
    const last = lines.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.value += ` ${line.trim()}`
      continue
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim()
    if (token.test(name)) lines.push({ name, value: line.slice(colon + 1).trim() })
  }
  const named = (name: string) => lines.filter((line) => line.name.toLowerCase() === name)
  const isChunked = named('transfer-encoding').some(({ value }) => /chunked/i.test(value))
  const lengths = new Set(
    named('content-length')
      .map(({ value }) => value)
      .filter((length) => /^\d{1,15}$/.test(length)),
  )
  const kept = lines.filter(({ name }) => name.toLowerCase() !== 'content-length')
  const length = isChunked ? [] : [...lengths].map((value) => ({ name: 'Content-Length', value }))
  const text = [...kept, ...length].map(({ name, value }) => `${name}: ${value.replace(/[\0-\x08\x0b-\x1f\x7f]/g, '')}`)
  return `${statusLine(status)}\r\n${text.join('\r\n')}${text.length === 0 ? '' : '\r\n'}\r\n`
}

function statusLine(line: string): string {
  const match = /^(?:HTTP\/\d(?:\.\d)?|ICY)\s{1,10}(\d{3})\b/.exec(line)
  return match === null ? line : `HTTP/1.1 ${match[1]} -`
}

/** What comes from `inner`, its head mended; what is written goes to `inner`. For one request: it ends with the answer. */
export class MendedStream extends Duplex {
  readonly #inner: Duplex
  readonly #headBytesMax: number
  #head: Buffer | null = Buffer.alloc(0)

  constructor(inner: Duplex, options: { readonly headBytesMax: number }) {
    super()
    this.#inner = inner
    this.#headBytesMax = options.headBytesMax
    inner.on('data', (chunk: Buffer) => this.#came(chunk))
    inner.on('end', () => {
      if (this.#head !== null && this.#head.length > 0) this.push(this.#head)
      this.push(null)
    })
    inner.on('error', (error) => this.destroy(error))
    inner.on('close', () => {
      if (!this.readableEnded) this.push(null)
    })
  }

  #came(chunk: Buffer): void {
    if (this.#head === null) {
      if (!this.push(chunk)) this.#inner.pause()
      return
    }
    const all = Buffer.concat([this.#head, chunk])
    const text = all.subarray(0, this.#headBytesMax).toString('latin1')
    const end = /\r?\n\r?\n/.exec(text)
    if (end === null) {
      if (all.length >= this.#headBytesMax)
        this.destroy(Object.assign(new Error('head too long'), { code: 'HPE_HEADER_OVERFLOW' }))
      else this.#head = all
      return
    }
    const head = mendedHead(text.slice(0, end.index))
    const body = all.subarray(end.index + end[0].length)
    // an answer that only says "go on" is followed by another
    this.#head = /^HTTP\/1\.1 1/.test(head) ? Buffer.alloc(0) : null
    this.push(Buffer.from(head, 'latin1'))
    if (body.length > 0) this.#came(body)
  }

  override _read(): void {
    this.#inner.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    done() // the other end closes: half-closed requests confuse old servers
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy()
    done(error)
  }
}

/**
 * Cookies within one chain of redirects at one origin: some servers show their page only to those who bring back what
 * they were given. Nothing outlives the chain, and nothing is told to another origin.
 */
const cookiesMax = 20
const bytesMax = 4096

export class CookieChain {
  readonly #byOrigin = new Map<string, Map<string, string>>()

  /** Keeps what an answer set, or takes out what it ended. */
  take(origin: string, setCookie: readonly string[]): void {
    const known = this.#byOrigin.get(origin) ?? new Map<string, string>()
    this.#byOrigin.set(origin, known)
    for (const line of setCookie.slice(0, cookiesMax)) {
      const match = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200})=([!#-+\--:<-[\]-~"]{0,2000})\s*(;|$)/.exec(line)
      if (match === null) continue
      if (/;\s*max-age\s*=\s*(0|-\d)/i.test(line)) known.delete(match[1]!)
      else if (known.size < cookiesMax || known.has(match[1]!)) known.set(match[1]!, match[2]!)
    }
  }

  /** The header for the next request to that origin; none where nothing was set. */
  header(origin: string): Readonly<Record<string, string>> {
    const text = [...(this.#byOrigin.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    return text === '' || text.length > bytesMax ? {} : { cookie: text }
  }
}
