/** Which blog a signed file speaks of, seen from its beginning: files are large, and objects stand before images. */
import { idOf } from '../../protocol/envelope.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'

/** Enough for the head of a form, and for the blog's name in the first object of a file. */
export const uploadBeginningBytes = 128 * 1024

/** The blog that the first object names, or that it is the root of; null where that cannot be seen. Nothing is verified here. */
export function blogOfUpload(beginning: Uint8Array, sha256: Sha256): Hash | null {
  const text = new TextDecoder('latin1').decode(beginning)
  const objects = text.indexOf('"objects"')
  const start = objects < 0 ? -1 : text.indexOf('"payload":"', objects)
  if (start < 0) return null
  const payload = text.slice(start + '"payload":"'.length, start + beginning.length).split('"', 1)[0]!
  const json = Buffer.from(payload, 'base64').toString('latin1')
  const named = /"blog":"([0-9a-f]{64})"/.exec(json)?.[1]
  if (named !== undefined) return named
  const opening = text.lastIndexOf('{', start)
  const end = text.indexOf('}]}', start)
  return end < 0 ? null : idOfText(text.slice(opening, end + 3), sha256)
}

function idOfText(text: string, sha256: Sha256): Hash | null {
  try {
    return idOf(JSON.parse(text), sha256)
  } catch {
    return null // no envelope
  }
}
