import { utf8 } from '../../../protocol/bytes.ts'

/** Document types that open their subset and never close it. */
export function unclosedDoctype(times = 60_000): Uint8Array {
  return utf8(`<p>before</p>${'<!doctype['.repeat(times)}`)
}
