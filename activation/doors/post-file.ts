/**
 * A `.dgos` file: signed objects and the bytes of their attachments, as JSON `{objects: [envelope…], blobs?: {sha256:
 * base64}}`. Made offline, carried by anyone, handed in at any member. It holds no secret and needs no passphrase.
 */
import { decodeBase64, encodeBase64 } from '../../protocol/base64.ts'
import { isHash, textOf, toHex, utf8 } from '../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import { batchObjectsMax, blobBytesMax } from '../../protocol/limits.ts'
import type { Envelope, Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'

/** Room for a post with twenty images as the form makes them. Larger ones go by the upload of blobs. */
export const postFileBytesMax = 32 * 1024 * 1024
const blobsMax = 64

export type PostFile = {
  /** Not checked yet: whoever accepts them does that. */
  readonly objects: readonly unknown[]
  /** Hashes are right. */
  readonly blobs: ReadonlyMap<Hash, Uint8Array>
}

export function writePostFile(objects: readonly Envelope[], blobs: ReadonlyMap<Hash, Uint8Array>): Uint8Array {
  const texts = Object.fromEntries([...blobs].map(([hash, bytes]) => [hash, encodeBase64(bytes)]))
  return utf8(JSON.stringify({ objects, ...(blobs.size === 0 ? {} : { blobs: texts }) }))
}

export function readPostFile(bytes: Uint8Array, sha256: Sha256): Result<PostFile> {
  if (bytes.length > postFileBytesMax) return refuse('TOO_LARGE', `a file has at most ${postFileBytesMax} bytes`)
  const parsed = parse(bytes)
  if (parsed === null) return refuse('BAD_REQUEST', 'this is not a .dgos file: it is not JSON with a list of objects')
  if (parsed.objects.length === 0 || parsed.objects.length > batchObjectsMax)
    return refuse('BAD_REQUEST', `a file holds 1 to ${batchObjectsMax} objects`)
  const blobs = new Map<Hash, Uint8Array>()
  for (const [hash, text] of parsed.blobs) {
    if (typeof text !== 'string' || text.length > Math.ceil(blobBytesMax / 3) * 4) return refuse('TOO_LARGE', hash)
    const blob = decodeBase64(text)
    if (blob === null) return refuse('BAD_BASE64', hash)
    if (toHex(sha256(blob)) !== hash) return refuse('HASH_MISMATCH', hash)
    blobs.set(hash, blob)
  }
  return ok({ objects: parsed.objects, blobs })
}

function parse(bytes: Uint8Array): { objects: unknown[]; blobs: [string, unknown][] } | null {
  try {
    const file = JSON.parse(textOf(bytes) ?? '') as { objects?: unknown; blobs?: unknown } | null
    if (file === null || !Array.isArray(file.objects)) return null
    if (file.blobs !== undefined && (typeof file.blobs !== 'object' || file.blobs === null)) return null
    const blobs = Object.entries(file.blobs ?? {})
    const named = blobs.length <= blobsMax && blobs.every(([hash]) => isHash(hash))
    return named ? { objects: file.objects, blobs } : null
  } catch {
    return null // not JSON
  }
}
