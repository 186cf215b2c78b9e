import { utf8 } from '../../../protocol/bytes.ts'

/** One tag of as many attributes as bytes allow, each of another name. */
export function manyAttributes(bytes = 990_000): Uint8Array {
  return utf8(`<p ${Array.from({ length: bytes / 8 }, (_, i) => `a${i}`).join(' ')}>after</p>`)
}
