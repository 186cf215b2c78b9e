/**
 * A member's HTTP interface without an HTTP engine: a request value goes in, a response value comes out. The express
 * adapter and the simulated network call the same `handle`.
 */
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { type Code, type Refused, wordsOf } from '../../protocol/codes.ts'
import type { Rates } from './rates.ts'

export type ApiRequest = {
  /** Upper case. */
  readonly method: string
  /** Without the query, still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The other side's address as text. */
  readonly remote: string
}

export type ApiResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Server-sent events, each a whole "data: …" frame, after `body`. The adapter ends the stream when the reader goes. */
  readonly events?: AsyncIterable<string>
}

export type Params = Readonly<Record<string, string>>

/** A request before its body. */
export type RequestHead = Omit<ApiRequest, 'body'>

/** Who sends a body that is wanted. */
export type Wanted = {
  /** A name for whom the head shows to be known here (an accepted post's blog, a token's); null for strangers. */
  readonly known: string | null
  /** Where the body may be shorter only than the route's `bodyBytesMax`. */
  readonly bodyBytesMax?: number
}

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** "/dgos/v1/blogs/:blog"; a last segment ":rest*" takes everything that follows. */
  readonly path: string
  /** Bytes a body may have. 0: none. */
  readonly bodyBytesMax?: number
  /** Readable from scripts on any site: answers without cookies or secrets. */
  readonly open?: boolean
  /** How many requests this one counts as. */
  readonly cost?: number | ((head: RequestHead) => number)
  /** Asked before a byte of the body is read: who sends it, or the answer that refuses it. Absent: strangers are welcome. */
  wanted?(head: RequestHead, params: Params): Promise<Wanted | ApiResponse> | Wanted | ApiResponse
  /** Asked once more when this much of the body is there, where there is more to come. */
  readonly beginning?: {
    readonly bytes: number
    wanted(head: RequestHead, params: Params, beginning: Uint8Array): Promise<Wanted | ApiResponse>
  }
  handle(request: ApiRequest, params: Params): Promise<ApiResponse> | ApiResponse
}

export type ApiDeps = { readonly clock: Clock; readonly log: Log; readonly rates: Rates; readonly seen?: RequestSeen }
export type RequestSeen = (route: string, method: string, status: number, ms: number) => void
export type ApiOptions = { readonly routes: readonly Route[] }

/** What a browser may send to open routes. */
const corsHeaders = { 'access-control-allow-origin': '*' }
const preflightHeaders = {
  ...corsHeaders,
  'access-control-allow-methods': 'GET, HEAD, POST, PUT',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
}
/** On every answer: nothing here is a document that may run or be framed, unless a route says so. */
const safeHeaders = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** A request whose body may come. `answer` or `refuse` ends it. */
export type Admitted = {
  known(): string | null
  bodyBytesMax(): number
  readonly beginning: {
    readonly bytes: number
    /** null where the rest may come. */
    look(beginning: Uint8Array): Promise<ApiResponse | null>
  } | null
  refuse(response: ApiResponse): ApiResponse
  answer(body: Uint8Array): Promise<ApiResponse>
}

export function isAnswer(value: object): value is ApiResponse {
  return 'status' in value
}

type Match = { readonly route: Route; readonly params: Params }

export class Api {
  readonly #deps: ApiDeps
  readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[]

  constructor(deps: ApiDeps, { routes }: ApiOptions) {
    this.#deps = deps
    this.#routes = routes.map((route) => ({ route, segments: route.path.split('/') }))
  }

  /** The whole request at once: for engines that have the body in hand. */
  async handle(request: ApiRequest): Promise<ApiResponse> {
    const admitted = await this.admit(request)
    if (isAnswer(admitted)) return admitted
    const { bodyBytesMax, beginning } = admitted
    if (beginning !== null && request.body.length > beginning.bytes) {
      const refusal = await beginning.look(request.body.subarray(0, beginning.bytes))
      if (refusal !== null) return refusal
    }
    if (request.body.length > bodyBytesMax()) return admitted.refuse(bodyTooLarge(bodyBytesMax()))
    return admitted.answer(request.body)
  }

