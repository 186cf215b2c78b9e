/** Remote text, made fit for a field of the wire. */
import { byteLength } from '../../protocol/bytes.ts'

/** At most `bytesMax` UTF-8 bytes, whole characters, no control characters, well-formed. */
export function cutBytes(text: string, bytesMax: number): string {
  let out = text
    .slice(0, bytesMax)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
  while (byteLength(out) > bytesMax)
    out = [...out].slice(0, -Math.max(1, Math.ceil((byteLength(out) - bytesMax) / 4))).join('')
  return out
}
