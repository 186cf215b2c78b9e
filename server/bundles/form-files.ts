/**
 * The browser's part of `/post`: one script and one style sheet, the same on every member. Bundled with esbuild when a
 * member starts from its sources; a built package carries them ready-made.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type FormAssets, postSteps } from '../../activation/doors/form-page.ts'
import { formStyle } from '../../activation/doors/form-style.ts'

export type FormFile = {
  readonly path: string
  readonly type: string
  readonly bytes: Uint8Array
  /** The same, compressed once. */
  readonly gzip: Uint8Array
}
export type FormFiles = { readonly assets: FormAssets; readonly files: readonly FormFile[] }

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const builtPath = here('../built/form.js')

/** Names hold the hash of what they name, so that answers may be kept for ever. */
export async function formFiles(): Promise<FormFiles> {
  const script = existsSync(builtPath) ? new Uint8Array(await readFile(builtPath)) : await bundleForm()
  const style = new TextEncoder().encode(formStyle)
  const files = [
    file(`/dgos/form/form-${short(script)}.js`, 'text/javascript; charset=utf-8', script),
    file(`/dgos/form/form-${short(style)}.css`, 'text/css; charset=utf-8', style),
  ]
  const integrity = `sha256-${createHash('sha256').update(script).digest('base64')}`
  return { files, assets: { script: files[0]!.path, style: files[1]!.path, integrity } }
}

/** For `npm run build`: the script as a file of the built package. */
export async function writeFormFiles(serverDir: string): Promise<void> {
  await mkdir(join(serverDir, 'built'), { recursive: true })
  await writeFile(join(serverDir, 'built/form.js'), await bundleForm())
}

/** For the WordPress plugin: script, style, and the parts of the page, which it puts into a page of its own. */
export async function pluginFormFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { files } = await formFiles()
  const steps = postSteps({ host: null, down: [] }).markup
  return new Map([
    ['form.js', files[0]!.bytes],
    ['form.css', files[1]!.bytes],
    ['form.html', new TextEncoder().encode(steps)],
  ])
}

function bundleForm(): Promise<Uint8Array> {
  return bundleForBrowser('../../activation/doors/form/form.ts', 'esm')
}

/** One script of everything that `entry` (a path from this file) imports. */
export async function bundleForBrowser(entry: string, format: 'esm' | 'iife'): Promise<Uint8Array> {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [here(entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
  })
  return new Uint8Array(result.outputFiles[0]!.contents)
}

function file(path: string, type: string, bytes: Uint8Array): FormFile {
  return { path, type, bytes, gzip: new Uint8Array(gzipSync(bytes, { level: 9 })) }
}

function short(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}
