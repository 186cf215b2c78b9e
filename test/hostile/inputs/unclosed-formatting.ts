import { utf8 } from '../../../protocol/bytes.ts'

/** Each paragraph opens a thousand unclosed elements again: 25 kB that ask for four million elements. */
export function unclosedFormatting(elements = 1_000, paragraphs = 4_000): Uint8Array {
  const open = Array.from({ length: elements }, (_, i) => `<b id=${i}>`).join('')
  return utf8(`<p>${open}${'<p>x'.repeat(paragraphs)}`)
}
