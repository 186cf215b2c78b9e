/**
 * The script of *verify in your browser*, the same on every member of one release. Bundled when a member starts from its
 * sources; a built package carries it ready-made.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { VerifyScript } from '../../mirror/pages/verify-page.ts'

export type VerifyFile = VerifyScript & { readonly bytes: Uint8Array }

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const builtPath = here('../built/verify.js')

/** Its name holds its hash, so that answers may be kept for ever. */
export async function verifyFile(): Promise<VerifyFile> {
  const bytes = existsSync(builtPath) ? new Uint8Array(await readFile(builtPath)) : await bundleVerify()
  const hash = createHash('sha256').update(bytes)
  const digest = hash.digest()
  return {
    bytes,
    path: `/dgos/verify-${digest.toString('hex').slice(0, 16)}.js`,
    integrity: `sha256-${digest.toString('base64')}`,
  }
}

/** For `npm run build`: the script as a file of the built package. */
export async function writeVerifyFile(serverDir: string): Promise<void> {
  await mkdir(join(serverDir, 'built'), { recursive: true })
  await writeFile(join(serverDir, 'built/verify.js'), await bundleVerify())
}

async function bundleVerify(): Promise<Uint8Array> {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [here('../../mirror/pages/browser/verify.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
  })
  return new Uint8Array(result.outputFiles[0]!.contents)
}
