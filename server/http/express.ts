/** The interface on express: reads a body no longer than its route takes, calls the Api, writes the answer. */
import type { Readable } from 'node:stream'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Api, ApiResponse } from './api.ts'
import { refused } from './api.ts'

export type ExpressOptions = {
  /** Believe X-Forwarded-For of a proxy on this machine or in its private network. */
  readonly trustProxy: boolean
  /** Streams of events open at one time. */
  readonly streamsMax: number
  /** Ends the streams that are open: the server stops. */
  readonly ended: AbortSignal
}

export function expressApp(api: Api, options: ExpressOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', options.trustProxy ? 'loopback, uniquelocal' : false)
  let streams = 0
  app.use(async (request: Request, response: Response) => {
    const body = await bodyOf(request, api.bodyBytesMax(request.method, request.path))
    if (body === null) {
      response.set('connection', 'close')
      return write(response, refused(413, 'TOO_LARGE', 'body'))
    }
    const answer = await api.handle({
      method: request.method,
      path: request.path,
      query: new URL(request.originalUrl, 'http://member').searchParams,
      headers: flat(request.headers),
      body,
      remote: request.ip ?? '',
    })
    if (answer.events === undefined) return write(response, answer)
    if (streams >= options.streamsMax) return write(response, refused(503, 'OVERLOADED', '', { 'retry-after': '10' }))
    streams++
    try {
      await stream(response, answer, answer.events, options.ended)
    } finally {
      streams--
    }
  })
  app.use((_error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(_error)
    write(response, refused(400, 'BAD_REQUEST'))
  })
  return app
}

/** The body, or null where it is longer than allowed: then the rest is not read. */
async function bodyOf(
  request: Readable & { headers: Request['headers'] },
  bytesMax: number,
): Promise<Uint8Array | null> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return null
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > bytesMax) return null
    chunks.push(chunk as Buffer)
  }
  const whole = Buffer.concat(chunks)
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length)
}

function flat(headers: Request['headers']): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return out
}

function write(response: Response, answer: ApiResponse): void {
  response.writeHead(answer.status, {
    ...(answer.status === 204 || answer.status === 304 ? {} : { 'content-length': String(answer.body.length) }),
    ...answer.headers,
  })
  response.end(answer.body)
}

/** Writes events until they end or the reader goes. */
async function stream(
  response: Response,
  answer: ApiResponse,
  events: AsyncIterable<string>,
  ended: AbortSignal,
): Promise<void> {
  response.writeHead(answer.status, answer.headers)
  if (answer.body.length > 0) response.write(answer.body)
  const iterator = events[Symbol.asyncIterator]()
  const gone = new Promise<null>((resolve) => {
    const end = () => {
      ended.removeEventListener('abort', end)
      resolve(null)
    }
    response.once('close', end)
    ended.addEventListener('abort', end)
    if (ended.aborted) end()
  })
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), gone])
      if (next === null || next.done === true || response.destroyed) break
      if (!response.write(next.value))
        await Promise.race([new Promise((resolve) => response.once('drain', resolve)), gone])
    }
  } finally {
    const ending = iterator.return?.()
    ending?.catch(() => undefined) // the reader has gone; the source has nobody to tell
    response.end()
  }
}
