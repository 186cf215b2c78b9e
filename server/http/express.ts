/**
 * The interface on express. What a request costs comes in the order of its price:
 *
 *   head → rate of the address → route and its size → wanted? → body, streamed, within the bytes in flight → the Api
 *
 * A refused body is not read; where the sender asks first (Expect: 100-continue) it is not even sent.
 */
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Clock } from '../../lib/clock.ts'
import { type Admitted, type Api, type ApiResponse, bodyTooLarge, isAnswer, refused } from './api.ts'
import { type BodyFailure, readBody } from './body.ts'
import { BytesInFlight, type InFlightOptions } from './bytes-in-flight.ts'
import { addressBlock, truncated } from './rates.ts'

export type ExpressOptions = {
  /** Believe X-Forwarded-For of a proxy on this machine or in its private network. */
  readonly trustProxy: boolean
  /** Streams of events open at one time. */
  readonly streamsMax: number
  /** Ends the streams that are open: the server stops. */
  readonly ended: AbortSignal
  readonly inFlight?: InFlightOptions
}
export type ExpressDeps = { readonly api: Api; readonly clock: Clock }

export function expressApp({ api, clock }: ExpressDeps, options: ExpressOptions): Express {
  const flight = new BytesInFlight({ clock }, options.inFlight)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', options.trustProxy ? 'loopback, uniquelocal' : false)
  let streams = 0
  app.use(async (request: Request, response: Response) => {
    const head = headOf(request)
    const admitted = await api.admit(head)
    const answer = isAnswer(admitted) ? admitted : await answered(request, response, admitted, { flight, clock })
    if (answer === null) return
    if (hasBody(request) && !request.complete) response.set('connection', 'close')
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

function headOf(request: Request) {
  return {
    method: request.method,
    path: request.path,
    query: new URL(request.originalUrl, 'http://member').searchParams,
    headers: flat(request.headers),
    remote: request.ip ?? '',
  }
}

function hasBody({ headers }: Request): boolean {
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined
}

/** Reads the body as far as it is wanted, and answers. null where the sender has gone. */
async function answered(
  request: Request,
  response: Response,
  admitted: Admitted,
  { flight, clock }: { readonly flight: BytesInFlight; readonly clock: Clock },
): Promise<ApiResponse | null> {
  if (!hasBody(request)) return admitted.answer(new Uint8Array(0))
  const said = request.headers['content-length']
  const length = said === undefined ? null : Number(said)
  const bytesMax = admitted.bodyBytesMax()
  if ((length ?? 0) > bytesMax) return admitted.refuse(bodyTooLarge(bytesMax))
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
  const remote = request.ip ?? ''
  const dropped = new AbortController()
  const sender = { block: addressBlock(remote), sender: truncated(remote), known: admitted.known, length }
  const bytes = flight.begin(sender, () => dropped.abort())
  let refusal: ApiResponse | null = null
  const { beginning } = admitted
  const look = async (start: Uint8Array) => {
    refusal = await beginning!.look(start)
    return refusal === null ? admitted.bodyBytesMax() : false
  }
  try {
    const looks =
      beginning === null || (length ?? Number.POSITIVE_INFINITY) <= beginning.bytes
        ? null
        : { bytes: beginning.bytes, look }
    const body = await readBody(request, bytes, clock, { bytesMax, beginning: looks, dropped: dropped.signal })
    if (body === 'answered') return refusal
    if (body === 'gone') return null
    if (body === 'too-large') return admitted.refuse(bodyTooLarge(admitted.bodyBytesMax()))
    return typeof body === 'string' ? admitted.refuse(failures[body]) : await admitted.answer(body)
  } finally {
    bytes.end()
  }
}

const failures: Readonly<Record<Exclude<BodyFailure, 'gone' | 'too-large'>, ApiResponse>> = {
  'no-room': refused(503, 'OVERLOADED', '', { 'retry-after': '5' }),
  'too-slow': refused(408, 'TIMEOUT', 'the body came too slowly'),
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
