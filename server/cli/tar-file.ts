/** Tar archives on this disk, by tar-stream: names of any length and script (pax headers), one file at a time in memory. */
import { open } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract, type Pack, pack } from 'tar-stream'
import { ok, type Result, refuse } from '../../protocol/codes.ts'

export class TarWriter {
  readonly #pack: Pack
  /** Ends when the archive is on disk. */
  readonly #written: Promise<void>
  readonly #at: Date

  private constructor(made: Pack, written: Promise<void>, at: Date) {
    this.#pack = made
    this.#written = written
    this.#at = at
    written.catch(() => undefined) // whoever adds or closes is told
  }

  /** A new file of mode 600, whose entries bear the time `atMs`. Fails where it exists. */
  static async create(path: string, atMs: number): Promise<TarWriter> {
    const file = await open(path, 'wx', 0o600)
    const made = pack()
    return new TarWriter(made, pipeline(made, file.createWriteStream({ flush: true })), new Date(atMs))
  }

  /** Resolves when the bytes have been taken: an archive larger than the memory can be written. */
  async add(name: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      this.#pack.entry(
        { name, mode, mtime: this.#at },
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        (error) => (error == null ? resolve() : reject(error)),
      )
    })
    await Promise.race([taken, this.#written])
  }

  /** Ends the archive. Resolves when it is on disk. */
  async close(): Promise<void> {
    this.#pack.finalize()
    await this.#written
  }
}

export type TarEntry = { readonly name: string; readonly bytes: Uint8Array }

/** The files of an archive, one after the other, with only one in memory. Ends with a refusal where it is damaged. */
export async function* readTar(path: string): AsyncGenerator<Result<TarEntry>> {
  const file = await open(path, 'r')
  const entries = extract()
  const read = pipeline(file.createReadStream(), entries).catch(() => undefined) // told by the loop, which sees the same error
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header
      if (type !== 'file') return yield refuse('BAD_REQUEST', `${name.slice(0, 100)} is no file`)
      yield ok({ name, bytes: new Uint8Array(await buffer(entry)) })
    }
  } catch (error) {
    yield refuse('BAD_REQUEST', `damaged: ${(error as Error).message}`)
  } finally {
    entries.destroy()
    await read
    await file.close().catch(() => undefined) // closed already by its stream
  }
}
