/** A captured page, decoded and parsed once. */
import type { SnapshotPage } from '../../protocol/objects.ts'
import { type Document, parsePage } from './html-resources.ts'
import { essenceOf, type PageFacts, pageFacts } from './page-facts.ts'
import { pageSource } from './page-source.ts'
import { pathBelow, resolveUrl } from './url.ts'

export type ReadPage = { readonly file: SnapshotPage; readonly facts: PageFacts; readonly document: Document }

/** `from` is where the page came from after redirects: the base of its references, and its `url` in the manifest. */
export function readPage(
  path: string,
  visit: {
    readonly url: string
    readonly from: string
    readonly blob: string
    readonly type: string
    readonly bytes: number
  },
  body: Uint8Array,
): ReadPage {
  const url = resolveUrl(visit.from, visit.from) ?? visit.url
  const document = parsePage(pageSource(body, visit.type))
  const facts = pageFacts(document, url)
  const { blob, type, bytes } = visit
  const title = facts.title === '' ? {} : { title: facts.title }
  return { file: { path, url, blob, type, bytes, ...title }, facts, document }
}

/** Whether two fetches of a page say and need the same, whatever nonces and counters their bytes hold. */
export function sameEssence(a: ReadPage, b: ReadPage): boolean {
  return (
    a.file.blob === b.file.blob ||
    (a.file.url === b.file.url &&
      essenceOf(a.facts, a.document, a.file.url) === essenceOf(b.facts, b.document, b.file.url))
  )
}

/** The page under the path it gives itself: feeds link with campaign parameters, the blog's own links do without. */
export function underCanonicalPath(page: ReadPage, address: string): ReadPage {
  const path = page.facts.canonical === null ? null : pathBelow(page.facts.canonical, address)
  return path === null || path === '/' ? page : { ...page, file: { ...page.file, path } }
}
