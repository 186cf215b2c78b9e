/**
 * Archives as POSIX ustar (IEEE 1003.1-1988): plain files with short names. Written in order and read whole; nothing of a
 * read archive is believed before its name and checksum have been looked at.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { ok, type Result, refuse } from '../../protocol/codes.ts'

const blockBytes = 512
const nameBytesMax = 100
/** Size of one file, as eleven octal digits can say it. */
const fileBytesMax = 8 * 1024 ** 3 - 1

export class TarWriter {
  readonly #file: FileHandle
  readonly #atMs: number

  private constructor(file: FileHandle, atMs: number) {
    this.#file = file
    this.#atMs = atMs
  }

  /** A new file of mode 600. Fails where it exists. */
  static async create(path: string, atMs: number): Promise<TarWriter> {
    return new TarWriter(await open(path, 'wx', 0o600), atMs)
  }

  async add(name: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
    await this.#file.write(header(name, bytes.length, mode, this.#atMs))
    await this.#file.write(bytes)
    const rest = (blockBytes - (bytes.length % blockBytes)) % blockBytes
    if (rest > 0) await this.#file.write(new Uint8Array(rest))
  }

  /** Ends the archive. Resolves when it is on disk. */
  async close(): Promise<void> {
    await this.#file.write(new Uint8Array(2 * blockBytes))
    await this.#file.sync()
    await this.#file.close()
  }
}

function header(name: string, size: number, mode: number, atMs: number): Uint8Array {
  if (Buffer.byteLength(name) > nameBytesMax || size > fileBytesMax) throw new RangeError(`${name} does not fit a tar`)
  const block = Buffer.alloc(blockBytes)
  block.write(name, 0)
  block.write(octal(mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(size, 11), 124)
  block.write(octal(Math.floor(atMs / 1000), 11), 136)
  block.write('        ', 148)
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  block.write(`${octal(sumOf(block), 6)}\0 `, 148)
  return block
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function sumOf(block: Uint8Array): number {
  return block.reduce((sum, byte) => sum + byte, 0)
}

export type TarEntry = { readonly name: string; readonly bytes: Uint8Array }

/** The files of an archive, one after the other, with only one in memory. Ends with a refusal where it is damaged. */
export async function* readTar(path: string): AsyncGenerator<Result<TarEntry>> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    for (let at = 0; at + blockBytes <= size; ) {
      const block = await read(file, at, blockBytes)
      if (block.every((byte) => byte === 0)) return
      const entry = entryOf(block)
      if (entry === null || at + blockBytes + entry.size > size)
        return yield refuse('BAD_REQUEST', `damaged at byte ${at}`)
      at += blockBytes
      yield ok({ name: entry.name, bytes: await read(file, at, entry.size) })
      at += Math.ceil(entry.size / blockBytes) * blockBytes
    }
    yield refuse('BAD_REQUEST', 'the archive is cut off')
  } finally {
    await file.close()
  }
}

async function read(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  await file.read(bytes, 0, length, at)
  return bytes
}

function entryOf(block: Uint8Array): { name: string; size: number } | null {
  const text = (from: number, to: number) =>
    Buffer.from(block.subarray(from, to))
      .toString('latin1')
      .replace(/[\0 ].*$/s, '')
  const copy = block.slice()
  copy.fill(0x20, 148, 156)
  const name = Buffer.from(block.subarray(0, nameBytesMax)).toString('utf8').replace(/\0.*$/s, '')
  const size = Number.parseInt(text(124, 136), 8)
  const good = Number.parseInt(text(148, 156), 8) === sumOf(copy) && Number.isInteger(size) && block[156] === 0x30
  return good ? { name, size } : null
}
