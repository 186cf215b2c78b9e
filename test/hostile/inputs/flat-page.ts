import { utf8 } from '../../../protocol/bytes.ts'

/** As many elements as bytes allow, side by side. */
export function flatPage(bytes = 5 * 1024 * 1024): Uint8Array {
  return utf8('<br>'.repeat(bytes / 4))
}
