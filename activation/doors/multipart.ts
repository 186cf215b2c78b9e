/** The first file of a plain form upload (RFC 7578), for browsers without script. Anything else in it is ignored. */
import { Buffer } from 'node:buffer'

/** Headers of one part. Browsers send about 200 bytes. */
const partHeadBytesMax = 4096
/** Fields of a form. Ours has one; looking at each costs time, and a body has room for millions. */
const partsMax = 16

/** The bytes of the part named `field`, or null where there is none. The body has been bounded by the caller. */
export function uploadedFile(contentType: string, body: Uint8Array, field: string): Uint8Array | null {
  const boundary = /^multipart\/form-data;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) return null
  // Searched by Buffer, which is native: 32 MiB of line ends are no work.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const separator = Buffer.from(`\r\n--${mark}`)
  const first = separator.subarray(2)
  let after = bytes.subarray(0, first.length).equals(first) ? first.length : endOf(bytes, separator, 0)
  for (let part = 0; part < partsMax && after !== null; part++) {
    const next = bytes.indexOf(separator, after)
    const headEnd = bytes.subarray(after, after + partHeadBytesMax).indexOf('\r\n\r\n')
    if (headEnd < 0 || next < 0) return null
    const start = after + headEnd + 4
    const head = bytes.toString('utf8', after, after + headEnd)
    if (start <= next && new RegExp(`;\\s*name="${field}"`, 'i').test(head)) return body.slice(start, next)
    after = endOf(bytes, separator, next)
  }
  return null
}

function endOf(bytes: Buffer, separator: Buffer, from: number): number | null {
  const at = bytes.indexOf(separator, from)
  return at < 0 ? null : at + separator.length
}
