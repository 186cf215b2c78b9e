import { utf8 } from '../../../protocol/bytes.ts'

/** A feed whose one list has as many entries as bytes allow: V8 holds them in one array. */
export function listFeed(bytes = 5 * 1024 * 1024): Uint8Array {
  return utf8(`{"version":"https://jsonfeed.org/version/1.1","items":[${'[],'.repeat(bytes / 3)}0]}`)
}

/** A mail of empty lines, which are one array where they are split. */
export function emptyLines(bytes = 9 * 1024 * 1024): Uint8Array {
  const head = 'From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n'
  return utf8(`${head}${'\r\n'.repeat(bytes / 2)}`)
}
