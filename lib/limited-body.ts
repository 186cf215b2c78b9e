/** Reading a stranger's answer: one layer of compression undone, every bound counted on what comes out. */
import { pipeline, type Readable, type Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { type Refusal, refusal } from './address-guard.ts'

export type BodyLimits = {
  /** Bytes after decompression. */
  readonly bytesMax: number
  /** Keep the first `bytesMax` bytes instead of refusing. */
  readonly cut: boolean
  /** Bytes that come out for each that went in, at most: a bomb is refused before it is unpacked. */
  readonly ratioMax: number
}

/** Below this a high ratio is only a very regular file. */
const ratioFromBytes = 256 * 1024
/** Step of decompression: how far one can overshoot a limit. */
const chunkSize = 64 * 1024
/** zstd's window, as RFC 8878 asks every decoder to support. A larger one is the sender's choice of our memory. */
const zstdWindowLogMax = 23

/** The bytes, or the refusal. `encoding` is the Content-Encoding header. Failures of the stream itself are thrown. */
export async function readBody(
  stream: Readable,
  encoding: string,
  limits: BodyLimits,
  onBytes: (count: number) => void,
): Promise<Uint8Array | Refusal> {
  const name = encoding.trim().toLowerCase()
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
  const whole = Buffer.concat(kept)
  return new Uint8Array(whole.buffer, whole.byteOffset, Math.min(whole.length, bytesMax))
}

function decoderFor(name: string, first: Uint8Array | null): Transform | null {
  if (name === 'gzip' || name === 'x-gzip') return createGunzip({ chunkSize })
  if (name === 'br') return createBrotliDecompress({ chunkSize })
  if (name === 'zstd') {
    return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLogMax } })
  }
  // "deflate" is zlib's format (RFC 9110, 8.4.1.2); some servers send the bare stream.
  if (name === 'deflate') return isZlib(first) ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })
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
