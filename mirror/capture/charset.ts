/**
 * Bytes of the web to text: byte order mark, then the header's charset, then what the document says of itself, then
 * UTF-8 where the bytes are well-formed, else what their words tell (chardet), else windows-1252. Labels are those of the Encoding standard (TextDecoder).
 */
import { isUtf8 } from 'node:buffer'
import { analyse } from 'chardet'
import { visibleText } from './html-tokens.ts'

/** Where documents may name their charset. The HTML standard says 1024; some themes put long comments first. */
const prescanBytes = 4096

/** A page. Order after the mark: header, `<meta charset>` or `http-equiv`, XML prolog. */
export function decodeHtml(bytes: Uint8Array, contentType: string): string {
  return decode(bytes, charsetOf(contentType), (head) => metaCharset(head) ?? prologCharset(head))
}

/** A feed or other XML. Order after the mark: header, XML prolog. */
export function decodeXml(bytes: Uint8Array, contentType: string): string {
  return decode(bytes, charsetOf(contentType), prologCharset)
}

/** A stylesheet. Order after the mark: header, `@charset`. */
export function decodeCss(bytes: Uint8Array, contentType: string): string {
  return decode(bytes, charsetOf(contentType), (head) => /^@charset "([^"]{1,40})";/.exec(head)?.[1] ?? null)
}

/** The charset parameter of a Content-Type value, in lower case, or null. */
export function charsetOf(contentType: string): string | null {
  return /;\s*charset\s*=\s*["']?([^\s"';,]{1,40})/i.exec(contentType)?.[1]?.toLowerCase() ?? null
}

function decode(bytes: Uint8Array, header: string | null, inside: (head: string) => string | null): string {
  const mark = markOf(bytes)
  if (mark !== null) return new TextDecoder(mark).decode(bytes)
  const head = headOf(bytes)
  const decoder = decoderOf(header) ?? decoderOf(selfNamed(inside(head)))
  return decoder === null ? guess(bytes) : decoder.decode(bytes)
}

function headOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, prescanBytes)).toString('latin1')
}

function markOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return null
}

function decoderOf(label: string | null): TextDecoder | null {
  if (label === null) return null
  try {
    return new TextDecoder(label)
  } catch {
    return null // an unknown label says nothing
  }
}

/** A document that could be read far enough to find the label is not UTF-16 (HTML standard, prescan). */
function selfNamed(label: string | null): string | null {
  if (label === null) return null
  const name = label.trim().toLowerCase()
  return name.startsWith('utf-16') ? 'utf-8' : name === 'x-user-defined' ? 'windows-1252' : name
}

/** Whether the bytes of a page say nothing of their charset, and are no UTF-8: then others may know it. */
export function isUndeclared(bytes: Uint8Array, contentType: string): boolean {
  if (markOf(bytes) !== null || decoderOf(charsetOf(contentType)) !== null) return false
  const head = headOf(bytes)
  return decoderOf(selfNamed(metaCharset(head) ?? prologCharset(head))) === null && !isUtf8(bytes)
}

/**
 * What the words of an undeclared page tell, for the manifest: every mirror then reads the page alike, those without a
 * detector too. null where the page declares its charset, is UTF-8, or is read as windows-1252 by everybody.
 */
export function undeclaredCharset(bytes: Uint8Array, contentType: string): string | null {
  const found = isUndeclared(bytes, contentType) ? detected(bytes).toLowerCase() : 'windows-1252'
  return found === 'windows-1252' || !/^[a-z0-9_-]{1,30}$/.test(found) ? null : found
}

/** The charset that a feed or other XML declares; null where it declares none. */
export function declaredXml(bytes: Uint8Array, contentType: string): string | null {
  const label = charsetOf(contentType) ?? prologCharset(headOf(bytes))?.toLowerCase() ?? null
  return decoderOf(label) === null ? null : label
}

function guess(bytes: Uint8Array): string {
  return utf8Of(bytes) ?? new TextDecoder(detected(bytes)).decode(bytes)
}

function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null // another charset
  }
}

/** Words that are enough to tell a language by; fewer foreign letters say nothing. */
const sampleBytes = 16 * 1024
const lettersMin = 8
const confidenceMin = 20
/** Where bytes stand that the ISO charset does not use, it is its Windows twin. */
const twins: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-2': 'windows-1250',
  'ISO-8859-5': 'windows-1251',
  'ISO-8859-6': 'windows-1256',
  'ISO-8859-7': 'windows-1253',
  'ISO-8859-8': 'windows-1255',
  'ISO-8859-9': 'windows-1254',
}

/** By the words of the text, without its markup: that is the same in every language. */
function detected(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8 * sampleBytes)).toString('latin1')
  const words = visibleText(text).slice(0, sampleBytes)
  if ((words.match(/[\x80-\xff]/g) ?? []).length < lettersMin) return 'windows-1252'
  const found = analyse(Buffer.from(words, 'latin1')).find(
    ({ name, confidence }) => confidence >= confidenceMin && !/^(ASCII|UTF)/.test(name) && decoderOf(name) !== null,
  )
  if (found === undefined) return 'windows-1252'
  return (/[\x80-\x9f]/.test(words) ? twins[found.name] : undefined) ?? found.name
}

/** Longer names are no labels of the Encoding standard. */
const labelCharactersMax = 40

function withoutComments(text: string): string {
  let out = ''
  let at = 0
  for (let start = text.indexOf('<!--'); start >= 0; start = text.indexOf('<!--', at)) {
    const end = text.indexOf('-->', start + 4)
    if (end < 0) break
    out += text.slice(at, start)
    at = end + 3
  }
  return out + text.slice(at)
}

function metaCharset(head: string): string | null {
  for (const [tag] of withoutComments(head).matchAll(/<meta[\s/][^<>]*>/gi)) {
    const direct = /[\s"'/]charset\s*=\s*(?:["']\s*)?([^\s"'/>;]+)/i.exec(tag)
    if (direct !== null && !/http-equiv/i.test(tag)) return direct[1]!.slice(0, labelCharactersMax)
    const content = /content\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag)
    if (/http-equiv\s*=\s*["']?content-type/i.test(tag) && content !== null) {
      const named = charsetOf(content[1] ?? content[2] ?? '')
      if (named !== null) return named
    }
  }
  return null
}

function prologCharset(head: string): string | null {
  return /^\s*<\?xml\s[^>]{0,300}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(head)?.[1] ?? null
}
