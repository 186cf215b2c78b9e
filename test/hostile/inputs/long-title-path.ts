import { utf8 } from '../../../protocol/bytes.ts'

/** The path of an ordinary post: one long segment of plain letters, then a percent sign. */
export function longTitlePath(): Uint8Array {
  return utf8('/2026/11/ein-langer-titel-ueber-den-sommer-in-m%C3%BCnchen/')
}
