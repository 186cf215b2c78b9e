/** A ZIP archive without compression (APPNOTE 6.3.10, method 0, names in UTF-8): images do not shrink, and texts are short. */
import { concat, utf8 } from '../../../protocol/bytes.ts'
import type { ExportFile } from './export-post.ts'

const utf8Names = 0x0800
/** 1 January 1980: the same files give the same archive. */
const date = 0x0021

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let i = 0; i < 8; i++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

export function zipOf(files: readonly ExportFile[]): Uint8Array {
  const bodies: Uint8Array[] = []
  const entries: Uint8Array[] = []
  let at = 0
  for (const { name, bytes } of files) {
    const facts = [20, utf8Names, 0, 0, date, crcOf(bytes), bytes.length, bytes.length, utf8(name).length, 0] as const
    const head = concat(record('4s2222244422', 0x04034b50, ...facts), utf8(name))
    entries.push(concat(record('4s22222244422222', 0x02014b50, 20, ...facts, 0, 0, 0), record('44', 0, at), utf8(name)))
    bodies.push(head, bytes)
    at += head.length + bytes.length
  }
  const size = entries.reduce((sum, entry) => sum + entry.length, 0)
  return concat(...bodies, ...entries, record('4s2222442', 0x06054b50, 0, 0, files.length, files.length, size, at, 0))
}

/** Little-endian fields: "4" and "2" are their bytes; the letter s after the signature is for the eye. */
function record(form: string, ...values: readonly number[]): Uint8Array {
  const sizes = [...form.replace('s', '')].map(Number)
  const view = new DataView(new ArrayBuffer(sizes.reduce((sum, size) => sum + size, 0)))
  let at = 0
  for (const [i, size] of sizes.entries()) {
    if (size === 4) view.setUint32(at, values[i]!, true)
    else view.setUint16(at, values[i]!, true)
    at += size
  }
  return new Uint8Array(view.buffer)
}

function crcOf(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) c = table[(c ^ byte) & 0xff]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}