  /** What the head alone decides, dearest last: the sender's rate, the route, whether a body is wanted from there. */
  async admit(head: RequestHead): Promise<Admitted | ApiResponse> {
    const startMs = this.#deps.clock.steadyMs()
    const found = this.#find(head.method, head.path)
    const done = (response: ApiResponse) => this.#done(head, found, startMs, response)
    if (head.method === 'OPTIONS') return done(this.#preflight(head.path))
    if (found === null) return done(this.#unknown(head))
    const { route, params } = found
    const busy = await this.#rate(head, route)
    if (busy !== null) return done(busy)
    const wanted = await this.#safely(route, async () => (await route.wanted?.(head, params)) ?? { known: null })
    if (isAnswer(wanted)) return done(wanted)
    let who = wanted
    const beginning = route.beginning
    return {
      known: () => who.known,
      bodyBytesMax: () => Math.min(route.bodyBytesMax ?? 0, who.bodyBytesMax ?? Number.POSITIVE_INFINITY),
      beginning:
        beginning === undefined
          ? null
          : {
              bytes: beginning.bytes,
              look: async (bytes) => {
                const more = await this.#safely(route, () => beginning.wanted(head, params, bytes))
                if (isAnswer(more)) return done(more)
                who = more
                return null
              },
            },
      refuse: done,
      answer: async (body) => {
        const request = { ...head, body }
        const response = await this.#safely(route, async () => route.handle(request, params))
        const answer = isAnswer(response) ? response : refused(500, 'INTERNAL')
        return done(head.method === 'HEAD' ? { ...answer, body: new Uint8Array(0) } : answer)
      },
    }
  }

  #done(head: RequestHead, found: Match | null, startMs: number, response: ApiResponse): ApiResponse {
    const ms = this.#deps.clock.steadyMs() - startMs
    this.#deps.seen?.(found?.route.path ?? 'none', head.method, response.status, ms)
    const cors = found?.route.open === true ? corsHeaders : {}
    return { ...response, headers: { ...safeHeaders, ...cors, ...response.headers } }
  }

  /** A little too fast is slowed; much too fast is told why, and when to come again: many people may share the address. */
  async #rate(head: RequestHead, route: Route): Promise<ApiResponse | null> {
    const { rates } = this.#deps
    const cost = typeof route.cost === 'function' ? route.cost(head) : (route.cost ?? 1)
    const waitMs = await rates.slowed(head.remote, cost)
    if (waitMs === 0) return null
    const why = 'from this address, which you may share with others'
    return refused(429, 'RATE', why, { 'retry-after': String(Math.ceil(waitMs / 1000)) })
  }

  async #safely<T>(route: Route, work: () => Promise<T>): Promise<T | ApiResponse> {
    try {
      return await work()
    } catch (error) {
      this.#deps.log.error('request-failed', { route: route.path, error: (error as Error).stack ?? String(error) })
      return refused(500, 'INTERNAL')
    }
  }

  #preflight(path: string): ApiResponse {
    const open = (['GET', 'POST', 'PUT'] as const).some((method) => this.#find(method, path)?.route.open === true)
    if (!open) return refused(404, 'BAD_REQUEST', noSuchRoute)
    return { status: 204, headers: preflightHeaders, body: new Uint8Array(0) }
  }

  #unknown(request: RequestHead): ApiResponse {
    const others = (['GET', 'POST', 'PUT'] as const).filter((method) => this.#find(method, request.path) !== null)
    if (others.length === 0) return refused(404, 'BAD_REQUEST', noSuchRoute)
    return refused(405, 'BAD_REQUEST', `use ${others.join(', ')}`, { allow: others.join(', ') })
  }

  #find(method: string, path: string): Match | null {
    const wanted = method === 'HEAD' ? 'GET' : method
    const parts = path.split('/')
    for (const { route, segments } of this.#routes) {
      const params = route.method === wanted ? matched(segments, parts) : null
      if (params !== null) return { route, params }
    }
    return null
  }
}

function matched(segments: readonly string[], parts: readonly string[]): Params | null {
  const params: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    if (segment.endsWith('*')) {
      if (parts.length <= i) return null
      params[segment.slice(1, -1)] = parts.slice(i).join('/')
      return params
    }
    const part = parts[i]
    if (part === undefined) return null
    if (!segment.startsWith(':')) {
      if (segment !== part) return null
      continue
    }
    const decoded = decodedPart(part)
    if (decoded === null || decoded === '') return null
    params[segment.slice(1)] = decoded
  }
  return parts.length === segments.length ? params : null
}

/** What `:rest*` holds, with its parts decoded; null where an escape in it is broken. */
export function decodedRest(rest: string): string | null {
  const parts = rest.split('/').map(decodedPart)
  return parts.includes(null) ? null : parts.join('/')
}

function decodedPart(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null // a broken escape names nothing
  }
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: utf8(JSON.stringify(value)),
  }
}

export function text(body: string, type: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache', ...headers }, body: utf8(body) }
}

/** Told where there is no such address at all; NOT_FOUND says that a thing is not there. */
const noSuchRoute = 'no such route'

/** A body of more than `bytesMax` bytes. */
export function bodyTooLarge(bytesMax: number): ApiResponse {
  return refused(413, 'TOO_LARGE', bytesMax === 0 ? 'send no body' : `a body has at most ${bytesMax} bytes`)
}

/** Signs of a detail that are told. */
const detailMax = 300

/** The one shape of an error. 5xx explains nothing to strangers. */
export function refused(
  status: number,
  code: Code,
  detail = '',
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  const told = status >= 500 ? '' : detail.slice(0, detailMax)
  return json({ error: code, ...wordsOf(code, told) }, headers, status)
}

/** HTTP statuses of refusals; 400 for the others. PHP members have them from here. */
export const statuses: { readonly [C in Code]?: number } = {
  NOT_FOUND: 404,
  UNKNOWN_BLOG: 404,
  NOT_ALLOWED: 403,
  REFUSED: 451,
  TOO_LARGE: 413,
  RATE: 429,
  QUOTA: 507,
  NOT_WANTED: 409,
  OVERLOADED: 503,
  INTERNAL: 500,
}

/** A refusal value as an answer. */
export function refusal({ code, detail }: Refused): ApiResponse {
  return refused(statuses[code] ?? 400, code, detail)
}

/** The body as JSON, undefined where it is none. */
export function jsonBody(request: ApiRequest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch {
    return undefined
  }
}
