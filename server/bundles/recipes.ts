/** What browsers get from a member, and how each file is made. The same sources give the same bytes. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { formStyle } from '../../activation/doors/form-style.ts'
import { base85, kitPolicy, kitProgram, unpackSource } from '../../activation/doors/kit/kit-file.ts'
import { kitStyle } from '../../activation/doors/kit/kit-style.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { bundled } from './bundler.ts'

/** Files that are made together, because the bytes of one stand in another. */
export type Recipe = {
  readonly names: readonly string[]
  make(): Promise<ReadonlyMap<string, Uint8Array>>
}

/** Scripts that stand alone: the beacon's parts, what a blog with files of its own serves, and the tag page's preview. */
const beaconScripts = {
  'beacon-notice.js': 'embed-beacon/show-part.ts',
  'beacon-check.js': 'embed-beacon/check-part.ts',
  'beacon-portable.js': 'embed-beacon/portable-part.ts',
  'beacon-pins.js': 'embed-beacon/pins-part.ts',
  'beacon-inline.js': 'embed-beacon/inline.ts',
  'beacon-preview.js': 'embed-beacon/preview.ts',
  'dgos-sw.js': 'embed-beacon/worker/worker.ts',
  'dgos-sw-register.js': 'embed-beacon/worker/register.ts',
  'dgos-sw-tombstone.js': 'embed-beacon/worker/tombstone.ts',
}

/** Served side by side under these names, with CORS open. */
export const beaconNames: readonly string[] = ['beacon.js', ...Object.keys(beaconScripts)]

export const recipes: readonly Recipe[] = [
  { names: beaconNames, make: makeBeacon },
  alone('form.js', () => bundled('activation/doors/form/form.ts', { format: 'esm' })),
  alone('form.css', async () => utf8(formStyle)),
  alone('verify.js', () => bundled('mirror/pages/browser/verify.ts')),
  alone('kit.html', makeKit),
]

function alone(name: string, make: () => Promise<Uint8Array>): Recipe {
  return { names: [name], make: async () => new Map([[name, await make()]]) }
}

/** The beacon carries the hashes of its parts: whoever pins beacon.js by `integrity` has pinned everything that it may load. */
async function makeBeacon(): Promise<ReadonlyMap<string, Uint8Array>> {
  const made = new Map<string, Uint8Array>()
  for (const [name, entry] of Object.entries(beaconScripts)) made.set(name, await bundled(entry))
  // SHA-256 for the parts: what every page loads has 4 kB, and four longer hashes would be 64 bytes of it.
  const place = (file: string) => {
    const hash = createHash('sha256').update(made.get(file)!).digest('base64')
    return JSON.stringify({ file, integrity: `sha256-${hash}` })
  }
  const define = {
    noticePart: place('beacon-notice.js'),
    checkPart: place('beacon-check.js'),
    portablePart: place('beacon-portable.js'),
    pinsPart: place('beacon-pins.js'),
  }
  return new Map([['beacon.js', await bundled('embed-beacon/beacon.ts', { define })], ...made])
}

/** The kit's program in one page: its script packed, and its policy naming the hashes of what may run. */
async function makeKit(): Promise<Uint8Array> {
  const script = await bundled('activation/doors/kit/kit.ts')
  const program = new TextDecoder().decode(script)
  const parts = { style: kitStyle, unpack: unpackSource, program }
  const policy = kitPolicy(parts, (text) => createHash('sha256').update(text).digest('base64'))
  const packed = base85(gzipSync(script, { level: 9 }))
  return utf8(kitProgram({ policy, packed, unpack: unpackSource }))
}

/** "sha384-…", as the attribute `integrity` takes it. */
export function integrityOf(bytes: Uint8Array): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`
}
