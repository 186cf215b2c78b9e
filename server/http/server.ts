/**
 * The HTTP server. Pages that readers ask for under attack are answered from memory before express is reached; all else
 * goes through express to the Api. Slow and endless requests are cut: the defaults of node:http are too patient.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Clock, within } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { HttpRequest, HttpResponse } from '../../mirror/pages/page-server.ts'
import type { Api } from './api.ts'
import type { InFlightOptions } from './bytes-in-flight.ts'
import { ConnectionLimits } from './connection-limits.ts'
import { expressApp } from './express.ts'

/**
 * Answers from memory. True where the request was taken; false leaves it to the Api, a target leaves that to the Api in its
 * place.
 */
export type FastPath = { handle(request: HttpRequest, response: HttpResponse): boolean | string }

export type HttpServerDeps = {
  readonly api: Api
  readonly front: FastPath
  readonly clock: Clock
  readonly log: Log
}
export type HttpServerOptions = {
  readonly host: string
  readonly port: number
  readonly trustProxy: boolean
  readonly connectionsMax: number
  readonly inFlight?: InFlightOptions
}

/** Time for the head of a request, and for all of it: the largest body over a slow line. How fast it must come: body.ts. */
const headersTimeMs = 10_000
const requestTimeMs = 300_000
const keepAliveTimeMs = 75_000
/** A connection is renewed now and then, so that load spreads and leaks end. nginx has the same default. */
const requestsPerSocketMax = 1_000
const headerBytesMax = 16 * 1024
/** Streams of events open at one time: each holds a connection. */
const streamsMax = 256
/** How long open requests may take to end after the server stops listening. */
const graceMs = 10_000

export class HttpServer {
  readonly #server: Server
  readonly #endStreams = new AbortController()
  readonly #deps: HttpServerDeps
  readonly #options: HttpServerOptions

  constructor(deps: HttpServerDeps, options: HttpServerOptions) {
    this.#deps = deps
    this.#options = options
    const app = expressApp(deps, {
      trustProxy: options.trustProxy,
      streamsMax,
      ended: this.#endStreams.signal,
      ...(options.inFlight === undefined ? {} : { inFlight: options.inFlight }),
    })
    const { front } = deps
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      const left = front.handle(request as HttpRequest, response as HttpResponse)
      if (left === true) return
      if (left !== false) request.url = left
      app(request, response)
    }
    this.#server = createServer(
      {
        headersTimeout: headersTimeMs,
        requestTimeout: requestTimeMs,
        keepAliveTimeout: keepAliveTimeMs,
        maxHeaderSize: headerBytesMax,
        connectionsCheckingInterval: 2_000,
        noDelay: true,
        // Requests without a body skip its stream: 7 % less work for each page.
        optimizeEmptyRequests: true,
      },
      answer,
    )
    // Who asks before sending a body is answered before it is sent.
    this.#server.on('checkContinue', answer)
    const limits = new ConnectionLimits(deps, { max: options.connectionsMax, shared: options.trustProxy })
    this.#server.on('connection', (socket: Socket) => limits.opened(socket))
    this.#server.on('request', (request, response) => limits.busy(request.socket, response))
    this.#server.maxRequestsPerSocket = requestsPerSocketMax
  }

  /** Resolves with the port once connections are taken. */
  async listen(): Promise<number> {
    const { host, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#server.on('error', (error) => this.#deps.log.error('http-server', { error: String(error) }))
    return (this.#server.address() as AddressInfo).port
  }

  /** Takes no new connections, lets open requests end, then closes what is left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.#endStreams.abort()
    this.#server.closeIdleConnections()
    await within(this.#deps.clock, graceMs, closed, undefined)
    this.#server.closeAllConnections()
    await closed
  }
}
