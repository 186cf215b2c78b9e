/**
 * The one reader of what browsers get. A built package carries the files ready in `built/`; in development each is made
 * when first asked for, so that a start does not wait for what nobody reads.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Hash } from '../../protocol/objects.ts'
import { integrityOf, recipes } from './recipes.ts'

export type BrowserFile = {
  readonly name: string
  /** For the header `content-type`. */
  readonly type: string
  readonly bytes: Uint8Array
  /** SHA-256 in hex. */
  readonly hash: Hash
  /** "sha384-…", as the attribute `integrity` takes it. */
  readonly integrity: string
}

/** The file of a name like "beacon.js", or null where there is none. The same bytes each time. */
export type BrowserFiles = (name: string) => Promise<BrowserFile | null>

/** For members that serve no browsers: simulations, and tests of other things. */
export const noBrowserFiles: BrowserFiles = async () => null

export const browserFileNames: readonly string[] = recipes.flatMap(({ names }) => names)

export function browserFiles(): BrowserFiles {
  const found = new Map<string, Promise<BrowserFile | null>>()
  const made = new Map<(typeof recipes)[number], Promise<ReadonlyMap<string, Uint8Array>>>()
  const find = async (name: string): Promise<BrowserFile | null> => {
    const recipe = recipes.find(({ names }) => names.includes(name))
    if (recipe === undefined) return null
    const ready = await builtFile(name)
    if (ready !== null) return fileOf(name, ready)
    const making = made.get(recipe) ?? recipe.make()
    made.set(recipe, making)
    return fileOf(name, (await making).get(name)!)
  }
  return (name) => {
    const file = found.get(name) ?? find(name)
    found.set(name, file)
    return file
  }
}

/** Every file, for the build of a package. */
export async function allBrowserFiles(): Promise<readonly BrowserFile[]> {
  const files = browserFiles()
  const all = await Promise.all(browserFileNames.map((name) => files(name)))
  return all.map((file) => file!)
}

async function builtFile(name: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(new URL(`../built/${name}`, import.meta.url)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', html: 'text/html' }

function fileOf(name: string, bytes: Uint8Array): BrowserFile {
  return {
    name,
    type: `${types[name.split('.').at(-1)!]}; charset=utf-8`,
    bytes,
    hash: createHash('sha256').update(bytes).digest('hex'),
    integrity: integrityOf(bytes),
  }
}
