/**
 * The port at which a member is a proxy. One request is one connection's: nothing is kept open for a reader who does nothing,
 * so that a member that stops listening is left at once.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { FairQueue } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import type { PageServer } from '../../mirror/pages/page-server.ts'
import type { ProxyAct } from '../../naming/proxy.ts'
import { ConnectionLimits } from '../http/connection-limits.ts'
import { addressBlock, Rates } from '../http/rates.ts'

export type ProxySocketDeps = {
  readonly decide: (method: string, target: string) => Promise<ProxyAct>
  /** The member's own pages, by their paths. */
  readonly pages: Pick<PageServer, 'answer'>
  readonly web: Web
  /** An address of the host that may be reached; null where there is none. */
  readonly resolve: (host: string) => Promise<string | null>
  readonly clock: Clock
  readonly log: Log
  /** First key of this member: what its proxy answers to `GET /dgos/v1/ping`. */
  readonly self: string
}
type Bounded = ProxySocketDeps & { readonly rates: Rates; readonly fetches: FairQueue }
export type ProxySocketOptions = { readonly host: string; readonly port: number }
export type ProxySocket = { readonly port: number; close(): Promise<void> }

const headerBytesMax = 16 * 1024
const connectionsMax = 256
const tunnelsMax = 64
/** Requests of one address block. */
const perMinute = 600
const documentBytesMax = 8 * 1024 * 1024
/** Documents in memory, from the first byte until their reader has them: 64 MiB. Two of them for one address block or one blog. */
const fetchLines = { concurrency: 8, lengthMax: 64, sideBySide: 2, ownerLengthMax: 8 }
const fetchMs = 20_000
const retryAfter = { 'retry-after': '5' }
const idleMs = 60_000
/**
 * Browsers open connections ahead. One that asks nothing for this long is closed: were this member to fall silent, the browser
 * would wait on it for minutes, where a new connection that fails sends it to the next proxy.
 */
const askMs = 3_000
/** What a document says of itself. Cookies are not among it: nobody logs in through a stranger. */
const passedHeaders = ['content-type', 'location', 'cache-control', 'etag', 'last-modified', 'content-language']
const hopHeaders = { connection: 'close' }

export async function openProxySocket(deps: ProxySocketDeps, { host, port }: ProxySocketOptions): Promise<ProxySocket> {
  const open = new Set<Socket>()
  const limits = new ConnectionLimits(deps, { max: connectionsMax })
  const rates = new Rates(deps, { perMinute })
  const bounded = { ...deps, rates, fetches: new FairQueue(fetchLines) }
  const server = createServer(
    { headersTimeout: askMs, requestTimeout: askMs, connectionsCheckingInterval: 1_000, maxHeaderSize: headerBytesMax },
    (request, response) => {
      answer(bounded, request, response).catch((error: Error) => {
        deps.log.warn('proxy-failed', { error: error.message.slice(0, 200) })
        response.destroy()
      })
    },
  )
  server.on('connection', (socket: Socket) => {
    limits.opened(socket)
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.setTimeout(idleMs, () => socket.destroy())
  })
  let tunnels = 0
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (tunnels >= tunnelsMax) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
    tunnels++
    socket.once('close', () => tunnels--)
    tunnel(bounded, request, socket, head).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of open) socket.destroy()
      }),
  }
}

async function answer(deps: Bounded, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', socket } = request
  if (url === '/dgos/v1/ping') return said(response, 200, JSON.stringify({ member: deps.self }))
  if (deps.rates.take(socket.remoteAddress ?? '', 1) > 0) return said(response, 429, 'too many requests\n')
  const act = await deps.decide(method, url)
  if (act.act === 'copy') {
    const { headers } = request
    const {
      status,
      headers: own,
      body,
    } = await deps.pages.answer({
      method,
      target: act.target,
      acceptEncoding: String(headers['accept-encoding'] ?? ''),
      ifNoneMatch: headers['if-none-match'] ?? '',
      secFetchDest: String(headers['sec-fetch-dest'] ?? ''),
      serviceWorker: String(headers['service-worker'] ?? ''),
    })
    response.writeHead(status, [...own, 'Connection', 'close'])
    return void response.end(method === 'HEAD' ? undefined : body)
  }
  if (act.act === 'fetch') {
    const turn = { owner: addressBlock(socket.remoteAddress ?? ''), place: new URL(act.url).host }
    const begun = deps.fetches.add(turn, () => fetched(deps, method, act.url, response))
    return begun ?? said(response, 503, 'This proxy is busy. Try again in a few seconds.\n', retryAfter)
  }
  said(response, 403, 'This proxy is for blogs of its network only.\n')
}

/** Over when its reader has the document, has gone, or takes too long. */
async function fetched(
  { web, clock }: ProxySocketDeps,
  method: string,
  url: string,
  response: ServerResponse,
): Promise<void> {
  const asked = { url, method: method as 'GET' | 'HEAD', bytesMax: documentBytesMax, timeMs: fetchMs, redirectsMax: 0 }
  const found = await web.fetch(asked)
  if (!found.ok) return said(response, 502, `The blog does not answer (${found.reason}).\n`)
  const headers = Object.fromEntries(
    passedHeaders.flatMap((name) => (found.headers[name] ? [[name, found.headers[name]]] : [])),
  )
  if (response.destroyed) return
  const closed = once(response, 'close')
  const cancel = clock.after(fetchMs, () => response.destroy())
  response.writeHead(found.status, { ...headers, ...hopHeaders, 'content-length': found.body.length })
  response.end(method === 'HEAD' ? undefined : found.body)
  await closed
  cancel()
}

async function tunnel(deps: Bounded, request: IncomingMessage, reader: Socket, head: Buffer): Promise<void> {
  const refuse = (status: string) => void reader.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
  if (deps.rates.take(reader.remoteAddress ?? '', 5) > 0) return refuse('429 Too Many Requests')
  const act = await deps.decide('CONNECT', request.url ?? '')
  if (act.act !== 'tunnel') return refuse('403 Forbidden')
  const address = await deps.resolve(act.host)
  if (address === null) return refuse('502 Bad Gateway')
  const blog = connect({ host: address, port: act.port })
  blog.setTimeout(idleMs, () => blog.destroy())
  blog.once('connect', () => {
    reader.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    blog.write(head)
    reader.pipe(blog).pipe(reader)
  })
  blog.on('error', () => reader.destroy())
  blog.once('close', () => reader.destroy())
  reader.once('close', () => blog.destroy())
}

function said(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    ...hopHeaders,
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': text.length,
  })
  response.end(text)
}
