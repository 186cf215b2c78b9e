/** Front pages that only send on: `<meta http-equiv="refresh">`, as browsers follow it. Pure. */
import { readTags } from './html-tokens.ts'
import { resolveUrl } from './url.ts'

/** A page that waits longer is there to be read. */
const waitMaxSeconds = 10

/** False where no reader of these bytes finds a page that sends on: most pages need not be read for it. */
export function mayRefresh(head: Uint8Array): boolean {
  // UTF-16 puts a zero beside each letter.
  return /refresh/i.test(Buffer.from(head).toString('latin1').replaceAll('\0', ''))
}

/** Where the page sends its reader within ten seconds, absolute; null where it stays. What only a browser without scripts obeys does not count. */
export function refreshTarget(html: string, pageUrl: string): string | null {
  const contents: string[] = []
  readTags(html.slice(0, 64 * 1024), unseen, (name, attributes) => {
    const sendsOn = name === 'meta' && attributes.get('http-equiv')?.trim().toLowerCase() === 'refresh'
    if (sendsOn) contents.push(attributes.get('content') ?? '')
  })
  for (const content of contents) {
    const match = /^\s*(?=[0-9.])([0-9]{0,6})(?:\.[0-9.]*)?\s*[;,]?\s*(?:url\s*=\s*)?["']?([^"']*)/i.exec(content)
    const target = match === null || match[2]!.trim() === '' ? null : resolveUrl(match[2]!, pageUrl)
    if (target !== null && Number(match![1]) <= waitMaxSeconds && target !== resolveUrl(pageUrl, pageUrl)) return target
  }
  return null
}

const unseen = new Set(['noscript', 'script', 'style', 'template'])
