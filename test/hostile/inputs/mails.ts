import { utf8 } from '../../../protocol/bytes.ts'

const from = 'From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n'

/** Parts in parts in parts. */
export function nestedMail(depth = 5_000): Uint8Array {
  const open = (n: number) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`
  return utf8(from + Array.from({ length: depth }, (_, n) => open(n)).join(''))
}

/** A million empty parts. */
export function crumbledMail(bytes = 4 * 1024 * 1024): Uint8Array {
  return utf8(`${from}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(bytes / 7)}`)
}

/** Headers only, folded and never ending. */
export function headerMail(bytes = 2 * 1024 * 1024): Uint8Array {
  return utf8(`${from}${'X: a\r\n b\r\n'.repeat(bytes / 10)}\r\nx`)
}

/** Encoded words, side by side. */
export function encodedMail(words = 60_000): Uint8Array {
  return utf8(`From: a@b.example\r\nSubject: ${'=?utf-8?Q?=41?= '.repeat(words)}\r\n\r\nx`)
}

/** One page of HTML. */
export function htmlMail(page: Uint8Array): Uint8Array {
  return utf8(`${from}Content-Type: text/html; charset=utf-8\r\n\r\n${Buffer.from(page).toString('utf8')}`)
}
