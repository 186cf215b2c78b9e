import { utf8 } from '../../../protocol/bytes.ts'

const head = '<?xml version="1.0"?><rss version="2.0"><channel><title>a</title>'

/** Articles without end. */
export function endlessFeed(bytes = 4 * 1024 * 1024): Uint8Array {
  return utf8(`${head}${'<item><link>/a</link></item>'.repeat(bytes / 28)}`)
}

/** Elements, each in the one before. */
export function nestedFeed(bytes = 4 * 1024 * 1024): Uint8Array {
  return utf8(`${head}<item>${'<a>'.repeat(bytes / 3)}`)
}

/** Entities that name entities (the billion laughs, 2002). */
export function laughingFeed(): Uint8Array {
  const entity = (n: number) => `<!ENTITY a${n} "${`&a${n - 1};`.repeat(10)}">`
  const entities = Array.from({ length: 12 }, (_, n) => entity(n + 1)).join('')
  return utf8(`<!DOCTYPE rss [<!ENTITY a0 "ha">${entities}]><rss><channel><title>&a12;</title></channel></rss>`)
}

/** One article whose text is a page that asks for millions of elements. */
export function feedOf(page: Uint8Array): Uint8Array {
  const text = Buffer.from(page).toString('utf8').replaceAll(']]>', '')
  return utf8(`${head}<item><link>/a</link><description><![CDATA[${text}]]></description></item></channel></rss>`)
}
