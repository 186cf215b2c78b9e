/** Front pages that only send on: `<meta http-equiv="refresh">`, as browsers follow it. Pure. */
import { resolveUrl } from './url.ts'

/** A page that waits longer is there to be read. */
const waitMaxSeconds = 10

/** Where the page sends its reader within ten seconds, absolute; null where it stays. What only a browser without scripts obeys does not count. */
export function refreshTarget(html: string, pageUrl: string): string | null {
  const seen = html
    .slice(0, 64 * 1024)
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<(noscript|script|style|template)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
  for (const [tag] of seen.matchAll(/<meta[\s/][^>]{0,2000}>/gi)) {
    if (!/http-equiv\s*=\s*["']?\s*refresh\b/i.test(tag)) continue
    const content = /content\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag)
    const match = /^\s*([0-9]{1,6})(?:\.[0-9]*)?\s*[;,]?\s*(?:url\s*=\s*)?["']?([^"']*)/i.exec(
      content?.[1] ?? content?.[2] ?? content?.[3] ?? '',
    )
    const target = match === null || match[2]!.trim() === '' ? null : resolveUrl(decoded(match[2]!), pageUrl)
    if (target !== null && Number(match![1]) <= waitMaxSeconds && target !== resolveUrl(pageUrl, pageUrl)) return target
  }
  return null
}

function decoded(text: string): string {
  return text.replace(/&amp;|&#0*38;|&#x0*26;/gi, '&')
}
