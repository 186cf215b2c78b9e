/**
 * A stranger's page, rebuilt so that it can be read and do nothing else. The page is parsed the way a browser without
 * scripts parses it, and a new one is written from an allow-list: no script, no form, no event, no refresh, no frame, no
 * request to anywhere but the mirror. Nothing of the source text is copied: names come from lists, values are escaped,
 * styles are rebuilt (inert-css), drawings too (inert-svg). What a script would have shown late is shown at once.
 */

import { attribute, baseOf, type Document, type Element, elementsOf, parsePage } from '../capture/html-resources.ts'
import type { InertLinks, InertOptions } from './inert-links.ts'
import { InertWriter } from './inert-writer.ts'
import { askedAttributes, stylePolicy } from './style-policy.ts'
import { nothingWaits, unscripted } from './unscripted.ts'

/** The whole document, ready to be served under a sandbox. Deterministic: same page, same links, same bytes. */
export function inertPage(source: string, links: InertLinks, options: InertOptions): string {
  const document = parsePage(source)
  const base = baseOf(document, options.url)
  const waiting = unscripted(document, { url: options.url, base }, options.texts ?? new Map())
  const asked = askedAttributes(document, options.texts ?? new Map())
  return new InertWriter(links, { ...options, asked }, base, waiting, stylePolicy(document, options.policy)).document(
    document,
  )
}

/** Longer articles stay where they are: a feed is fetched again and again. */
const articleCharactersMax = 64 * 1024

/**
 * The article of a page that holds one, for feeds: without the page's looks, which mean nothing there. null where the
 * page has no article, several, or one that is too long.
 */
export function inertArticle(
  source: string,
  links: InertLinks,
  options: InertOptions,
  charactersMax = articleCharactersMax,
): string | null {
  const document = parsePage(source)
  const element = articleOf(document)
  if (element === null) return null
  const text = new InertWriter(links, options, baseOf(document, options.url), nothingWaits).inside(element)
  const plain = text
    .replace(/<style[^<>]*>[^<]*<\/style>/g, '')
    .replace(/ (style|class|id|target|background|hidden)="[^"]*"/g, '')
    .trim()
  return plain === '' || plain.length > charactersMax ? null : plain
}

/** By the names that themes and microformats give the body of a post, else the page's only `article`. */
function articleOf(document: Document): Element | null {
  const all = [...elementsOf(document)]
  const bodies = all.filter(
    (element) =>
      attribute(element, 'itemprop') === 'articleBody' ||
      /(^|\s)(entry-content|post-content|post-body|article-entry|e-content)(\s|$)/.test(
        attribute(element, 'class') ?? '',
      ),
  )
  const found = bodies.length > 0 ? bodies.slice(0, 1) : all.filter((element) => element.tagName === 'article')
  const several = bodies.length > 1 && bodies.slice(1).some((body) => !isInside(body, bodies[0]!))
  return found.length === 1 && !several ? found[0]! : null
}

function isInside(element: Element, outer: Element): boolean {
  for (
    let ancestor: Element['parentNode'] = element;
    ancestor !== null;
    ancestor = 'parentNode' in ancestor ? ancestor.parentNode : null
  )
    if (ancestor === outer) return true
  return false
}
