import { utf8 } from '../../../protocol/bytes.ts'

/** A background that never ends, in blanks. */
export function wrappedBackground(blanks = 20_000): Uint8Array {
  return utf8(`<p>before</p><div data-bg="url(${' '.repeat(blanks)}x">`)
}
