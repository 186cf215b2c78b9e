/** The beacon and its parts, which pages of other people load from here. Made outside, handed in. */
import { type ApiResponse, type Route, refused, text } from './api.ts'

export type StaticFile = { readonly body: string; readonly type: string; readonly integrity: string }
/** The file of a name like "beacon.js", or null. Asked once a name. */
export type Statics = (name: string) => Promise<StaticFile | null>

/** For members that serve no browsers: simulations, and tests of other things. */
export const noStatics: Statics = async () => null

const names = [
  'beacon.js',
  'beacon-notice.js',
  'beacon-check.js',
  'beacon-portable.js',
  'beacon-pins.js',
  'beacon-inline.js',
  'beacon-preview.js',
  'dgos-sw.js',
  'dgos-sw-register.js',
  'dgos-sw-tombstone.js',
  'post-form.js',
  'post-form.css',
]

export function staticRoutes(statics: Statics): readonly Route[] {
  return names.map((name) => ({
    method: 'GET' as const,
    path: `/${name}`,
    open: true,
    handle: async ({ headers }) => {
      const file = await statics(name)
      return file === null ? refused(404, 'NOT_FOUND') : fileAnswer(file, headers['if-none-match'] ?? '')
    },
  }))
}

function fileAnswer(file: StaticFile, ifNoneMatch: string): ApiResponse {
  const etag = `"${file.integrity}"`
  // A worker is for the blog's own address: here it is a file to copy, and registers nothing.
  const headers = { etag, 'cache-control': 'public, max-age=3600', 'cross-origin-resource-policy': 'cross-origin' }
  if (ifNoneMatch === etag) return { status: 304, headers, body: new Uint8Array(0) }
  return text(file.body, file.type, headers)
}
