/** The kit's program, the same at every member of one release: bundled as the form is, packed, and named by its hash. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { base85, kitPolicy, kitProgram, unpackSource } from '../../activation/doors/kit/kit-file.ts'
import { kitStyle } from '../../activation/doors/kit/kit-style.ts'
import type { Hash } from '../../protocol/objects.ts'
import { bundleForBrowser } from './form-files.ts'

export type KitFiles = { readonly program: string; readonly hash: Hash }

const builtPath = fileURLToPath(new URL('../built/kit.html', import.meta.url))

export async function kitFiles(): Promise<KitFiles> {
  const program = existsSync(builtPath) ? await readFile(builtPath, 'utf8') : await bundleKit()
  return { program, hash: createHash('sha256').update(program).digest('hex') }
}

/** For `npm run build`. */
export async function writeKitFiles(serverDir: string): Promise<void> {
  await mkdir(join(serverDir, 'built'), { recursive: true })
  await writeFile(join(serverDir, 'built/kit.html'), await bundleKit())
}

async function bundleKit(): Promise<string> {
  const script = await bundleForBrowser('../../activation/doors/kit/kit.ts', 'iife')
  const program = new TextDecoder().decode(script)
  const parts = { style: kitStyle, unpack: unpackSource, program }
  const policy = kitPolicy(parts, (text) => createHash('sha256').update(text).digest('base64'))
  const packed = base85(gzipSync(script, { level: 9 }))
  return kitProgram({ policy, packed, unpack: unpackSource })
}
