/** Bytes by their hash. Taken only where an accepted post names the hash and the size. */
import type { BlobStore } from '../../../lib/blob-store.ts'
import { toHex } from '../../../protocol/bytes.ts'
import { blobBytesMax } from '../../../protocol/limits.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { type ApiResponse, json, type Route, refused } from '../api.ts'

/** What this member expects of a blob: set by the part that accepts posts. */
export type WantedBlobs = {
  /** Bytes that an accepted post gives for this attachment; null where none names it. */
  wanted(hash: Hash): Promise<number | null>
  /** The blob is on disk. */
  arrived(hash: Hash): Promise<void>
}

export type BlobRoutesDeps = { readonly blobs: BlobStore; readonly sha256: Sha256; readonly uploads: WantedBlobs }

const hashGrammar = /^[0-9a-f]{64}$/
/** Bytes of strangers are never a document of this origin. */
const inert = {
  'content-type': 'application/octet-stream',
  'content-disposition': 'attachment',
  'content-security-policy': "sandbox; default-src 'none'",
  'cache-control': 'public, max-age=31536000, immutable',
}

export function blobRoutes(deps: BlobRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/blobs/:hash',
      open: true,
      handle: async (request, { hash }) => {
        if (!hashGrammar.test(hash!)) return refused(404, 'NOT_FOUND')
        if (request.method === 'HEAD') return headOf(await deps.blobs.size(hash!))
        const bytes = await deps.blobs.get(hash!)
        return bytes === null ? refused(404, 'NOT_FOUND') : { status: 200, headers: inert, body: bytes }
      },
    },
    {
      method: 'PUT',
      path: '/dgos/v1/blobs/:hash',
      open: true,
      cost: 2,
      bodyBytesMax: blobBytesMax,
      handle: (request, { hash }) => put(deps, hash!, request.body),
    },
  ]
}

function headOf(size: number | null): ApiResponse {
  if (size === null) return refused(404, 'NOT_FOUND')
  return { status: 200, headers: { ...inert, 'content-length': String(size) }, body: new Uint8Array(0) }
}

async function put({ blobs, sha256, uploads }: BlobRoutesDeps, hash: Hash, body: Uint8Array): Promise<ApiResponse> {
  if (!hashGrammar.test(hash)) return refused(404, 'NOT_FOUND')
  const bytes = await uploads.wanted(hash)
  if (bytes === null) return refused(409, 'NOT_WANTED')
  if (bytes !== body.length) return refused(400, 'BAD_FIELDS', `the post says ${bytes} bytes, not ${body.length}`)
  if (toHex(sha256(body)) !== hash) return refused(400, 'HASH_MISMATCH')
  await blobs.put(body)
  await uploads.arrived(hash)
  return json({ blob: hash, result: 'stored' })
}
