/**
 * Images from mails and apps, taken apart by the structure of their format and put together again from the parts that draw
 * the picture. What the camera wrote (place, owner, thumbnails, comments), colour profiles and anything after the end stay
 * behind; only a JPEG keeps which way up it is. Nothing is decoded: a server that decodes strangers' images is a target.
 * Anything but plain JPEG, PNG and still WebP, or with a length that does not fit, is refused.
 */
import { concat, utf8 } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { blobBytesMax } from '../../../protocol/limits.ts'
import { imageTypeOf } from '../../posts/image-type.ts'

export type CleanImage = {
  readonly bytes: Uint8Array
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp'
  readonly width: number
  readonly height: number
}

/** 20 000 a side is the limit of the wire; the product bounds what a reader's browser must unpack. */
const sideMax = 20_000
const pixelsMax = 100_000_000

export function cleanImage(bytes: Uint8Array): Result<CleanImage> {
  if (bytes.length > blobBytesMax) return refuse('TOO_LARGE', 'image over 10 MB')
  const type = imageTypeOf(bytes)
  const clean =
    type === 'image/jpeg'
      ? cleanJpeg(bytes)
      : type === 'image/png'
        ? cleanPng(bytes)
        : type === 'image/webp'
          ? cleanWebp(bytes)
          : null
  if (clean === null) return refuse('BAD_FIELDS', `${type ?? 'not an image'}: only whole JPEG, PNG and still WebP`)
  const { width, height } = clean
  if (width < 1 || height < 1 || width > sideMax || height > sideMax || width * height > pixelsMax)
    return refuse('TOO_LARGE', `image of ${width} × ${height} pixels`)
  return ok(clean)
}

/** Frames: baseline, extended and progressive Huffman. Others (lossless, arithmetic) browsers do not show. */
const frames = new Set([0xc0, 0xc1, 0xc2])
/** Quantisation, Huffman tables, restart interval: needed to draw. */
const tables = new Set([0xdb, 0xc4, 0xdd])

/** ITU T.81 B.1: segments with lengths, then entropy-coded data in which FF is followed by 00 or a restart mark. */
function cleanJpeg(bytes: Uint8Array): CleanImage | null {
  const out: Uint8Array[] = [bytes.subarray(0, 2)]
  let at = 2
  let size: { width: number; height: number } | null = null
  let turn = 1
  let scans = 0
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null
    const mark = bytes[at + 1]!
    if (mark === 0xff) {
      at++
      continue
    }
    if (mark === 0xd8 || mark === 0x00 || (mark >= 0xd0 && mark <= 0xd7)) return null
    if (mark === 0xd9) break
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) return null
    const part = bytes.subarray(at, end)
    if (frames.has(mark)) {
      if (size !== null || length < 8) return null
      size = { height: part[5]! * 256 + part[6]!, width: part[7]! * 256 + part[8]! }
      out.push(part)
    } else if (tables.has(mark) || isAdobe(mark, part)) out.push(part)
    else if (mark === 0xe1) turn = turnOf(part) ?? turn
    else if (mark >= 0xc3 && mark <= 0xcf) return null
    at = end
    if (mark !== 0xda) continue
    if (size === null) return null
    out.push(part)
    scans++
    const scanEnd = endOfScan(bytes, at)
    out.push(bytes.subarray(at, scanEnd))
    at = scanEnd
  }
  if (size === null || scans === 0 || bytes[at] !== 0xff || bytes[at + 1] !== 0xd9) return null
  out.push(Uint8Array.of(0xff, 0xd9))
  if (turn !== 1) out.splice(1, 0, turnPart(turn))
  const upright = turn >= 5 ? { width: size.height, height: size.width } : size
  return { bytes: concat(...out), type: 'image/jpeg', ...upright }
}

