/**
 * Answers made before anybody asks: bytes, their compressed forms, strong ETags and complete header lists. Answering a
 * request is then one look-up and one write.
 */
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import { toHex } from '../../protocol/bytes.ts'
import type { Sha256 } from '../../protocol/platform.ts'

export type Encoding = 'identity' | 'gzip' | 'br'

/** `headers` alternates names and values, as `writeHead` takes it. */
export type PageAnswer = {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Uint8Array
  /** A small body once more, one character a byte: node:http sends it in one piece with the head, 12 % cheaper. */
  readonly latin1?: string
}

export type Prepared = {
  /** Of the bytes before compression. */
  readonly hash: string
  readonly bytes: number
  readonly answers: Readonly<Record<Encoding, PageAnswer>>
  /** Keyed by ETag as sent, so that a revalidation is one look-up. */
  readonly unchanged: Readonly<Record<Encoding, PageAnswer>>
  readonly etags: Readonly<Record<Encoding, string>>
  /** Instead of a page for a reader who opens it by itself, while the blog is up: the way home. */
  readonly homeward: PageAnswer | null
}

const nothing = Buffer.alloc(0)
const gzipAsync = promisify(gzip)
const brotliAsync = promisify(brotliCompress)
/** Above this, joining body and head costs more than a second piece (measured: even at 16 KiB, 15 % dearer at 28 KiB). */
const joinedBytesMax = 12 * 1024
/** Below this, headers outweigh what compression saves. */
const compressBytesMin = 512

export type Compressed = {
  readonly identity: Uint8Array
  readonly gzip: Uint8Array | null
  readonly br: Uint8Array | null
}

export type Compress = (bytes: Uint8Array) => Promise<Compressed>

/** Off the main thread. A form that saves less than a tenth is not kept. */
export async function compressed(bytes: Uint8Array): Promise<Compressed> {
  if (bytes.length < compressBytesMin) return { identity: bytes, gzip: null, br: null }
  const params = { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  const [small, smaller] = await Promise.all([gzipAsync(bytes, { level: 9 }), brotliAsync(bytes, { params })])
  const worth = (form: Buffer) => (form.length < bytes.length * 0.9 ? form : null)
  return { identity: bytes, gzip: worth(small), br: worth(smaller) }
}

export type PrepareOptions = {
  readonly hash: string
  readonly headers: readonly string[]
  readonly homeward?: PageAnswer | null
  /** A header of the request by which answers differ, beside its encodings. */
  readonly varyBy?: string
}

export function prepared(forms: Compressed, { hash, headers, homeward = null, varyBy }: PrepareOptions): Prepared {
  const encodings = forms.gzip !== null || forms.br !== null ? ['Accept-Encoding'] : []
  // One header: caches and proxies that know several of one name are not all there are.
  const varying = [...encodings, ...(varyBy === undefined ? [] : [varyBy])].join(', ')
  const answerIn = (encoding: Encoding): { etag: string; answer: PageAnswer; unchanged: PageAnswer } => {
    const body = forms[encoding]
    if (body === null) return answerIn('identity')
    const etag = `"${hash.slice(0, 32)}${encoding === 'identity' ? '' : `-${encoding}`}"`
    const common = ['ETag', etag, ...(varying === '' ? [] : ['Vary', varying]), ...headers]
    const coded = encoding === 'identity' ? [] : ['Content-Encoding', encoding]
    return {
      etag,
      answer: {
        status: 200,
        headers: ['Content-Length', String(body.length), ...coded, ...common],
        body,
        ...joined(body),
      },
      unchanged: { status: 304, headers: common, body: nothing },
    }
  }
  const [identity, gzipped, brotli] = [answerIn('identity'), answerIn('gzip'), answerIn('br')]
  return {
    hash,
    bytes: forms.identity.length + (forms.gzip?.length ?? 0) + (forms.br?.length ?? 0),
    answers: { identity: identity.answer, gzip: gzipped.answer, br: brotli.answer },
    unchanged: { identity: identity.unchanged, gzip: gzipped.unchanged, br: brotli.unchanged },
    etags: { identity: identity.etag, gzip: gzipped.etag, br: brotli.etag },
    homeward,
  }
}

function joined(body: Uint8Array): { readonly latin1?: string } {
  if (body.length > joinedBytesMax) return {}
  return { latin1: Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1') }
}

export function hashOf(bytes: Uint8Array, sha256: Sha256): string {
  return toHex(sha256(bytes))
}

/** A short answer that is the same in every encoding: redirects, refusals, "not found". */
export function plainAnswer(status: number, headers: readonly string[], body: Uint8Array = nothing): PageAnswer {
  return { status, headers: ['Content-Length', String(body.length), ...headers], body }
}

/** Whether an `If-None-Match` names this tag. Weak forms match, as RFC 9110 has it for GET. */
export function namesTag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch === '*') return true
  if (ifNoneMatch.length > 2000) return false
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** Texts of `Accept-Encoding` seen so far: browsers use a handful. */
const seen = new Map<string, Encoding>()
const seenMax = 200

/** The best form that the client takes: brotli, then gzip. `q=0` refuses. */
export function encodingFor(acceptEncoding: string): Encoding {
  const known = seen.get(acceptEncoding)
  if (known !== undefined) return known
  const takes = (name: string) =>
    acceptEncoding
      .toLowerCase()
      .split(',')
      .some((accepted) => {
        const [coding, ...rest] = accepted.split(';').map((part) => part.trim())
        return coding === name && !rest.some((part) => /^q=0(\.0*)?$/.test(part))
      })
  const found: Encoding = takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
  if (seen.size < seenMax && acceptEncoding.length < 200) seen.set(acceptEncoding, found)
  return found
}
