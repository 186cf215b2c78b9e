import { utf8 } from '../../../protocol/bytes.ts'

/** A page of little sheets and nothing else. */
export function manySheets(bytes = 990_000): Uint8Array {
  return utf8('<style>a{b:c}</style>'.repeat(bytes / 21))
}

/** A sheet that imports others as often as its bytes allow: five of them in a row are read as often to the power of five. */
export function importingSheet(name: string, bytes = 500_000): string {
  const line = `@import "${name}";`
  return line.repeat(bytes / line.length)
}
