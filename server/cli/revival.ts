/**
 * A blog's archive brought together from mirrors that nobody trusts: the list by its signature, each part and each file by
 * its hash. What was fetched before is not fetched again; a mirror that hands out other bytes is told of and left alone.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { nodePlatform } from '../../lib/platform.ts'
import { type ArchivedFile, currentArchive, readArchivePart } from '../../protocol/archive.ts'
import { type BlogObjects, blogObjects } from '../../protocol/blog-objects.ts'
import { toHex } from '../../protocol/bytes.ts'
import { acceptedBlog } from '../../protocol/evidence.ts'
import { currentHead } from '../../protocol/heads.ts'
import { byDependency } from '../../protocol/kinds.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import { blogOf } from './author-blog.ts'
import { CommandFailed } from './command.ts'
import type { MemberClient } from './member-client.ts'

export type Holder = { readonly url: string; blob(hash: Hash): Promise<Uint8Array | null> }
export type Found = {
  readonly archive: SignedObject<'archive'>
  readonly blog: BlogObjects
  readonly holders: readonly Holder[]
  readonly silent: readonly string[]
}

/** Wrong bytes after which a mirror is asked no more, and files in a row that it does not hand out. */
const liesMax = 3
const refusalsMax = 20
const atOnce = 8

/** The newest archive that any of the members knows, and who may hold its files. The blog's id is all that is believed. */
export async function findArchive(
  first: readonly MemberClient[],
  blog: Hash,
  nowMs: number,
  clientOf: (url: string) => MemberClient,
): Promise<Found> {
  const clients = new Map(first.map((client) => [client.url, client]))
  const silent: string[] = []
  let known = blogObjects(blog, [])
  const asked = new Set<string>()
  for (const url of clients.keys()) {
    if (asked.has(url)) continue
    asked.add(url)
    try {
      const client = clients.get(url)!
      const { roster, objects: network } = await client.network(nowMs)
      const told = await blogOf(client, blog)
      const context = { roster, network, nowMs, platform: nodePlatform }
      const accepted = await acceptedBlog(blog, once([...allOf(known), ...told]).sort(byDependency), context)
      known = accepted.blog
      for (const key of currentHead(known, nowMs)?.payload.mirrors ?? []) {
        const mirror = roster.memberOf(key)
        if (mirror !== null && !clients.has(mirror.url)) clients.set(mirror.url, clientOf(mirror.url))
      }
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      silent.push(`${url}: ${error.message}`)
    }
  }
  const archive = currentArchive(known, nowMs)
  if (archive === null) throw new CommandFailed(nothingFound(known, silent))
  const holders = [...clients.values()].filter(({ url }) => !silent.some((line) => line.startsWith(`${url}:`)))
  return { archive, blog: known, holders, silent }
}

function once(objects: readonly SignedObject[]): SignedObject[] {
  return [...new Map(objects.map((object) => [object.id, object])).values()]
}

function allOf(blog: BlogObjects): readonly SignedObject[] {
  return Object.values(blog).flatMap((value) => (Array.isArray(value) ? (value as SignedObject[]) : []))
}

function nothingFound(known: BlogObjects, silent: readonly string[]): string {
  const asked = silent.length === 0 ? '' : `\nNo answer from: ${silent.join('; ')}`
  if (known.root.length === 0)
    return `No member that answered knows this blog. Check the id, and name a member that mirrors it: --member <url>.${asked}`
  return `No mirror has an archive of this blog yet. Its newest pages can be had: dgos export <folder>.${asked}`
}

export class Revival {
  readonly #holders: readonly Holder[]
  readonly #dir: string
  readonly #lies = new Map<string, number>()
  readonly #refusals = new Map<string, number>()
  fetched = 0
  bytes = 0

  /** `dir` keeps what was fetched, each under its hash, between two tries. */
  constructor(deps: { readonly holders: readonly Holder[] }, options: { readonly dir: string }) {
    this.#holders = deps.holders
    this.#dir = options.dir
  }

  get liars(): readonly string[] {
    return [...this.#lies.keys()]
  }

  /** Every file that the list names. */
  async list({ payload: { parts } }: SignedObject<'archive'>): Promise<readonly ArchivedFile[]> {
    const files: ArchivedFile[] = []
    for (const [part, { blob, bytes: size }] of parts.entries()) {
      const bytes = await this.blob(blob, size)
      if (bytes === null)
        throw new CommandFailed('No mirror hands out the list of files now. Try again later: what was fetched stays.')
      const read = readArchivePart(bytes, { part, of: parts.length }, nodePlatform.sha256)
      if (read === null) throw new CommandFailed('The signed list of files is not in its form: its signer is at fault.')
      files.push(...read)
    }
    return files
  }

  /** Fetches what is not here yet. Paths of files that nobody hands out. */
  async fetchAll(files: readonly ArchivedFile[], tell: (done: number, of: number) => void): Promise<readonly string[]> {
    const wanted = files.filter((file) => file.blob !== null)
    const missing: string[] = []
    let [next, done] = [0, 0]
    const worker = async () => {
      for (let at = next++; at < wanted.length; at = next++) {
        const { blob, bytes, path } = wanted[at]!
        if ((await this.blob(blob!, bytes, at)) === null) missing.push(path)
        tell(++done, wanted.length)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    return missing.sort()
  }

  /** Bytes of this hash and size: of the disk, else of the first mirror that really has them. */
  async blob(hash: Hash, size: number, turn = 0): Promise<Uint8Array | null> {
    const kept = await readFile(this.#placeOf(hash)).catch(() => null)
    if (kept !== null && isBlob(kept, hash, size)) return kept
    const first = turn % (this.#holders.length || 1)
    for (const holder of [...this.#holders.slice(first), ...this.#holders.slice(0, first)]) {
      const { url } = holder
      if ((this.#lies.get(url) ?? 0) >= liesMax || (this.#refusals.get(url) ?? 0) >= refusalsMax) continue
      const bytes = await holder.blob(hash)
      if (bytes === null) this.#refusals.set(url, (this.#refusals.get(url) ?? 0) + 1)
      else if (!isBlob(bytes, hash, size)) this.#lies.set(url, (this.#lies.get(url) ?? 0) + 1)
      else {
        this.#refusals.delete(url)
        await this.#keep(hash, bytes)
        return bytes
      }
    }
    return null
  }

  async #keep(hash: Hash, bytes: Uint8Array): Promise<void> {
    const place = this.#placeOf(hash)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(`${place}.part`, bytes)
    await rename(`${place}.part`, place)
    this.fetched++
    this.bytes += bytes.length
  }

  #placeOf(hash: Hash): string {
    return join(this.#dir, hash.slice(0, 2), hash)
  }
}

function isBlob(bytes: Uint8Array, hash: Hash, size: number): boolean {
  return bytes.length === size && toHex(nodePlatform.sha256(bytes)) === hash
}
