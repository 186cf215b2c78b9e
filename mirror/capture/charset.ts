/**
 * Bytes of the web to text: byte order mark, then the header's charset, then what the document says of itself, then
 * UTF-8 where the bytes are well-formed, else windows-1252. Labels are those of the Encoding standard (TextDecoder).
 */

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
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, prescanBytes)).toString('latin1')
  const decoder = decoderOf(header) ?? decoderOf(selfNamed(inside(head)))
  return decoder === null ? guess(bytes) : decoder.decode(bytes)
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

function guess(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function metaCharset(head: string): string | null {
  for (const [tag] of head.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<meta[\s/][^>]{0,1000}>/gi)) {
    const direct = /[\s"'/]charset\s*=\s*["']?\s*([^\s"'/>;]{1,40})/i.exec(tag)
    if (direct !== null && !/http-equiv/i.test(tag)) return direct[1]!
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
