import { utf8 } from '../../../protocol/bytes.ts'

/** One line of blanks that does not end where a pattern hopes. */
export function blankLine(blanks = 200_000): Uint8Array {
  return utf8(`x${' '.repeat(blanks)}x`)
}
