/** What kind of file an answer is, in the spelling of the manifest: bytes first, then the header, then the name. */
import { charsetOf } from './charset.ts'

const wireType = /^[a-z]+\/[a-z0-9.+-]+$/
const generic = ['application/octet-stream', 'binary/octet-stream', 'text/plain', 'application/force-download', '']

const byExtension: Readonly<Record<string, string>> = {
  css: 'text/css',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  bmp: 'image/bmp',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  html: 'text/html',
  htm: 'text/html',
}

const magics: readonly { readonly at: number; readonly text: string; readonly type: string }[] = [
  { at: 0, text: '\x89PNG\r\n\x1a\n', type: 'image/png' },
  { at: 0, text: '\xff\xd8\xff', type: 'image/jpeg' },
  { at: 0, text: 'GIF8', type: 'image/gif' },
  { at: 8, text: 'WEBP', type: 'image/webp' },
  { at: 4, text: 'ftypavif', type: 'image/avif' },
  { at: 0, text: '\x00\x00\x01\x00', type: 'image/x-icon' },
  { at: 0, text: 'wOF2', type: 'font/woff2' },
  { at: 0, text: 'wOFF', type: 'font/woff' },
  { at: 0, text: 'OTTO', type: 'font/otf' },
  { at: 0, text: '\x00\x01\x00\x00\x00', type: 'font/ttf' },
]

/** `type/subtype`, with `; charset=…` where the header named one and the file is text. Never longer than the wire takes. */
export function mediaType(header: string, url: string, bytes: Uint8Array): string {
  const named = header.split(';')[0]!.trim().toLowerCase()
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  const seen = magics.find(({ at, text }) => head.startsWith(text, at))?.type
  const extension = /\.([a-z0-9]{1,5})(?:\?|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  const honest = generic.includes(named) || !wireType.test(named) || named.length > 60 ? null : named
  const type =
    seen ?? honest ?? (named === '' ? markupType(bytes) : null) ?? byExtension[extension] ?? 'application/octet-stream'
  const charset = charsetOf(header)?.replace(/[^a-z0-9_-]/g, '')
  return charset && /^text\/|xml$|json$/.test(type) ? `${type}; charset=${charset.slice(0, 30)}` : type
}

/** What a server that names no type sends, where its first characters tell (WHATWG MIME Sniffing, 7.1). */
function markupType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 512))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (/^<\?xml[\s?]/i.test(head)) return /<html[\s>]/i.test(head) ? 'application/xhtml+xml' : 'text/xml'
  return /^<(!doctype html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|!--|meta|link)[\s>]/i.test(
    head,
  )
    ? 'text/html'
    : null
}

export function isHtml(type: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)(;|$)/.test(type)
}

/** Whether a file of this type can be an asset. A page in the place of an image is an error page of the origin. */
export function fitsAsset(type: string, kind: 'style' | 'image' | 'font' | 'icon'): boolean {
  if (kind === 'style') return /^text\/(css|plain)/.test(type) || type === 'application/octet-stream'
  if (kind === 'font')
    return /^(font\/|application\/(x-)?font|application\/vnd\.ms-fontobject|application\/octet-stream)/.test(type)
  return type.startsWith('image/')
}
