/**
 * The pages of a member as files, so that nginx or Caddy can answer readers alone, also while the member restarts:
 *
 *   <dir>/m/example.org/index.html (.gz, .br)   only while the blog is not up: else readers are sent home by the member
 *   <dir>/m/example.org/copy/…/index.html       feed.xml  feed.json  p/<post>/index.html  blob/<hash>.<type>
 *   <dir>/nginx.conf                            locations with the same headers, to include in a server block
 *
 * Each file is written beside its place and renamed into it: a reader gets the old page or the new one. What is not in
 * the rendered site is removed, so that what the author asked to forget is gone here too.
 */
import type { Dirent } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Log } from '../../lib/log.ts'
import type { Prepared } from '../../mirror/pages/answers.ts'
import { fileExtension, sniffedType } from '../../mirror/pages/inert-data.ts'
import type { Site } from '../../mirror/pages/site.ts'
import type { SiteTree } from '../../mirror/pages/site-folders.ts'
import { addressesOfHostPath } from '../../protocol/addresses.ts'
import type { Hash } from '../../protocol/objects.ts'
import { frontConfig } from './page-tree-nginx.ts'

export type PageTreeDeps = { readonly blob: (hash: Hash) => Promise<Uint8Array | null>; readonly log: Log }
export type PageTreeOptions = { readonly dir: string; readonly styleHash: string; readonly contentUrl: string | null }

export class PageTree implements SiteTree {
  readonly #deps: PageTreeDeps
  readonly #options: PageTreeOptions
  /** File → hash of what was written there by this process. */
  readonly #written = new Map<string, string>()
  /** Picture or font below a blog's folder → its file, whose ending its bytes decide. */
  readonly #blobs = new Map<string, string>()
  #turn: Promise<void> = Promise.resolve()

  constructor(deps: PageTreeDeps, options: PageTreeOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Writes the fragment for nginx. */
  async start(): Promise<void> {
    await openFolder(this.#options.dir)
    await put(join(this.#options.dir, 'nginx.conf'), Buffer.from(frontConfig(this.#options)))
  }

  /** Those with a front page first. What is no name of a blog was put there by somebody else, and is left alone. */
  async names(): Promise<readonly string[]> {
    const fronts: string[] = []
    const others: string[] = []
    const look = async (name: string) => {
      const entries = await entriesOf(join(this.#options.dir, 'm', name))
      const own = entries.filter((entry) => !isPathFolder(entry))
      const isBlog = own.length > 0 && addressesOfHostPath(name).length > 0
      if (isBlog) (own.some((dirent) => dirent.name === 'index.html') ? fronts : others).push(name)
      return entries.filter(isPathFolder).map((entry) => `${name}/${entry.name}`)
    }
    for (const host of await entriesOf(join(this.#options.dir, 'm'))) {
      if (!host.isDirectory()) continue
      for (const name of await look(host.name)) await look(name)
    }
    return [...fronts, ...others]
  }

  /** Brings the files of one blog to what was rendered. */
  write(site: Site): Promise<void> {
    return this.#inTurn(site.name, () => this.#writeNow(site))
  }

  /** Removes the files of one blog. */
  erase(name: string): Promise<void> {
    return this.#inTurn(name, async () => {
      const root = join(this.#options.dir, 'm', name)
      await this.#clear(root, new Set())
      const folders = (await entriesOf(root)).filter((entry) => !isPathFolder(entry))
      for (const folder of folders) await rm(join(root, folder.name), { recursive: true })
      for (const folder of name.includes('/') ? [root, dirname(root)] : [root])
        if ((await entriesOf(folder)).length === 0) await rm(folder, { recursive: true, force: true })
    })
  }

  /** One blog after the other. A full disk costs the tree, never the member. */
  #inTurn(name: string, act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      try {
        await act()
      } catch (error) {
        this.#deps.log.warn('page-tree', { name, error: String(error) })
      }
    })
    return this.#turn
  }

  async #writeNow(site: Site): Promise<void> {
    const root = join(this.#options.dir, 'm', site.name)
    const wanted = new Set<string>()
    for (const [place, answer] of site.places) {
      if (place.endsWith('?copy') || place === 'verify' || !('answers' in answer)) continue
      const type = place.startsWith('blob/') ? contentType(answer) : null
      const file = join(root, type === null ? fileOf(place) : `${place}.${fileExtension(type)}`)
      for (const path of await this.#page(file, answer)) wanted.add(path)
    }
    for (const hash of site.files) {
      const file = await this.#blob(root, hash)
      if (file !== null) wanted.add(file)
    }
    await this.#clear(root, wanted)
  }

  async #page(file: string, answer: Prepared): Promise<readonly string[]> {
    const forms = [
      [file, answer.answers.identity],
      [`${file}.gz`, answer.answers.gzip],
      [`${file}.br`, answer.answers.br],
    ] as const
    const kept = forms.filter(([name, form]) => name === file || form !== answer.answers.identity)
    if (this.#written.get(file) !== answer.hash) {
      for (const [name, form] of kept) await put(name, form.body)
      this.#written.set(file, answer.hash)
    }
    return kept.map(([name]) => name)
  }

  async #blob(root: string, hash: Hash): Promise<string | null> {
    const known = this.#blobs.get(join(root, hash))
    if (known !== undefined) return known
    const bytes = await this.#deps.blob(hash)
    const type = bytes === null ? null : sniffedType(bytes)
    if (bytes === null || type === null) return null
    const file = join(root, 'blob', `${hash}.${fileExtension(type)}`)
    await put(file, bytes)
    this.#blobs.set(join(root, hash), file)
    return file
  }

  /** Removes what is not wanted. Another blog may live below (`~path`): folders of that name are left alone. */
  async #clear(root: string, wanted: ReadonlySet<string>): Promise<void> {
    for (const entry of await entriesOf(root, true)) {
      const file = join(entry.parentPath, entry.name)
      if (!entry.isFile() || wanted.has(file) || file.slice(root.length).startsWith('/~')) continue
      await rm(file, { force: true })
      this.#written.delete(file)
      this.#blobs.delete(join(root, entry.name.split('.', 1)[0]!))
    }
  }
}

/** Pages are folders with an index, so that "a" and "a/b" can both be pages. */
function fileOf(place: string): string {
  return /^feed\.(xml|rss|json)$/.test(place) ? place : join(place, 'index.html')
}

function contentType(answer: Prepared): string {
  const { headers } = answer.answers.identity
  return headers[headers.indexOf('Content-Type') + 1]!.split(';', 1)[0]!
}

/** A blog of its own below a host, which only shares the folder. */
function isPathFolder(entry: Dirent): boolean {
  return entry.isDirectory() && entry.name.startsWith('~')
}

/** What a folder holds; nothing where there is none. */
async function entriesOf(folder: string, recursive = false): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { recursive, withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The web server in front is another user. */
const readable = { folder: 0o755, file: 0o644 }

async function put(file: string, bytes: Uint8Array): Promise<void> {
  await openFolder(dirname(file))
  const temporary = `${file}.new`
  await writeFile(temporary, bytes)
  await chmod(temporary, readable.file)
  await rename(temporary, file)
}

/** Makes the folders that are missing, for others to read whatever the process's umask says. */
async function openFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let at = resolve(folder); at.length >= first.length; at = dirname(at)) await chmod(at, readable.folder)
}
