import { nodePlatform } from '../../lib/platform.ts'
import type { Web, WebAnswer, WebRequest } from '../../lib/web.ts'
import { toHex } from '../../protocol/bytes.ts'

export type Page = {
  readonly body: string | Uint8Array
  readonly type?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** No ETag: an origin that cannot answer 304. */
  readonly plain?: boolean
  readonly to?: string
  /** The body breaks off. */
  readonly short?: boolean
}

/** A web of pages in memory that answers conditional requests as a careful origin does, and remembers what it was asked. */
export class PageWeb implements Web {
  readonly pages = new Map<string, Page>()
  readonly asked: {
    readonly url: string
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
  }[] = []

  put(url: string, body: string | Uint8Array, type = 'text/html; charset=utf-8', rest: Partial<Page> = {}): void {
    this.pages.set(url, { body, type, ...rest })
  }

  /** Statuses of what was asked since the last call, by URL. */
  taken(): Readonly<Record<string, number>> {
    const taken = Object.fromEntries(this.asked.map((asked) => [asked.url, asked.status]))
    this.asked.length = 0
    return taken
  }

  async fetch(request: WebRequest): Promise<WebAnswer> {
    const first = this.pages.get(request.url)
    const url = first?.to ?? request.url
    const page = this.pages.get(url)
    const answer = this.#answer(url, page, request)
    this.asked.push({ url: request.url, status: answer.ok ? answer.status : 0, headers: request.headers ?? {} })
    return answer
  }

  #answer(url: string, page: Page | undefined, request: WebRequest): WebAnswer {
    const none = new Uint8Array()
    if (page === undefined) return { ok: true, status: 404, headers: {}, body: none, url }
    const body = typeof page.body === 'string' ? new TextEncoder().encode(page.body) : page.body
    if (body.length > request.bytesMax && request.cut !== true) return { ok: false, reason: 'too-large', detail: url }
    const etag = `"${toHex(nodePlatform.sha256(body)).slice(0, 16)}"`
    const headers = { 'content-type': page.type ?? '', ...(page.plain ? {} : { etag }), ...page.headers }
    if (!page.plain && request.headers?.['if-none-match'] === etag)
      return { ok: true, status: 304, headers, body: none, url }
    const answer = {
      ok: true as const,
      status: page.status ?? 200,
      headers,
      body: body.subarray(0, request.bytesMax),
      url,
    }
    return page.short ? { ...answer, short: true } : answer
  }
}
