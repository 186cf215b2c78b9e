/** What bytes are, by their first bytes; and the `data:` URLs that may stay. A declared type is only a claim. */

/** Placeholders and icons. Larger pictures belong in files, where they are counted. */
const imageCharactersMax = 48 * 1024
const fontCharactersMax = 400 * 1024

/** The type of a raster image or font, or null for anything else (scripts, documents, svg). */
export function sniffedType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  if (/^RIFF....WEBP/s.test(head)) return 'image/webp'
  if (/^....ftyp(avif|avis|mif1|heic)/s.test(head)) return 'image/avif'
  if (/^\0\0[\x01\x02]\0/.test(head)) return 'image/x-icon'
  if (/^BM.{4}\0\0\0\0/s.test(head)) return 'image/bmp'
  if (head.startsWith('wOF2')) return 'font/woff2'
  if (head.startsWith('wOFF')) return 'font/woff'
  if (/^(\0\x01\0\0|true|ttcf)/.test(head)) return 'font/ttf'
  return head.startsWith('OTTO') ? 'font/otf' : null
}

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'image/x-icon': 'ico',
}

/** How a file of that type is called: "png", "woff2", "css". */
export function fileExtension(type: string): string {
  return extensions[type] ?? type.split('/')[1]!
}

/** The URL again, in one spelling, where it holds a small raster image or a font; else null. */
export function inertDataUrl(reference: string): string | null {
  const match = /^data:[^,]{0,200};\s*base64\s*,([A-Za-z0-9+/=\s%]*)$/i.exec(reference.trim())
  if (match === null || reference.length > fontCharactersMax) return null
  const bytes = Buffer.from(match[1]!.replace(/%2b/gi, '+').replace(/%2f/gi, '/').replace(/%3d/gi, '='), 'base64')
  const type = sniffedType(bytes)
  if (type === null || (type.startsWith('image/') && reference.length > imageCharactersMax)) return null
  return `data:${type};base64,${bytes.toString('base64')}`
}

/** Text of an svg picture in a `data:` URL, or null. */
export function svgInDataUrl(reference: string): string | null {
  const match = /^data:\s*image\/svg\+xml\s*((?:;[^,;]{0,60})*),([\s\S]*)$/i.exec(reference.trim())
  if (match === null || reference.length > fontCharactersMax) return null
  if (/;\s*base64\s*$/i.test(match[1]!)) return Buffer.from(match[2]!, 'base64').toString('utf8')
  try {
    return decodeURIComponent(match[2]!)
  } catch {
    return match[2]! // browsers, too, leave a lone percent sign alone
  }
}
