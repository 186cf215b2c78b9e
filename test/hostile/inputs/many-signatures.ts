import { utf8 } from '../../../protocol/bytes.ts'

/** A mail that claims to be signed hundreds of times, each time up to another byte: each asks for a hash of its own. */
export function manySignatures(from = 'ana@author.test', signatures = 300, bytes = 9 * 1024 * 1024): Uint8Array {
  const claims = Array.from(
    { length: signatures },
    (_, i) =>
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=author.test; s=k${i}; l=${bytes - i}; h=from:subject; bh=AA==; b=AA==\r\n`,
  )
  const head = `From: ${from}\r\nSubject: x\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <x@author.test>\r\n`
  const line = `${'x y  z '.repeat(10)}\r\n`
  return utf8(`${claims.join('')}${head}\r\n${line.repeat(bytes / line.length)}`)
}
