/**
 * The list of a blog's whole archive: every file by its path, in parts that are cut by the path's hash, so that one new post
 * changes one part. A part has one form only, and whoever reads it refuses every other. Pure.
 *
 *   part  = *( sha256 TAB bytes TAB type TAB path LF ), sorted by path, no path twice
 *   sha256 is "-" where the file is left out (larger than a blob may be); its bytes and type are told all the same
 */

import type { BlogObjects } from './blog-objects.ts'
import { compareText, textOf, toHex, utf8 } from './bytes.ts'
import { currentHead, distrustSince } from './heads.ts'
import { headSigners, isOnline, keyRolesOf } from './key-roles.ts'
import { archivePartBytesMax, archivePartsMax, blobBytesMax } from './limits.ts'
import { byTime, type Hash, type SignedObject, type Time } from './objects.ts'
import type { Sha256 } from './platform.ts'

export type ArchivedFile = {
  /** Below the blog's address ("/2026/first/"), or the whole URL of a file that stands elsewhere. */
  readonly path: string
  /** null where the file is left out. */
  readonly blob: Hash | null
  readonly bytes: number
  readonly type: string
}

export type ArchivePart = { readonly bytes: Uint8Array; readonly files: readonly ArchivedFile[] }

const line =
  /^([0-9a-f]{64}|-)\t(0|[1-9][0-9]{0,14})\t([a-z]+\/[a-z0-9.+-]+(?:; charset=[a-z0-9_-]+)?)\t((?:\/|https?:\/\/)[!-~]*)$/
const pathBytesMax = 1024
const typeBytesMax = 100

/** The place of a path among `count` parts, a power of two: the first bits of its hash. */
export function archivePartOf(path: string, count: number, sha256: Sha256): number {
  const first = sha256(utf8(path))[0]!
  return Math.floor((first * count) / archivePartsMax)
}

/** The fewest parts of which none is too large. null where even the most are not enough. A path given twice throws. */
export function archiveParts(files: readonly ArchivedFile[], sha256: Sha256): readonly ArchivePart[] | null {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path))
  const twice = sorted.find((file, i) => file.path === sorted[i - 1]?.path)
  if (twice !== undefined) throw new RangeError(`twice in one archive: ${twice.path}`)
  for (let count = 1; count <= archivePartsMax; count *= 2) {
    const filled: ArchivedFile[][] = Array.from({ length: count }, () => [])
    for (const file of sorted) filled[archivePartOf(file.path, count, sha256)]!.push(file)
    const parts = filled.map((part) => ({ bytes: utf8(part.map(lineOf).join('')), files: part }))
    if (parts.every((part) => part.bytes.length <= archivePartBytesMax)) return parts
  }
  return null
}

function lineOf({ path, blob, bytes, type }: ArchivedFile): string {
  return `${blob ?? '-'}\t${bytes}\t${type}\t${path}\n`
}

/** The files of one part, or null where it is not in its one form or holds a path that belongs to another part. */
export function readArchivePart(
  bytes: Uint8Array,
  place: { readonly part: number; readonly of: number },
  sha256: Sha256,
): readonly ArchivedFile[] | null {
  if (bytes.length > archivePartBytesMax) return null
  const text = textOf(bytes)
  if (text === null || (text !== '' && !text.endsWith('\n'))) return null
  const files: ArchivedFile[] = []
  for (const entry of text.split('\n').slice(0, -1)) {
    const [, blob, size, type, path] = line.exec(entry) ?? []
    if (path === undefined || path.length > pathBytesMax || type!.length > typeBytesMax) return null
    const before = files.at(-1)
    if (before !== undefined && compareText(before.path, path) >= 0) return null
    if (archivePartOf(path, place.of, sha256) !== place.part) return null
    const file = { path, blob: blob === '-' ? null : blob!, bytes: Number(size), type: type! }
    if (file.blob !== null && file.bytes > blobBytesMax) return null
    files.push(file)
  }
  return files
}

/** What an archive object says of its files. */
export function archiveCounts(files: readonly ArchivedFile[]) {
  const kept = files.filter((file) => file.blob !== null)
  return {
    files: kept.length,
    bytes: kept.reduce((sum, file) => sum + file.bytes, 0),
    leftOut: files.length - kept.length,
  }
}

/** Whether a number of parts is one that lists are cut into: a power of two. */
export function isPartCount(count: number): boolean {
  return count >= 1 && count <= archivePartsMax && (count & (count - 1)) === 0
}

/** The newest archive that a present head signer has signed and the author does not distrust, or null. */
export function currentArchive(blog: BlogObjects, nowMs: Time): SignedObject<'archive'> | null {
  const roles = keyRolesOf(blog)
  if (roles === null || roles.chain.current.payload.closed === true) return null
  const distrusted = distrustSince(blog, roles)
  const order = headSigners(roles, nowMs)
  const good = blog.archive.filter(
    ({ payload: { key, time } }) => order.includes(key) && !(isOnline(roles, key) && time >= distrusted),
  )
  const signer = currentHead(blog, nowMs)?.payload.key
  const own = good.filter((archive) => archive.payload.key === signer)
  return [...(own.length > 0 ? own : good)].sort(byTime).at(-1) ?? null
}

/** The name of a list: of two with one name every part is the same. */
export function archiveName(parts: readonly { readonly blob: Hash }[], sha256: Sha256): Hash {
  return toHex(sha256(utf8(parts.map((part) => part.blob).join('\n'))))
}
