/** The first file of a plain form upload (RFC 7578), for browsers without script. Anything else in it is ignored. */
import { concat, utf8 } from '../../protocol/bytes.ts'

/** Headers of one part. Browsers send about 200 bytes. */
const partHeadBytesMax = 4096

/** The bytes of the part named `field`, or null where there is none. The body has been bounded by the caller. */
export function uploadedFile(contentType: string, body: Uint8Array, field: string): Uint8Array | null {
  const boundary = /^multipart\/form-data;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) return null
  const separator = concat(utf8('\r\n--'), utf8(mark))
  const padded = concat(utf8('\r\n'), body)
  for (let at = indexOf(padded, separator, 0); at >= 0; ) {
    const headStart = at + separator.length + 2
    const headEnd = indexOf(padded, utf8('\r\n\r\n'), at + separator.length)
    const next = indexOf(padded, separator, at + separator.length)
    if (headEnd < 0 || next < 0 || headEnd - headStart > partHeadBytesMax) return null
    const head = new TextDecoder().decode(padded.subarray(headStart, headEnd))
    if (headEnd < next && new RegExp(`;\\s*name="${field}"`, 'i').test(head)) return padded.slice(headEnd + 4, next)
    at = next
  }
  return null
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at
  }
  return -1
}
