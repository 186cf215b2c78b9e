/** What `dgos revive` writes: a site and its bytes as they were, or files for other blog software. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { nodePlatform } from '../../lib/platform.ts'
import { urlOf } from '../../mirror/archive/archive-keeper.ts'
import { placeOf, revivedNames } from '../../mirror/archive/revived-names.ts'
import { type RevivedSite, revivedPage, revivedSheet } from '../../mirror/archive/revived-pages.ts'
import { revivedPost } from '../../mirror/archive/revived-posts.ts'
import { pathBelow } from '../../mirror/capture/url.ts'
import type { ArchivedFile } from '../../protocol/archive.ts'
import { encodeBase64 } from '../../protocol/base64.ts'
import { CommandFailed } from './command.ts'
import type { Revival } from './revival.ts'
import { type ArchivedPost, markdownExport, type RevivedBlog, wordpressExport } from './revived-exports.ts'

export type Revived = RevivedBlog & {
  readonly base: string
  readonly files: readonly ArchivedFile[]
  readonly revival: Revival
}
export type Written = { readonly files: number; readonly lines: readonly string[] }

/** Both trees: `raw/` byte for byte, `site/` with its links led to where the files lie now. */
export async function writeSite(out: string, { address, base, files, revival }: Revived): Promise<Written> {
  const names = revivedNames(files, nodePlatform.sha256)
  const site = { address, base, names }
  let written = 0
  for (const { path, blob, bytes, type } of files) {
    const name = names.get(path)
    const body = blob === null || name === undefined ? null : await revival.blob(blob, bytes)
    if (body === null) continue
    await write(join(out, 'raw', name!), body)
    await write(join(out, 'site', name!), revivedFile(body, type, urlOf(path, address), site))
    written++
  }
  const rows = files.map(({ path, blob, type }) =>
    [names.get(path) ?? '-', blob ?? '-', type, urlOf(path, address)].join('\t'),
  )
  await write(join(out, 'raw.tsv'), `name\tsha256\ttype\taddress\n${rows.join('\n')}\n`)
  const line = `${written} files of ${address} in ${join(out, 'site')}; as they were in ${join(out, 'raw')}`
  return { files: written, lines: [line] }
}

function revivedFile(body: Uint8Array, type: string, url: string, site: RevivedSite): Uint8Array | string {
  if (isPage(type)) return revivedPage(body, type, url, site)
  return /^text\/css(;|$)/.test(type) ? revivedSheet(body, type, url, site) : body
}

/** A file, or a folder of files, that other blog software imports. Pictures come along. */
export async function writeImport(out: string, form: 'wordpress' | 'markdown', revived: Revived): Promise<Written> {
  const { files, revival, address } = revived
  const names = revivedNames(files, nodePlatform.sha256)
  const pictures = new Map<string, ArchivedFile>()
  for (const file of files)
    if (/^image\//.test(file.type) && file.blob !== null) pictures.set(urlOf(file.path, address), file)
  const used = new Set<string>()
  const file = (url: string) => {
    const found = pictures.get(url)
    if (found === undefined) return null
    used.add(url)
    return `/archived/${placeOf(names.get(found.path)!)}`
  }
  const page = (url: string) => (pathBelow(url, address) === null ? null : new URL(url).pathname + new URL(url).search)
  const links = { file, sheet: () => null, page, drawing: () => null }
  const posts: ArchivedPost[] = []
  for (const { path, blob, bytes, type } of files) {
    const body = blob === null || !isPage(type) ? null : await revival.blob(blob, bytes)
    const post = body === null ? null : revivedPost(body, type, urlOf(path, address), links)
    if (post !== null) posts.push({ ...post, path })
  }
  if (form === 'wordpress') {
    const inside = new Map<string, string>()
    for (const url of used) {
      const { blob, bytes, type, path } = pictures.get(url)!
      const body = await revival.blob(blob!, bytes)
      const data = body === null ? null : `data:${type.split(';')[0]};base64,${encodeBase64(body)}`
      if (data !== null) inside.set(`/archived/${placeOf(names.get(path)!)}`, data)
    }
    const whole = posts.map((post) => ({ ...post, html: withPictures(post.html, inside) }))
    await write(join(out, 'wordpress.xml'), wordpressExport(revived, whole))
    const how = `${posts.length} posts and pages in ${join(out, 'wordpress.xml')}: WordPress → Tools → Import → WordPress`
    return { files: 1, lines: [how] }
  }
  for (const [name, text] of markdownExport(posts)) await write(join(out, 'content', name), text)
  for (const url of used) {
    const picture = pictures.get(url)!
    const body = await revival.blob(picture.blob!, picture.bytes)
    if (body !== null) await write(join(out, 'static', 'archived', names.get(picture.path)!), body)
  }
  const how = `${posts.length} posts in ${join(out, 'content')}, ${used.size} pictures in ${join(out, 'static')}. Hugo needs markup.goldmark.renderer.unsafe = true, since the articles are HTML.`
  return { files: posts.length + used.size, lines: [how] }
}

function withPictures(markup: string, inside: ReadonlyMap<string, string>): string {
  return markup.replace(/ src="(\/archived\/[^"]{1,1000})"/g, (src, place: string) => {
    const data = inside.get(place)
    return data === undefined ? src : ` src="${data}"`
  })
}

function isPage(type: string): boolean {
  return /^text\/html(;|$)/.test(type)
}

async function write(place: string, content: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, content)
  } catch (error) {
    throw new CommandFailed(`${place} cannot be written: ${(error as Error).message}`)
  }
}
