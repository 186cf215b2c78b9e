/**
 * Under which names the files of an archive lie on a disk, so that any web server serves them: a page of "/2026/first/" as
 * "2026/first/index.html". What no server would find under its own path (queries, files of other hosts, names that a disk
 * refuses) lies in `_files/` under a name made of its hash, and links are led there. Pure, and the same every time.
 */
import type { ArchivedFile } from '../../protocol/archive.ts'
import { byteLength, compareText, toHex, utf8 } from '../../protocol/bytes.ts'
import type { Sha256 } from '../../protocol/platform.ts'

/** What disks take as one name, with room for "index.html" and a suffix. */
const segmentBytesMax = 200
const nameBytesMax = 900

const suffixes: Readonly<Record<string, string>> = {
  'text/html': '.html',
  'application/xhtml+xml': '.xhtml',
  'text/css': '.css',
  'text/javascript': '.js',
  'application/javascript': '.js',
  'application/json': '.json',
  'application/xml': '.xml',
  'text/xml': '.xml',
  'application/rss+xml': '.xml',
  'application/atom+xml': '.xml',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/svg+xml': '.svg',
  'font/woff2': '.woff2',
  'font/woff': '.woff',
  'application/pdf': '.pdf',
}

/** The name of each file that is kept, by its path. No two are the same, and none is a folder of another, whatever the case. */
export function revivedNames(files: readonly ArchivedFile[], sha256: Sha256): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  const folders = new Set<string>()
  const fits = (name: string) => {
    const key = name.toLowerCase()
    return !taken.has(key) && !folders.has(key) && foldersOf(key).every((folder) => !taken.has(folder))
  }
  const kept = files.filter((file) => file.blob !== null).sort((a, b) => compareText(a.path, b.path))
  for (const file of kept) {
    const own = ownName(file)
    const name = own !== null && fits(own) ? own : hashedName(file, sha256)
    names.set(file.path, name)
    taken.add(name.toLowerCase())
    for (const folder of foldersOf(name.toLowerCase())) folders.add(folder)
  }
  return names
}

/** The address of a name below the site's base: folders for their index pages, each segment as URLs write it. */
export function placeOf(name: string): string {
  const place = name.replace(/(^|\/)index\.html$/, '$1')
  return place.split('/').map(encodeURIComponent).join('/')
}

function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

/** null where no web server would find the file under its path. */
function ownName({ path, type }: ArchivedFile): string | null {
  if (!path.startsWith('/') || path.includes('?')) return null
  const segments = path.slice(1).split('/').map(decoded)
  if (segments.some((segment) => segment === null)) return null
  const last = segments.at(-1)!
  const isPage = /^text\/html(;|$)/.test(type)
  const inner = segments.slice(0, -1)
  if (inner.some((segment) => segment === '')) return null
  if (isPage && last === '') return joined([...inner, 'index.html'])
  if (isPage && !/\.(html?)$/i.test(last!)) return joined([...segments, 'index.html'])
  return last === '' || !/\.[a-z0-9]{1,8}$/i.test(last!) ? null : joined(segments)
}

function joined(segments: readonly (string | null)[]): string | null {
  const name = segments.join('/')
  return byteLength(name) <= nameBytesMax ? name : null
}

/** null for what is no name on some disk: dots alone, hidden files, separators, control characters, names of devices. */
function decoded(segment: string): string | null {
  try {
    const text = decodeURIComponent(segment)
    const bad = /[\p{Cc}/\\:*?"<>|]/u.test(text) || /^\.|[. ]$/.test(text) || text === '_files'
    const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i.test(text)
    return bad || device || byteLength(text) > segmentBytesMax ? null : text
  } catch {
    return null // no UTF-8
  }
}

function hashedName({ path, type }: ArchivedFile, sha256: Sha256): string {
  const words = path
    .replace(/^https?:\/\//, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  const hash = toHex(sha256(utf8(path))).slice(0, 16)
  return `_files/${words === '' ? '' : `${words}-`}${hash}${suffixes[type.split(';')[0]!] ?? ''}`
}
