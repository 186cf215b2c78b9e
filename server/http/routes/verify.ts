/** The script of *verify in your browser*. Open to scripts elsewhere: under a blog's own name it is loaded from here. */
import { gzipSync } from 'node:zlib'
import type { VerifyFile } from '../../bundles/verify-file.ts'
import type { Route } from '../api.ts'

const takesGzip = /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/

export function verifyRoutes(file: VerifyFile | null): readonly Route[] {
  if (file === null) return []
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'accept-encoding',
  }
  const plain = { status: 200, headers, body: file.bytes }
  const packed = {
    status: 200,
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: new Uint8Array(gzipSync(file.bytes, { level: 9 })),
  }
  return [
    {
      method: 'GET',
      path: file.path,
      open: true,
      handle: (request) => (takesGzip.test(request.headers['accept-encoding'] ?? '') ? packed : plain),
    },
  ]
}
