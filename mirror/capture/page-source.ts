/** The text of a captured page as a parser of HTML reads it, whatever it was sent as. The one way for capturers and page builders. Pure. */
import { decodeHtml } from './charset.ts'
import { xhtmlAsHtml } from './lenient-xml.ts'

export function pageSource(bytes: Uint8Array, type: string): string {
  const text = decodeHtml(bytes, type)
  return /^application\/xhtml\+xml/.test(type) ? xhtmlAsHtml(text) : text
}
