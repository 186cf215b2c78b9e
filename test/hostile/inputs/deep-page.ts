import { utf8 } from '../../../protocol/bytes.ts'

/** As many elements as bytes allow, each in the one before. */
export function deepPage(bytes = 5 * 1024 * 1024): Uint8Array {
  return utf8('<div>'.repeat(bytes / 5))
}
