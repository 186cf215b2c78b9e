/**
 * The posts of a blog without a feed, newest first as far as anything tells: what the front page marks as entries
 * (microformats' h-feed), else what its headings lead to, else what its lists name with a date, else the newest pages of the
 * sitemap. Pure.
 */
import { attribute, baseOf, type Document, type Element, elementsOf } from './html-resources.ts'
import { xmlText } from './lenient-xml.ts'
import { pathBelow, resolveUrl } from './url.ts'

const headings = new Set(['h1', 'h2', 'h3', 'h4'])
const rows = new Set(['li', 'tr', 'dd', 'dt', 'p'])
const linksMax = 20

/** Links of a front page to its posts, each once, in the order of the page. */
export function postLinks(document: Document, pageUrl: string, address: string): string[] {
  const base = baseOf(document, pageUrl)
  const marked: string[] = []
  const headed: string[] = []
  const dated: string[] = []
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
    else if (isUnder(element, (element) => rows.has(element.tagName) && isDated(element, path))) dated.push(url!)
  }
  const found = [marked, headed, dated].find((links) => links.length > 0) ?? []
  return [...new Set(found)].slice(0, linksMax)
}

function isEntryLink(element: Element): boolean {
  return hasClass(element, 'u-url') && isUnder(element, (element) => hasClass(element, 'h-entry'))
}

function holdsHeading(element: Element): boolean {
  for (const inner of elementsOf(element)) if (headings.has(inner.tagName)) return true
  return false
}

/** A row of a list that says when: by its own words, or in the address that it leads to. */
function isDated(row: Element, path: string): boolean {
  if (/\/(19|20)[0-9]{2}[/-]/.test(path)) return true
  for (const element of elementsOf(row)) if (element.tagName === 'time') return true
  return /(^|[^0-9])(19|20)[0-9]{2}([^0-9]|$)/.test(wordsOf(row))
}

/** Longer rows are no lines of a list. */
const rowCharactersMax = 400

function wordsOf(row: Element): string {
  let text = ''
  const stack: Element['childNodes'] = [...row.childNodes]
  for (let node = stack.pop(); node !== undefined && text.length < rowCharactersMax; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += ` ${node.value}`
    if ('childNodes' in node) stack.push(...node.childNodes)
  }
  return text
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
  for (const entry of xml.split(/<(?:[A-Za-z]{1,20}:)?url>/, entriesMax + 1).slice(1)) {
    const url = resolveUrl(xmlText(locOf(entry)), address)
    const path = url === null ? null : pathBelow(url, address)
    if (path === null || path === '/') continue
    found.push({ url: url!, at: Date.parse(/<(?:[A-Za-z]{1,20}:)?lastmod>([^<]{1,40})</.exec(entry)?.[1] ?? '') || 0 })
  }
  return [...new Set(found.sort((a, b) => b.at - a.at).map((link) => link.url))].slice(0, linksMax)
}

function locOf(entry: string): string {
  const plain = /<(?:[A-Za-z]{1,20}:)?loc>([^<]{1,1100})</.exec(entry)?.[1]?.trim() ?? ''
  return plain !== '' ? plain : (/<(?:[A-Za-z]{1,20}:)?loc>\s{0,20}<!\[CDATA\[([^\]]{1,1100})\]/.exec(entry)?.[1] ?? '')
}

const entriesMax = 5_000