function endOfScan(bytes: Uint8Array, from: number): number {
  let at = from
  for (; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1]!
    if (bytes[at] === 0xff && next !== 0x00 && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return bytes.length
}

/** Says how colours are stored, in 14 bytes: without it CMYK and RGB pictures come out wrong. */
function isAdobe(mark: number, part: Uint8Array): boolean {
  return mark === 0xee && part.length === 16 && String.fromCharCode(...part.subarray(4, 9)) === 'Adobe'
}

/** Which way up, from the Exif block (tag 0x0112). */
function turnOf(part: Uint8Array): number | null {
  if (part.length < 24 || String.fromCharCode(...part.subarray(4, 8)) !== 'Exif') return null
  const tiff = new DataView(part.buffer, part.byteOffset + 10, part.length - 10)
  const little = tiff.getUint16(0) === 0x4949
  const start = tiff.byteLength >= 8 ? tiff.getUint32(4, little) : 0
  if (start < 8 || start + 2 > tiff.byteLength) return null
  const count = tiff.getUint16(start, little)
  for (let i = 0; i < count && start + 14 + 12 * i <= tiff.byteLength; i++) {
    const entry = start + 2 + 12 * i
    if (tiff.getUint16(entry, little) !== 0x0112) continue
    const value = tiff.getUint16(entry + 8, little)
    return value >= 1 && value <= 8 ? value : null
  }
  return null
}

/** A new Exif block with that one word. */
function turnPart(turn: number): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0]
  return Uint8Array.from([0xff, 0xe1, 0, 8 + tiff.length, ...utf8('Exif'), 0, 0, ...tiff])
}

const pngParts = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'sRGB'])

/** PNG 5.2: chunks with length, type and CRC, which is kept as it came. Animation chunks stay behind: the first picture shows. */
function cleanPng(bytes: Uint8Array): CleanImage | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const out: Uint8Array[] = [bytes.subarray(0, 8)]
  let size: { width: number; height: number } | null = null
  let data = 0
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) return null
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if ((size === null) !== (name === 'IHDR')) return null
    if (name === 'IHDR') {
      if (length !== 13) return null
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    }
    if (name === 'IDAT') data++
    if (pngParts.has(name)) out.push(bytes.subarray(at, end))
    else if (/^[A-Z]/.test(name)) return null // a critical chunk that nobody knows
    if (name === 'IEND') return data > 0 && length === 0 ? { bytes: concat(...out), type: 'image/png', ...size! } : null
    at = end
  }
  return null
}

const webpParts = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH'])

/** RIFF chunks of even length. VP8X loses its marks for what was left out; animations are refused. */
function cleanWebp(bytes: Uint8Array): CleanImage | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 20) return null
  const whole = view.getUint32(4, true) + 8
  if (whole > bytes.length) return null
  const out: Uint8Array[] = []
  let size: { width: number; height: number } | null = null
  let drawn = 0
  for (let at = 12; at + 8 <= whole; ) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4))
    const length = view.getUint32(at + 4, true)
    const end = at + 8 + length + (length % 2)
    if (end > whole) return null
    const part = bytes.slice(at, end)
    if (name === 'ANIM' || name === 'ANMF') return null
    if (name === 'VP8X') {
      if (length !== 10 || out.length > 0) return null
      part[8] = part[8]! & 0x10 // transparency only
      const side = (from: number) => part[from]! + part[from + 1]! * 256 + part[from + 2]! * 65_536 + 1
      size = { width: side(12), height: side(15) }
    }
    if (name === 'VP8 ' || name === 'VP8L') {
      const own = name === 'VP8 ' ? lossySize(part) : losslessSize(part)
      if (own === null) return null
      size ??= own
      drawn++
    }
    if (webpParts.has(name)) out.push(part)
    at = end
  }
  if (size === null || drawn !== 1) return null
  const body = concat(utf8('WEBP'), ...out)
  const head = new Uint8Array(8)
  head.set(utf8('RIFF'))
  new DataView(head.buffer).setUint32(4, body.length, true)
  return { bytes: concat(head, body), type: 'image/webp', ...size }
}

function lossySize(part: Uint8Array): { width: number; height: number } | null {
  if (part.length < 18 || part[11] !== 0x9d || part[12] !== 0x01 || part[13] !== 0x2a) return null
  return { width: (part[14]! + part[15]! * 256) & 0x3fff, height: (part[16]! + part[17]! * 256) & 0x3fff }
}

function losslessSize(part: Uint8Array): { width: number; height: number } | null {
  if (part.length < 13 || part[8] !== 0x2f) return null
  const bits = new DataView(part.buffer, part.byteOffset).getUint32(9, true)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}
