/** What the rest of the program sees of the open web. `safe-fetch.ts` is the real one; simulations hand in another. */

export type WebRequest = {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Bytes of the body after decompression. One more and the answer is refused, or cut where `cut` is set. */
  readonly bytesMax: number
  /** Keep the first `bytesMax` bytes and close, instead of refusing. For probes. */
  readonly cut?: boolean
  /** From the first look-up to the last byte. */
  readonly timeMs: number
  readonly redirectsMax?: number
  /** Take what a browser takes: sloppy heads, bodies that break off, odd encodings, cookies within one chain. For captures and probes. */
  readonly lenient?: boolean
  /** Further headers for each hop, made for its URL: a signature names the host that it is for. */
  readonly sign?: (url: URL) => Promise<Readonly<Record<string, string>>>
}

export type WebAnswer =
  | {
      readonly ok: true
      readonly status: number
      /** Names in lower case; several values joined by ", ". */
      readonly headers: Readonly<Record<string, string>>
      readonly body: Uint8Array
      /** Where the answer came from, after redirects. */
      readonly url: string
      /** The body broke off before its announced end. Only where `lenient`. */
      readonly short?: true
    }
  | { readonly ok: false; readonly reason: WebFailure; readonly detail: string }

export type WebFailure =
  | 'bad-url'
  | 'scheme'
  | 'port'
  | 'credentials'
  | 'address'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'too-slow'
  | 'too-large'
  | 'encoding'
  | 'redirects'
  | 'protocol'

export type Web = { fetch(request: WebRequest): Promise<WebAnswer> }
