/** Answers to audits: the proof that bytes are really here. */
import type { BlobStore } from '../../../lib/blob-store.ts'
import { concat, fromHex, toHex } from '../../../protocol/bytes.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { askBytesMax, parseAudit } from '../../../protocol/request.ts'
import { json, type Route, refusal, refused } from '../api.ts'

export type AuditRoutesDeps = { readonly blobs: BlobStore; readonly sha256: Sha256 }

export function auditRoutes({ blobs, sha256 }: AuditRoutesDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/dgos/v1/audits',
      cost: 5,
      bodyBytesMax: askBytesMax,
      handle: async (request) => {
        const asked = parseAudit(request.body)
        if (!asked.ok) return refusal(asked)
        const { blob, from, to, nonce } = asked.value
        const bytes = await blobs.get(blob)
        if (bytes === null) return refused(404, 'NOT_FOUND')
        if (to > bytes.length) return refused(400, 'BAD_REQUEST', 'to')
        return json({ hash: toHex(sha256(concat(fromHex(nonce), bytes.subarray(from, to)))) })
      },
    },
  ]
}
