/**
 * A request as browsers make it, for captures and probes: what a reader's browser shows of a sloppy server is to be seen
 * here too. node:http's lenient parser, on connections whose far end was judged when they were made, kept open; a host
 * whose heads even that refuses is asked once more, and from then on, through `MendedStream`. Never for members.
 */
import http from 'node:http'
import https from 'node:https'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { type GuardOptions, isPermittedAddress } from '../address-guard.ts'
import { MendedStream } from './mended-head.ts'

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
