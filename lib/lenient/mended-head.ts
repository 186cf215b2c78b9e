/**
 * The head of an answer, as browsers forgive it: what node:http's lenient parser still refuses is put right before it is
 * parsed. Pure but for the stream that carries it. Bodies pass untouched.
 */
import { Duplex } from 'node:stream'

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/

/**
 * One head, CRLF throughout. Lines without a colon and names that are none are left out, folded lines joined, control
 * characters taken out; a length beside chunks, repeated, or no number is left out. Two different lengths stay: no browser
 * would choose one.
 */
export function mendedHead(head: string): string {
  const [status = '', ...rest] = head.replace(/(\r?\n)+$/, '').split(/\r?\n/)
  const lines: { readonly name: string; value: string }[] = []
  for (const line of rest) {
    const last = lines.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.value += ` ${line.trim()}`
      continue
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim()
    if (token.test(name)) lines.push({ name, value: line.slice(colon + 1).trim() })
  }
  const named = (name: string) => lines.filter((line) => line.name.toLowerCase() === name)
  const isChunked = named('transfer-encoding').some(({ value }) => /chunked/i.test(value))
  const lengths = new Set(
    named('content-length')
      .map(({ value }) => value)
      .filter((value) => /^\d{1,15}$/.test(value)),
  )
  const kept = lines.filter(({ name }) => name.toLowerCase() !== 'content-length')
  const length = isChunked ? [] : [...lengths].map((value) => ({ name: 'Content-Length', value }))
  const text = [...kept, ...length].map(({ name, value }) => `${name}: ${value.replace(/[\0-\x08\x0b-\x1f\x7f]/g, '')}`)
  return `${statusLine(status)}\r\n${text.join('\r\n')}${text.length === 0 ? '' : '\r\n'}\r\n`
}

function statusLine(line: string): string {
  const match = /^(?:HTTP\/\d(?:\.\d)?|ICY)\s{1,10}(\d{3})\b/.exec(line)
  return match === null ? line : `HTTP/1.1 ${match[1]} -`
}

/** What comes from `inner`, its head mended; what is written goes to `inner`. For one request: it ends with the answer. */
export class MendedStream extends Duplex {
  readonly #inner: Duplex
  readonly #headBytesMax: number
  #head: Buffer | null = Buffer.alloc(0)

  constructor(inner: Duplex, options: { readonly headBytesMax: number }) {
    super()
    this.#inner = inner
    this.#headBytesMax = options.headBytesMax
    inner.on('data', (chunk: Buffer) => this.#came(chunk))
    inner.on('end', () => {
      if (this.#head !== null && this.#head.length > 0) this.push(this.#head)
      this.push(null)
    })
    inner.on('error', (error) => this.destroy(error))
    inner.on('close', () => {
      if (!this.readableEnded) this.push(null)
    })
  }

  #came(chunk: Buffer): void {
    if (this.#head === null) {
      if (!this.push(chunk)) this.#inner.pause()
      return
    }
    const all = Buffer.concat([this.#head, chunk])
    const text = all.subarray(0, this.#headBytesMax).toString('latin1')
    const end = /\r?\n\r?\n/.exec(text)
    if (end === null) {
      if (all.length >= this.#headBytesMax)
        this.destroy(Object.assign(new Error('head too long'), { code: 'HPE_HEADER_OVERFLOW' }))
      else this.#head = all
      return
    }
    const head = mendedHead(text.slice(0, end.index))
    const body = all.subarray(end.index + end[0].length)
    // an answer that only says "go on" is followed by another
    this.#head = /^HTTP\/1\.1 1/.test(head) ? Buffer.alloc(0) : null
    this.push(Buffer.from(head, 'latin1'))
    if (body.length > 0) this.#came(body)
  }

  override _read(): void {
    this.#inner.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    done() // the other end closes: half-closed requests confuse old servers
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy()
    done(error)
  }
}
