/** A captured page, decoded and parsed once. What is kept of it crosses between threads: no tree. */
import type { Job } from '../../lib/workers.ts'
import type { SnapshotPage } from '../../protocol/objects.ts'
import { undeclaredCharset } from './charset.ts'
import { htmlResources, parsePage, type Resource } from './html-resources.ts'
import { essenceOf, type PageFacts, pageFacts } from './page-facts.ts'
import { pageSource } from './page-source.ts'
import { postLinks } from './post-links.ts'
import { pathBelow, resolveUrl } from './url.ts'

export type ReadPage = {
  readonly file: SnapshotPage
  readonly facts: PageFacts
  readonly resources: readonly Resource[]
  /** See `essenceOf`. */
  readonly essence: string
  /** Posts below the blog's address that it leads to. */
  readonly posts: readonly string[]
}

export type PageInput = {
  readonly path: string
  /** `from` is where the page came from after redirects: the base of its references, and its `url` in the manifest. */
  readonly visit: {
    readonly url: string
    readonly from: string
    readonly blob: string
    readonly type: string
    readonly bytes: number
    readonly policy?: string
  }
  readonly body: Uint8Array
  /** The blog's. */
  readonly address: string
}

/** Throws TooCostly. */
export function readPage({ path, visit, body, address }: PageInput): ReadPage {
  const url = resolveUrl(visit.from, visit.from) ?? visit.url
  const told = undeclaredCharset(body, visit.type)
  const type = told === null ? visit.type : `${visit.type}; charset=${told}`
  const document = parsePage(pageSource(body, type))
  const facts = pageFacts(document, url)
  const { blob, bytes, policy } = visit
  const title = facts.title === '' ? {} : { title: facts.title }
  return {
    file: { path, url, blob, type, bytes, ...title, ...(policy === undefined ? {} : { policy }) },
    facts,
    resources: htmlResources(document, url),
    essence: essenceOf(facts, document, url),
    posts: path === '/' ? postLinks(document, url, address) : [],
  }
}

export const pageJob: Job<PageInput, ReadPage> = { name: 'read-page', act: readPage }

/** Whether two fetches of a page say and need the same, whatever nonces and counters their bytes hold. */
export function sameEssence(a: ReadPage, b: ReadPage): boolean {
  return a.file.blob === b.file.blob || (a.file.url === b.file.url && a.essence === b.essence)
}

/** The page under the path it gives itself: feeds link with campaign parameters, the blog's own links do without. */
export function underCanonicalPath(page: ReadPage, address: string): ReadPage {
  const path = page.facts.canonical === null ? null : pathBelow(page.facts.canonical, address)
  return path === null || path === '/' ? page : { ...page, file: { ...page.file, path } }
}
