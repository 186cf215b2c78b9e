/**
 * Builds the beacon and its parts into dist/beacon/ with esbuild. The parts come first, because the beacon carries
 * their SHA-384: whoever pins beacon.js by `integrity` has pinned everything that it may load.
 *
 *   node embed-beacon/build.ts      prints file, bytes, gzip bytes and integrity
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export type BeaconFile = {
  readonly name: string
  readonly bytes: Uint8Array
  /** "sha384-…", as the attribute `integrity` takes it. */
  readonly integrity: string
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function bundle(name: string, entry: string, define: Record<string, string> = {}): Promise<BeaconFile> {
  const result = await build({
    entryPoints: [here(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    define,
  })
  const bytes = new Uint8Array(result.outputFiles[0]!.contents)
  return { name, bytes, integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}` }
}

/** The files as bytes: beacon.js first, then its parts. Served side by side, with CORS open, under these names. */
export async function buildBeacon(): Promise<{ readonly files: readonly BeaconFile[] }> {
  const check = await bundle('beacon-check.js', './check.ts')
  const portable = await bundle('beacon-portable.js', './portable.ts')
  const place = ({ name, integrity }: BeaconFile) => JSON.stringify({ file: name, integrity })
  const notice = await bundle('beacon-notice.js', './tell.ts', { checkPart: place(check) })
  const beacon = await bundle('beacon.js', './beacon.ts', { noticePart: place(notice), portablePart: place(portable) })
  return { files: [beacon, notice, check, portable] }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files } = await buildBeacon()
  await mkdir(here('../dist/beacon'), { recursive: true })
  const [{ name: file, integrity }] = files as readonly [BeaconFile]
  await writeFile(here('../dist/beacon/beacon.json'), JSON.stringify({ file, integrity }))
  for (const { name, bytes, integrity } of files) {
    await writeFile(here(`../dist/beacon/${name}`), bytes)
    console.log(`${name} ${bytes.length} bytes, gzip ${gzipSync(bytes, { level: 9 }).length}, ${integrity}`)
  }
}
