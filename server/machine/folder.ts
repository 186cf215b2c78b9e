/**
 * A member's data folder. Its format is named in the file FORMAT; a folder of another format is refused, not guessed at.
 *
 *   FORMAT  config.json  network.json  dgos.sqlite  blobs/  pages/
 *   keys/member.key  keys/next.key  keys/operator.key  keys/zone-<name>.json      mode 600, folder 700
 */
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartRefused } from './start-refused.ts'

export type Folder = {
  readonly root: string
  readonly config: string
  readonly network: string
  readonly database: string
  readonly blobs: string
  readonly pages: string
  /** What the DNS hook was last told. */
  readonly dnsHook: string
  readonly keys: { readonly member: string; readonly next: string; readonly operator: string }
  /** The keys of one zone of names. */
  readonly zoneKeys: (apex: string) => string
}

const format = '1'

export function folderAt(root: string): Folder {
  const keys = join(root, 'keys')
  return {
    root,
    config: join(root, 'config.json'),
    network: join(root, 'network.json'),
    database: join(root, 'dgos.sqlite'),
    blobs: join(root, 'blobs'),
    pages: join(root, 'pages'),
    dnsHook: join(root, 'dns-hook.json'),
    keys: { member: join(keys, 'member.key'), next: join(keys, 'next.key'), operator: join(keys, 'operator.key') },
    zoneKeys: (apex) => join(keys, `zone-${apex}.json`),
  }
}

/** Makes what is missing. Refuses a folder of another format, and one that others may read. */
export async function prepareFolder(folder: Folder): Promise<void> {
  await mkdir(folder.root, { recursive: true, mode: 0o700 })
  await requireClosed(folder)
  await mkdir(join(folder.root, 'keys'), { recursive: true, mode: 0o700 })
  const found = await textOfFile(join(folder.root, 'FORMAT'))
  if (found === null) return writeWhole(join(folder.root, 'FORMAT'), `${format}\n`)
  requireFormat(found, folder)
}

/** Refuses where `dgos init` or `dgos join` has not been here. */
export async function requireFolder(folder: Folder): Promise<void> {
  const found = await textOfFile(join(folder.root, 'FORMAT'))
  if (found === null) {
    throw new StartRefused(`${folder.root} is not a data folder: run "dgos init" or "dgos join" first`)
  }
  requireFormat(found, folder)
  await requireClosed(folder)
}

/** Others may do nothing, and a group no more than read: the database holds secrets of doors, contacts and drafts. */
const looseMode = 0o027

async function requireClosed(folder: Folder): Promise<void> {
  const { mode } = await stat(folder.root)
  if ((mode & looseMode) === 0) return
  const shown = (mode & 0o777).toString(8)
  throw new StartRefused(
    `${folder.root} has mode ${shown}: other users of this machine may look into it. Say: chmod 700 ${folder.root}`,
  )
}

function requireFormat(found: string, folder: Folder): void {
  if (found.trim() !== format) {
    throw new StartRefused(
      `${folder.root} has format ${found.trim().slice(0, 20)}, this program reads format ${format}`,
    )
  }
}

/** The text of a file, null where it does not exist. */
export async function textOfFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Writes a whole file or nothing: beside it, to disk, then in its place. */
export async function writeWhole(path: string, text: string | Uint8Array, mode = 0o600): Promise<void> {
  const beside = `${path}.new`
  await writeFile(beside, text, { mode })
  const handle = await open(beside, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, path)
}
