/**
 * What other blog software imports of an archived page: its title, its day, and its article with the pictures wherever the
 * caller has put them. Pure. Nothing of it runs: scripts, frames and handlers are left out as in a copy.
 */
import { attribute, type Document, type Element, elementsOf, parsePage } from '../capture/html-resources.ts'
import { pageFacts } from '../capture/page-facts.ts'
import { pageSource } from '../capture/page-source.ts'
import { inertArticle } from '../pages/inert.ts'
import type { InertLinks } from '../pages/inert-links.ts'
import { html } from '../pages/markup.ts'

export type RevivedPost = {
  readonly title: string
  /** When it was published, as far as the page or its address tells; null for pages that have no day. */
  readonly dateMs: number | null
  readonly html: string
}

/** null where the page is no single article: lists, archives, front pages. */
export function revivedPost(bytes: Uint8Array, type: string, url: string, links: InertLinks): RevivedPost | null {
  const source = pageSource(bytes, type)
  const article = inertArticle(source, links, { url, canonical: url, bar: html`` }, Number.POSITIVE_INFINITY)
  if (article === null) return null
  const document = parsePage(source)
  const title = metaOf(document, 'og:title') ?? headingOf(document) ?? pageFacts(document, url).title
  return { title, dateMs: dateOf(document, url), html: article }
}

function metaOf(document: Document, name: string): string | null {
  for (const element of elementsOf(document)) {
    if (element.tagName !== 'meta') continue
    const called = attribute(element, 'property') ?? attribute(element, 'name')
    const content = attribute(element, 'content')?.trim() ?? ''
    if (called === name && content !== '') return content.slice(0, 300)
  }
  return null
}

function headingOf(document: Document): string | null {
  const headings = [...elementsOf(document)].filter((element) => element.tagName === 'h1')
  const title = headings.find((element) => /title|headline/.test(attribute(element, 'class') ?? '')) ?? headings[0]
  const text = title === undefined ? '' : textOf(title).replace(/\s+/g, ' ').trim()
  return text === '' ? null : text.slice(0, 300)
}

function textOf(element: Element): string {
  const parts: string[] = []
  const stack: (typeof element.childNodes)[number][] = [...element.childNodes].reverse()
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) parts.push(node.value)
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse())
  }
  return parts.join('')
}

/** What the page says for machines, the first time that it marks, then the day in its address. */
function dateOf(document: Document, url: string): number | null {
  const times = [...elementsOf(document)].filter((element) => element.tagName === 'time')
  const said = [metaOf(document, 'article:published_time'), ...times.map((time) => attribute(time, 'datetime'))]
  for (const text of said) {
    const ms = Date.parse(text ?? '')
    if (Number.isSafeInteger(ms)) return ms
  }
  const [, year, month, day = '1'] = /\/((?:19|20)[0-9]{2})\/([0-9]{1,2})(?:\/([0-9]{1,2}))?(?:\/|$)/.exec(url) ?? []
  const ms = year === undefined ? Number.NaN : Date.UTC(Number(year), Number(month) - 1, Number(day))
  return Number.isSafeInteger(ms) ? ms : null
}
