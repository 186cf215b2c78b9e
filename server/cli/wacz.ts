/**
 * A copy as a web archive: WARC 1.1 (ISO 28500:2017) within WACZ 1.1.1 (Webrecorder), which ReplayWeb.page and its like open.
 * Each captured file is a response record of its own gzip member, listed in a CDXJ index; the signed objects lie beside it,
 * so that anybody can still prove whose words these are.
 */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { utf8 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'

export type ArchivedFile = {
  readonly url: string
  readonly type: string
  readonly bytes: Uint8Array
  /** Set on pages that a reader may start from. */
  readonly title?: string
}
export type ArchiveInput = {
  readonly title: string
  readonly address: string
  readonly capturedMs: number
  readonly nowMs: number
  readonly blog: Hash
  readonly files: readonly ArchivedFile[]
  /** The signed envelopes as JSON. */
  readonly objects: Uint8Array
}

const software = 'dgos/0.1'

export function waczOf(input: ArchiveInput): Uint8Array {
  const { warc, index } = warcOf(input)
  const resources: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ['archive/data.warc.gz', warc],
    ['indexes/index.cdx', utf8(index)],
    ['pages/pages.jsonl', utf8(pagesOf(input))],
    ['dgos/objects.json', input.objects],
  ]
  const main = input.files.find((file) => file.title !== undefined)
  const described = {
    profile: 'data-package',
    wacz_version: '1.1.1',
    title: input.title,
    software,
    created: new Date(input.nowMs).toISOString(),
    modified: new Date(input.nowMs).toISOString(),
    ...(main === undefined ? {} : { mainPageUrl: main.url, mainPageDate: iso(input.capturedMs) }),
    resources: resources.map(([name, bytes]) => ({
      name: name.replace(/^.*\//, ''),
      path: name,
      hash: digest(bytes),
      bytes: bytes.length,
    })),
  }
  const datapackage = utf8(JSON.stringify(described, null, 2))
  const check = utf8(JSON.stringify({ path: 'datapackage.json', hash: digest(datapackage) }))
  const whole = { ...Object.fromEntries(resources), 'datapackage.json': datapackage, 'datapackage-digest.json': check }
  // Stored, not packed: readers take a record from the middle of the archive by its offset.
  return zipSync(whole, { level: 0, mtime: input.nowMs })
}

/** Each record is a gzip member of its own, so that a reader takes one out by its offset and length. */
function warcOf({ title, capturedMs, blog, files }: ArchiveInput): { warc: Uint8Array; index: string } {
  const info = `software: ${software}\r\nformat: WARC File Format 1.1\r\ntitle: ${title.replace(/[\r\n]+/g, ' ')}\r\n`
  const members: Buffer[] = [
    record(
      { type: 'warcinfo', name: `${blog} info`, timeMs: capturedMs, content: 'application/warc-fields' },
      utf8(info),
    ),
  ]
  let offset = members[0]!.length
  const lines: string[] = []
  for (const file of files) {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: ${file.type}\r\nContent-Length: ${file.bytes.length}\r\n\r\n`
    const block = Buffer.concat([utf8(head), file.bytes])
    const fields = { type: 'response', name: `${blog} ${file.url}`, timeMs: capturedMs, url: file.url }
    const payload = digest(file.bytes)
    const member = record({ ...fields, content: 'application/http; msgtype=response', payload }, block)
    const place = { offset: String(offset), length: String(member.length), filename: 'data.warc.gz' }
    const seen = { url: file.url, mime: file.type.split(';')[0]!, status: '200', digest: payload }
    lines.push(`${surt(file.url)} ${stamp(capturedMs)} ${JSON.stringify({ ...seen, ...place })}`)
    members.push(member)
    offset += member.length
  }
  return { warc: Buffer.concat(members), index: `${lines.sort().join('\n')}\n` }
}

type RecordFields = {
  readonly type: string
  readonly name: string
  readonly timeMs: number
  readonly content: string
  readonly url?: string
  readonly payload?: string
}

function record({ type, name, timeMs, content, url, payload }: RecordFields, block: Uint8Array): Buffer {
  const lines = [
    'WARC/1.1',
    `WARC-Type: ${type}`,
    `WARC-Record-ID: <urn:uuid:${uuidOf(name)}>`,
    `WARC-Date: ${iso(timeMs)}`,
    ...(url === undefined ? [] : [`WARC-Target-URI: ${url}`]),
    `WARC-Block-Digest: ${digest(block)}`,
    ...(payload === undefined ? [] : [`WARC-Payload-Digest: ${payload}`]),
    `Content-Type: ${content}`,
    `Content-Length: ${block.length}`,
  ]
  return gzipSync(Buffer.concat([utf8(`${lines.join('\r\n')}\r\n\r\n`), block, utf8('\r\n\r\n')]), { level: 9 })
}

function pagesOf({ files, capturedMs, blog }: ArchiveInput): string {
  const pages = files.filter((file) => file.title !== undefined)
  const rows = pages.map(({ url, title }) => ({ id: uuidOf(`${blog} page ${url}`), url, ts: iso(capturedMs), title }))
  return [{ format: 'json-pages-1.0', id: 'pages', title: 'Pages' }, ...rows]
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('')
}

/** "com,example)/path?query": the order in which archives look addresses up. */
export function surt(url: string): string {
  const { hostname, port, pathname, search } = new URL(url)
  const host = /^[\d.]+$|:/.test(hostname)
    ? hostname
    : hostname
        .replace(/^www\./, '')
        .split('.')
        .reverse()
        .join(',')
  return `${host}${port === '' ? '' : `:${port}`})${pathname}${search}`.toLowerCase()
}

/** Named by what it is of: the same copy makes the same archive. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function iso(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}

function stamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\D/g, '').slice(0, 14)
}
