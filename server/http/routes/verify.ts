/** The script of *verify in your browser*. Open to scripts elsewhere: under a blog's own name it is loaded from here. */
import type { VerifyFile } from '../../verify-file.ts'
import type { Route } from '../api.ts'

export function verifyRoutes(file: VerifyFile | null): readonly Route[] {
  if (file === null) return []
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'cross-origin-resource-policy': 'cross-origin',
  }
  return [{ method: 'GET', path: file.path, open: true, handle: () => ({ status: 200, headers, body: file.bytes }) }]
}
