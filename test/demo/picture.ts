/** Small pictures made on the spot, so that the demonstration's blogs have some without shipping files. */
import { crc32, deflateSync } from 'node:zlib'

/** A PNG of soft hills under a sky; the seed changes the colours. Pure: same arguments, same bytes. */
export function hills(width: number, height: number, seed: number): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3
      const [r, g, b] = colour(x / width, y / height, seed)
      rows[at] = r
      rows[at + 1] = g
      rows[at + 2] = b
    }
  }
  return png(width, height, rows)
}

/** RFC 2083: eight bits a channel, RGB, no filter. */
function png(width: number, height: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts])
}

function colour(x: number, y: number, seed: number): readonly [number, number, number] {
  for (let layer = 3; layer >= 1; layer--) {
    const ridge =
      0.35 + layer * 0.13 + 0.07 * Math.sin(x * (3 + layer) + seed * layer) + 0.03 * Math.sin(x * 17 + seed + layer)
    if (y > ridge) return [40 + 45 * (3 - layer) + ((seed * 37) % 40), 90 + 25 * (3 - layer), 80 + ((seed * 53) % 60)]
  }
  return [190 + Math.round(50 * y), 215 + Math.round(25 * y), 240]
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'ascii'), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length, 0)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** A sheet of paper: almost white, with a faint grain. */
export function paper(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3), 0)
  for (let i = 0; i < rows.length; i++) if (i % (1 + width * 3) !== 0) rows[i] = 246 + ((i * 7919) % 5)
  return png(width, height, rows)
}
