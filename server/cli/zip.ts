/**
 * ZIP archives (PKWARE APPNOTE 6.3), written in one piece. Entries are stored, so that a reader can take part of one from
 * the middle of the archive, as web archives in WACZ form need it, or packed where they are asked to be. Up to 4 GiB.
 */
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipEntry = {
  readonly name: string
  readonly bytes: Uint8Array
  /** Deflated (method 8). Default false. */
  readonly packed?: boolean
}

const archiveBytesMax = 2 ** 32 - 1

/** Names are ASCII paths of ours. `atMs` is the time that all entries bear, in UTC. */
export function zipOf(entries: readonly ZipEntry[], atMs: number): Uint8Array {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  const stamp = dosTime(atMs)
  for (const { name, bytes, packed = false } of entries) {
    const body = packed ? deflateRawSync(bytes, { level: 9 }) : bytes
    const label = Buffer.from(name, 'ascii')
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(packed ? 8 : 0, 4)
    fields.writeUInt32LE(stamp, 6)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(body.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(label.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, label, body])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, label]))
    parts.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  if (offset + directory.length > archiveBytesMax) throw new RangeError('more than 4 GiB in one archive')
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, directory, Buffer.from('PK\x05\x06', 'latin1'), end])
}

/** Two 16-bit fields, date in the upper half: years count from 1980, seconds by two. */
function dosTime(atMs: number): number {
  const at = new Date(Math.max(atMs, Date.UTC(1980, 0, 1)))
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  return date * 65536 + time
}
