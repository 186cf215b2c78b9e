/** Reading a stranger's answer: one layer of compression undone, every bound counted on what comes out. */
import { pipeline, type Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { type Refusal, refusal } from './address-guard.ts'
import { nextTurn } from './clock.ts'

export type BodyLimits = {
  /** Bytes after decompression. */
  readonly bytesMax: number
  /** Keep the first `bytesMax` bytes instead of refusing. */
  readonly cut: boolean
  /** Bytes that come out for each that went in, at most: a bomb is refused before it is unpacked. */
  readonly ratioMax: number
  /** Codings that are unknown count as none, one within another are undone, and a missing end is forgiven, as browsers do. */
  readonly lenient?: boolean
}

/** Below this a high ratio is only a very regular file. */
const ratioFromBytes = 256 * 1024
/** Step of decompression: how far one can overshoot a limit. */
const chunkSize = 64 * 1024
/** zstd's window, as RFC 8878 asks every decoder to support. A larger one is the sender's choice of our memory. */
const zstdWindowLogMax = 23

/** The bytes, or the refusal. `encoding` is the Content-Encoding header. Failures of the stream itself are thrown. */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  encoding: string,
  limits: BodyLimits,
  onBytes: (count: number) => void,
): Promise<Uint8Array | Refusal> {
  const name = encoding.trim().toLowerCase()
  if (limits.lenient === true) return readLenient(stream, name, limits, onBytes)
  let wireBytes = 0
  const counted = (count: number) => {
    wireBytes += count
    onBytes(count)
  }
  if (name === '' || name === 'identity') return collect(tally(stream, counted), limits, () => Number.POSITIVE_INFINITY)
  const source = await peeked(tally(stream, counted))
  const decoder = decoderFor(name, source.first)
  if (decoder === null) return refusal('encoding', name)
  if (source.first === null) return new Uint8Array(0)
  const decoded = pipeline(source.all, decoder, () => {}) // its error reaches the reader of `decoded`
  try {
    return await collect(decoded, limits, () => Math.max(ratioFromBytes, wireBytes * limits.ratioMax))
  } catch (error) {
    if (isEncodingError(error)) return refusal('encoding', `${name}: ${(error as Error).message}`)
    throw error
  }
}

/** As many layers as browsers meet in the wild. */
const layersMax = 2

async function readLenient(
  stream: AsyncIterable<Uint8Array>,
  encoding: string,
  limits: BodyLimits,
  onBytes: (count: number) => void,
): Promise<Uint8Array | Refusal> {
  const named = encoding.split(',').map((name) => name.trim())
  const names = named.filter((name) => name !== '' && name !== 'identity')
  const unknown = names.some((name) => !codings.has(name)) || names.length > layersMax
  let wireBytes = 0
  let source = tally(stream, (count) => {
    wireBytes += count
    onBytes(count)
  })
  for (const name of unknown ? [] : names.reverse()) {
    const { first, all } = await peeked(source)
    if (first === null) return new Uint8Array(0)
    source = chunksOf(pipeline(all, decoderFor(name, first, true)!, () => {}))
  }
  const packed = !unknown && names.length > 0
  try {
    return await collect(source, limits, () =>
      packed ? Math.max(ratioFromBytes, wireBytes * limits.ratioMax) : Number.POSITIVE_INFINITY,
    )
  } catch (error) {
    if (isEncodingError(error)) return refusal('encoding', `${encoding}: ${(error as Error).message}`)
    throw error
  }
}

const codings = new Set(['gzip', 'x-gzip', 'br', 'zstd', 'deflate'])

async function* chunksOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* stream
}

async function collect(
  chunks: AsyncIterable<Uint8Array>,
  { bytesMax, cut }: BodyLimits,
  unpackedMax: () => number,
): Promise<Uint8Array | Refusal> {
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    kept.push(chunk)
    if (bytes > unpackedMax()) return refusal('too-large', 'compressed beyond the permitted ratio')
    if (bytes > bytesMax && !cut) return refusal('too-large', `more than ${bytesMax} bytes`)
    if (bytes >= bytesMax && cut) break
  }
  return joined(kept, Math.min(bytes, bytesMax))
}

/** Bytes that are copied in one turn of the loop. */
const copiedInTurn = 512 * 1024

/** The first `bytes` of the chunks as one piece of memory, in as many turns as that takes. */
async function joined(chunks: readonly Uint8Array[], bytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes)
  let at = 0
  let copied = 0
  for (const chunk of chunks) {
    const part = chunk.subarray(0, bytes - at)
    whole.set(part, at)
    at += part.length
    copied += part.length
    if (copied < copiedInTurn) continue
    copied = 0
    await nextTurn()
  }
  return whole
}

function decoderFor(name: string, first: Uint8Array | null, lenient = false): Transform | null {
  const end = lenient ? { finishFlush: constants.Z_SYNC_FLUSH } : {}
  if (name === 'gzip' || name === 'x-gzip') return createGunzip({ chunkSize, ...end })
  if (name === 'br')
    return createBrotliDecompress({ chunkSize, ...(lenient ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {}) })
  if (name === 'zstd') {
    return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLogMax } })
  }
  // "deflate" is zlib's format (RFC 9110, 8.4.1.2); some servers send the bare stream.
  if (name === 'deflate')
    return isZlib(first) ? createInflate({ chunkSize, ...end }) : createInflateRaw({ chunkSize, ...end })
  return null
}

function isZlib(first: Uint8Array | null): boolean {
  return first === null || (first[0]! & 0x0f) === 8
}

async function* tally(stream: AsyncIterable<Uint8Array>, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    onBytes(chunk.length)
    yield chunk
  }
}

/** The first chunk that is not empty, seen before the stream is handed on. */
async function peeked(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ first: Uint8Array | null; all: AsyncGenerator<Uint8Array> }> {
  let first: Uint8Array | null = null
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    if (next.value.length === 0) continue
    first = next.value
    break
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first !== null) yield first
    yield* chunks
  }
  return { first, all: all() }
}

function isEncodingError(error: unknown): boolean {
  const code = String((error as NodeJS.ErrnoException).code)
  return /^(Z_|ERR__|ERR_BROTLI|ZSTD_)/.test(code)
}
