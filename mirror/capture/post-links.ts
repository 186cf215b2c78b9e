/**
 * The posts of a blog without a feed, newest first as far as anything tells: what the front page marks as entries
 * (microformats' h-feed), else what its headings lead to, else the newest pages of the sitemap. Pure.
 */
import { attribute, baseOf, type Document, type Element, elementsOf } from './html-resources.ts'
import { xmlText } from './lenient-xml.ts'
import { pathBelow, resolveUrl } from './url.ts'

const headings = new Set(['h1', 'h2', 'h3', 'h4'])
const linksMax = 20

/** Links of a front page to its posts, each once, in the order of the page. */
export function postLinks(document: Document, pageUrl: string, address: string): string[] {
  const base = baseOf(document, pageUrl)
  const marked: string[] = []
  const headed: string[] = []
  for (const element of elementsOf(document)) {
    if (element.tagName !== 'a') continue
    const url = resolveUrl(attribute(element, 'href') ?? '', base)
    const path = url === null ? null : pathBelow(url, address)
    if (path === null || path === '/' || path.startsWith('/#') || /\.(xml|json|pdf|zip|png|jpe?g)$/i.test(path))
      continue
    if (isEntryLink(element)) marked.push(url!)
    else if (
      isUnder(element, (element) => headings.has(element.tagName)) ||
      (holdsHeading(element) && isUnder(element, () => true))
    )
      headed.push(url!)
  }
  return [...new Set(marked.length > 0 ? marked : headed)].slice(0, linksMax)
}

function isEntryLink(element: Element): boolean {
  return hasClass(element, 'u-url') && isUnder(element, (element) => hasClass(element, 'h-entry'))
}

function holdsHeading(element: Element): boolean {
  for (const inner of elementsOf(element)) if (headings.has(inner.tagName)) return true
  return false
}

/** Ancestors that are looked at: a link deeper inside than this is no title. */
const ancestorsMax = 12

function isUnder(element: Element, fits: (element: Element) => boolean): boolean {
  let found = false
  let parent = element.parentNode
  for (let i = 0; i < ancestorsMax && parent !== null && 'tagName' in parent; i++) {
    if (/^(nav|aside|footer)$/.test(parent.tagName)) return false
    found ||= fits(parent)
    parent = parent.parentNode
  }
  return found
}

function hasClass(element: Element, name: string): boolean {
  return (attribute(element, 'class') ?? '').split(/\s+/).includes(name)
}

/** Pages that a sitemap names below the address, those changed last first. An index of sitemaps names none. */
export function sitemapLinks(xml: string, address: string): string[] {
  const found: { readonly url: string; readonly at: number }[] = []
  for (const entry of xml.split('<url>', entriesMax + 1).slice(1)) {
    const url = resolveUrl(xmlText(/<loc>([^<]{1,1100})<\/loc>/.exec(entry)?.[1] ?? ''), address)
    const path = url === null ? null : pathBelow(url, address)
    if (path === null || path === '/') continue
    found.push({ url: url!, at: Date.parse(/<lastmod>([^<]{1,40})<\/lastmod>/.exec(entry)?.[1] ?? '') || 0 })
  }
  return [...new Set(found.sort((a, b) => b.at - a.at).map((link) => link.url))].slice(0, linksMax)
}

const entriesMax = 5_000
