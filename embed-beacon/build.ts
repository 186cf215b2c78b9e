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

/**
 * The files as bytes: beacon.js first, then its parts, the paste version, and what a blog serves from its own address.
 * The first five are served side by side, with CORS open, under these names.
 */
export async function buildBeacon(): Promise<{ readonly files: readonly BeaconFile[] }> {
  const check = await bundle('beacon-check.js', './check-part.ts')
  const portable = await bundle('beacon-portable.js', './portable-part.ts')
  const notice = await bundle('beacon-notice.js', './show-part.ts')
  const pins = await bundle('beacon-pins.js', './pins-part.ts')
  // SHA-256 for the parts: what every page loads has 4 kB, and four longer hashes would be 64 bytes of it.
  const place = ({ name, bytes }: BeaconFile) =>
    JSON.stringify({ file: name, integrity: `sha256-${createHash('sha256').update(bytes).digest('base64')}` })
  const rest = { portablePart: place(portable), pinsPart: place(pins) }
  const parts = { noticePart: place(notice), checkPart: place(check), ...rest }
  const beacon = await bundle('beacon.js', './beacon.ts', parts)
  const inline = await bundle('beacon-inline.js', './inline.ts')
  return { files: [beacon, notice, check, portable, pins, inline, ...(await buildWorker())] }
}

/** What a blog with files of its own serves: the worker, its registration, and the worker that ends it. And the preview. */
async function buildWorker(): Promise<readonly BeaconFile[]> {
  return [
    await bundle('dgos-sw.js', './worker/worker.ts'),
    await bundle('dgos-sw-register.js', './worker/register.ts'),
    await bundle('dgos-sw-tombstone.js', './worker/tombstone.ts'),
    await bundle('beacon-preview.js', './preview.ts'),
  ]
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
