/**
 * Files for browsers, by two rules. What our own pages name stands under its hash and is kept for ever; what pages of other
 * people name keeps its name, and is asked for again after an hour. Both are packed once, and open to every site.
 */
import { gzipSync } from 'node:zlib'
import type { FormAssets } from '../../activation/doors/form-page.ts'
import type { VerifyScript } from '../../mirror/pages/verify-page.ts'
import type { BrowserFile, BrowserFiles } from '../bundles/browser-files.ts'
import { beaconNames } from '../bundles/recipes.ts'
import { type ApiRequest, type ApiResponse, type Route, refused } from './api.ts'

const immutableNames: readonly string[] = ['form.js', 'form.css', 'verify.js']
const immutable = 'public, max-age=31536000, immutable'
const hourly = 'public, max-age=3600'
const takesGzip = /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/

/** "/dgos/files/form-0123456789abcdef.js" */
export function immutablePath({ name, hash }: BrowserFile): string {
  return `/dgos/files/${name.replace('.', `-${hash.slice(0, 16)}.`)}`
}

export type NamedFiles = { readonly form: FormAssets; readonly verify: VerifyScript | null }

/** What our pages name. A member without files has a form that takes signed files only, and no check. */
export async function namedFiles(files: BrowserFiles): Promise<NamedFiles> {
  const [script, style, verify] = await Promise.all(immutableNames.map(files))
  const path = (file: BrowserFile | null | undefined) => (file == null ? '' : immutablePath(file))
  return {
    form: { script: path(script), style: path(style), integrity: script?.integrity ?? '' },
    verify: verify == null ? null : { path: path(verify), integrity: verify.integrity },
  }
}

export function fileRoutes(files: BrowserFiles): readonly Route[] {
  const packed = new Map<string, Uint8Array>()
  const answer = (file: BrowserFile, keep: string, { headers }: ApiRequest): ApiResponse => {
    const etag = `W/"${file.hash.slice(0, 32)}"` // weak: one tag for both encodings
    const same = {
      'content-type': file.type,
      'cache-control': keep,
      etag,
      vary: 'accept-encoding',
      'cross-origin-resource-policy': 'cross-origin',
    }
    if (headers['if-none-match'] === etag) return { status: 304, headers: same, body: new Uint8Array(0) }
    if (!takesGzip.test(headers['accept-encoding'] ?? '')) return { status: 200, headers: same, body: file.bytes }
    const body = packed.get(file.name) ?? new Uint8Array(gzipSync(file.bytes, { level: 9 }))
    packed.set(file.name, body)
    return { status: 200, headers: { ...same, 'content-encoding': 'gzip' }, body }
  }
  return [
    {
      method: 'GET',
      path: '/dgos/files/:name',
      open: true,
      async handle(request) {
        const all = await Promise.all(immutableNames.map(files))
        const file = all.find((found) => found !== null && immutablePath(found) === request.path) ?? null
        return file === null ? refused(404, 'NOT_FOUND') : answer(file, immutable, request)
      },
    },
    ...beaconNames.map(
      (name): Route => ({
        method: 'GET',
        path: `/${name}`,
        open: true,
        // A worker is for the blog's own address: here it is a file to copy, and registers nothing.
        async handle(request) {
          const file = await files(name)
          return file === null ? refused(404, 'NOT_FOUND') : answer(file, hourly, request)
        },
      }),
    ),
  ]
}
