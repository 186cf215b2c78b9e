/** Images are put together again from the parts that draw them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanImage } from '../../activation/doors/gateway/clean-image.ts'
import { concat, utf8 } from '../../protocol/bytes.ts'

const bytes = (...values: readonly (number | string)[]) =>
  concat(...values.map((value) => (typeof value === 'string' ? utf8(value) : Uint8Array.of(value))))
const segment = (mark: number, ...content: readonly (number | string)[]) => {
  const inside = bytes(...content)
  return concat(Uint8Array.of(0xff, mark, (inside.length + 2) >> 8, (inside.length + 2) & 255), inside)
}
const frame = segment(0xc0, 8, 0, 20, 0, 30, 1, 1, 0x11, 0)
const scan = concat(segment(0xda, 1, 1, 0, 0, 63, 0), bytes(1, 2, 0xff, 0, 3, 0xff, 0xd0, 4))
const start = bytes(0xff, 0xd8)
const end = bytes(0xff, 0xd9)
/** Exif, big-endian, with a place and the given turn. */
const exif = (turn: number) =>
  segment(
    0xe1,
    'Exif',
    0,
    0,
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    0x01,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    turn,
    0,
    0,
    0,
    0,
    0,
    0,
    'GPS 52.5 13.4',
  )
const has = (where: Uint8Array, words: string) => Buffer.from(where).includes(words)

test('a JPEG loses its Exif, comments and what follows its end, and keeps which way up it is', () => {
  const clean = cleanImage(concat(start, exif(6), segment(0xfe, 'made by Ana'), frame, scan, end, utf8('<script>')))
  assert.ok(clean.ok)
  assert.deepEqual([clean.value.width, clean.value.height], [20, 30], 'turned by a quarter')
  for (const words of ['GPS', 'Ana', 'script']) assert.equal(has(clean.value.bytes, words), false, words)
  assert.ok(has(clean.value.bytes, 'Exif'))
  const again = cleanImage(clean.value.bytes)
  assert.deepEqual(again.ok && again.value.bytes, clean.value.bytes, 'clean already')
  const upright = cleanImage(concat(start, exif(1), frame, scan, end))
  assert.equal(upright.ok && has(upright.value.bytes, 'Exif'), false)
})

test('a JPEG without end, without frame, with a false length or of a rare kind is refused', () => {
  for (const bad of [
    concat(start, frame, scan),
    concat(start, scan, end),
    concat(start, bytes(0xff, 0xc0, 0xff, 0xff, 8)),
    concat(start, segment(0xc3, 8, 0, 20, 0, 30, 1, 1, 0x11, 0), scan, end),
    concat(start, frame, frame, scan, end),
    concat(start, segment(0xc0, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0), scan, end),
  ])
    assert.equal(cleanImage(bad).ok, false)
})

const chunk = (name: string, ...content: readonly (number | string)[]) => {
  const inside = bytes(...content)
  return concat(Uint8Array.of(0, 0, 0, inside.length), utf8(name), inside, Uint8Array.of(1, 2, 3, 4))
}
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)
const header = chunk('IHDR', 0, 0, 0, 3, 0, 0, 0, 4, 8, 6, 0, 0, 0)

test('a PNG loses texts and profiles; one with an unknown critical part or no data is refused', () => {
  const clean = cleanImage(
    concat(
      png,
      header,
      chunk('tEXt', 'Author Ana'),
      chunk('eXIf', 'GPS'),
      chunk('IDAT', 1),
      chunk('IEND'),
      utf8('tail'),
    ),
  )
  assert.deepEqual(clean.ok && clean.value.bytes, concat(png, header, chunk('IDAT', 1), chunk('IEND')))
  for (const bad of [
    concat(png, header, chunk('IEND')),
    concat(png, header, chunk('EVIL', 1), chunk('IDAT', 1), chunk('IEND')),
    concat(png, chunk('IDAT', 1), chunk('IEND')),
    concat(png, header, chunk('IDAT', 1)),
  ])
    assert.equal(cleanImage(bad).ok, false)
})

const riff = (...parts: readonly Uint8Array[]) => {
  const body = concat(utf8('WEBP'), ...parts)
  return concat(utf8('RIFF'), Uint8Array.of(body.length, 0, 0, 0), body)
}
const part = (name: string, ...content: readonly (number | string)[]) => {
  const inside = bytes(...content)
  return concat(utf8(name), Uint8Array.of(inside.length, 0, 0, 0), inside, new Uint8Array(inside.length % 2))
}
const lossy = part('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, 5, 0, 7, 0)

test('a WebP loses Exif and XMP; a moving one is refused', () => {
  const extended = (flags: number) => part('VP8X', flags, 0, 0, 0, 4, 0, 0, 6, 0, 0)
  const clean = cleanImage(riff(extended(0x1c), lossy, part('EXIF', 'GPS'), part('XMP ', 'Ana')))
  assert.deepEqual(clean.ok && clean.value.bytes, riff(extended(0x10), lossy))
  assert.deepEqual(clean.ok && [clean.value.width, clean.value.height], [5, 7])
  assert.equal(cleanImage(riff(extended(2), part('ANIM', 0, 0, 0, 0, 0, 0), lossy)).ok, false)
  assert.equal(cleanImage(riff(lossy, lossy)).ok, false)
})

test('other kinds are refused', () => {
  for (const other of ['GIF89a', '<svg xmlns="http://www.w3.org/2000/svg"/>', '\u0000\u0000\u0000 ftypavif', ''])
    assert.equal(cleanImage(utf8(other)).ok, false)
})
