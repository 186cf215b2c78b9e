/**
 * What can be told of an XML-RPC call without parsing it, in one walk over its bytes: who calls, how many tags there are,
 * and where its pictures lie. A parser that builds a tree is reached only by what has passed here.
 */
import { ok, type Result, refuse } from '../../../protocol/codes.ts'

/** The words of a call without its pictures: a post of the largest kind, and the struct around it. */
export const xmlTextBytesMax = 1536 * 1024
/** A post with all the fields that apps send has a few hundred. */
export const xmlTagsMax = 4_000
const picturesMax = 4

export type CutCall = {
  /** The call with a number in place of each picture. */
  readonly text: Uint8Array
  readonly pictures: readonly Uint8Array[]
}

/** The method's name, and the text of each of the first parameters as it stands there. null where there is no name. */
export function callBeginning(
  beginning: Uint8Array,
): { readonly method: string; readonly params: readonly string[] } | null {
  const text = new TextDecoder('latin1').decode(beginning)
  const method = between(text, '<methodName>', '</methodName>', 0)
  if (method === null) return null
  const params: string[] = []
  let at = method.end
  for (;;) {
    const param = between(text, '<param>', '</param>', at)
    if (param === null) break
    params.push(param.text)
    at = param.end
  }
  return { method: method.text.trim(), params }
}

function between(text: string, opening: string, closing: string, from: number) {
  const start = text.indexOf(opening, from)
  const end = start < 0 ? -1 : text.indexOf(closing, start + opening.length)
  return end < 0 ? null : { text: text.slice(start + opening.length, end), end: end + closing.length }
}

/** Takes the pictures out, so that they are never text; refuses what has too many words or tags. */
export function cutPictures(bytes: Uint8Array): Result<CutCall> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts: Buffer[] = []
  const pictures: Uint8Array[] = []
  let tags = 0
  let from = 0
  let kept = 0
  for (let at = all.indexOf('<'); at >= 0; at = all.indexOf('<', at)) {
    if (++tags > xmlTagsMax) return refuse('TOO_LARGE', `more than ${xmlTagsMax} tags`)
    const skipped = skip(all, at)
    if (skipped !== null) {
      at = skipped
      continue
    }
    if (!startsWith(all, at, '<base64>')) {
      at++
      continue
    }
    const start = at + '<base64>'.length
    const end = all.indexOf('</base64>', start)
    if (end < 0) return refuse('BAD_REQUEST', 'base64 without an end')
    if (pictures.length === picturesMax) return refuse('TOO_LARGE', `more than ${picturesMax} pictures`)
    const picture = decoded(all.subarray(start, end))
    if (picture === null) return refuse('BAD_REQUEST', 'bad base64')
    parts.push(all.subarray(from, start), Buffer.from(String(pictures.length)))
    kept += start - from
    pictures.push(picture)
    from = end
    at = end
  }
  parts.push(all.subarray(from))
  if (kept + all.length - from > xmlTextBytesMax) return refuse('TOO_LARGE', 'more text than a post may have')
  return ok({ text: pictures.length === 0 ? bytes : Buffer.concat(parts), pictures })
}

/** Behind a comment or a section of raw text, which hold no tags; null where none begins here. */
function skip(all: Buffer, at: number): number | null {
  for (const [opening, closing] of [
    ['<![CDATA[', ']]>'],
    ['<!--', '-->'],
  ] as const) {
    if (!startsWith(all, at, opening)) continue
    const end = all.indexOf(closing, at + opening.length)
    return end < 0 ? all.length : end + closing.length
  }
  return null
}

function startsWith(all: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (all[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** Characters that are decoded at one time. */
const sliceMax = 256 * 1024

/** Slice by slice, so that the text of a picture is never whole in memory. White space is let through, nothing else. */
function decoded(encoded: Buffer): Uint8Array | null {
  const bytes = Buffer.allocUnsafe(Math.ceil((encoded.length * 3) / 4))
  let length = 0
  let rest = ''
  let ended = false
  for (let at = 0; at < encoded.length; at += sliceMax) {
    const slice =
      rest + encoded.toString('latin1', at, Math.min(at + sliceMax, encoded.length)).replace(/[ \t\r\n]/g, '')
    const whole = slice.length - (slice.length % 4)
    const text = slice.slice(0, whole)
    rest = slice.slice(whole)
    if (text === '') continue
    if (ended || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
    ended = text.endsWith('=')
    length += bytes.write(text, length, 'base64')
    // the one place where two texts could give the same bytes
    if (ended && Buffer.from(text.slice(-4), 'base64').toString('base64') !== text.slice(-4)) return null
  }
  return rest === '' ? new Uint8Array(bytes.buffer, bytes.byteOffset, length) : null
}
