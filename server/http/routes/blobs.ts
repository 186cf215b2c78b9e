/** Bytes by their hash. Taken only where an accepted post names the hash and the size. */

import type { BlobStore } from '../../../lib/blob-store.ts'
import { isHash } from '../../../protocol/bytes.ts'
import { type Result, refuse } from '../../../protocol/codes.ts'
import { blobBytesMax } from '../../../protocol/limits.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import { type ApiRequest, type ApiResponse, json, type Route, refusal, refused } from '../api.ts'

/** The part that accepts posts: takes the bytes of attachments, and nothing else. */
export type Uploads = {
  acceptBlob(hash: Hash, bytes: Uint8Array): Promise<Result<null>>
  /** The receipts of the posts that are whole by these bytes. */
  receiptsOf(hash: Hash): Promise<readonly Envelope[]>
  /** How long the bytes are that a post names by this hash, and the blog; null where none does. */
  wantedBlob(hash: Hash): Promise<{ readonly bytes: number; readonly blog: Hash } | null>
}

export type BlobRoutesDeps = {
  readonly blobs: BlobStore
  readonly uploads: Uploads
  /** Bytes that the operator does not hand out, though they may still be on the disk. */
  readonly refusesBlob?: (hash: Hash) => Promise<boolean>
}

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
        if (!isHash(hash!)) return refused(404, 'NOT_FOUND')
        if ((await deps.refusesBlob?.(hash!)) === true) return refused(451, 'REFUSED')
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
      wanted: async (_, { hash }) => {
        const found = isHash(hash!) ? await deps.uploads.wantedBlob(hash!) : null
        return found === null ? refusal(refuse('NOT_WANTED')) : { known: found.blog, bodyBytesMax: found.bytes }
      },
      handle: (request, { hash }) => put(deps, hash!, request),
    },
  ]
}

function headOf(size: number | null): ApiResponse {
  if (size === null) return refused(404, 'NOT_FOUND')
  return { status: 200, headers: { ...inert, 'content-length': String(size) }, body: new Uint8Array(0) }
}

async function put({ uploads }: BlobRoutesDeps, hash: Hash, { body, query }: ApiRequest): Promise<ApiResponse> {
  if (!isHash(hash)) return refused(404, 'NOT_FOUND')
  const taken = await uploads.acceptBlob(hash, body)
  if (!taken.ok) return refusal(taken)
  const receipts = query.has('receipts') ? { receipts: await uploads.receiptsOf(hash) } : {}
  return json({ blob: hash, result: 'stored', ...receipts })
}
