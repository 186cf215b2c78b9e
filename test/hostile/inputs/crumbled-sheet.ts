import { utf8 } from '../../../protocol/bytes.ts'

/** A stylesheet of nothing but tokens of one byte. */
export function crumbledSheet(bytes = 5 * 1024 * 1024): Uint8Array {
  return utf8(';'.repeat(bytes))
}
