/**
 * A stranger's page, rebuilt so that it can be read and do nothing else. The page is parsed the way a browser without
 * scripts parses it, and a new one is written from an allow-list: no script, no form, no event, no refresh, no frame, no
 * request to anywhere but the mirror. Nothing of the source text is copied: names come from lists, values are escaped,
 * styles are rebuilt (inert-css), drawings too (inert-svg). What a script would have shown late is shown at once.
 */
import {
  attribute,
  baseOf,
  type Document,
  type Element,
  elementsOf,
  lazyBackgrounds,
  lazySourceSets,
  lazySources,
  type Node,
  parsePage,
  srcsetCandidates,
  styleText,
} from '../capture/html-resources.ts'
import { resolveUrl } from '../capture/url.ts'
import { type CssLinks, inertCss, inertStyle } from './inert-css.ts'
import { inertDataUrl, svgInDataUrl } from './inert-data.ts'
import {
  droppedElements,
  framedElements,
  isCustomElement,
  keepsAttribute,
  keptElements,
  voidElements,
} from './inert-elements.ts'
import { inertSvg } from './inert-svg.ts'
import { escapeText, type Markup } from './markup.ts'
import { nothingWaits, type Unscripted, unscripted } from './unscripted.ts'

/** Elements deeper than this are unwrapped: browsers stop at 512, and so does our stack. */
const depthMax = 400

export type InertLinks = {
  /** Where readers get a captured file, named by its absolute URL; null where it was not captured. */
  file(url: string): string | null
  /** The same for a stylesheet, which readers get in its rebuilt form. */
  sheet(url: string): string | null
  /** The copy of a captured page, or null. */
  page(url: string): string | null
  /** Keeps a drawing that the page holds in a `data:` URL and says where readers get it; null where it cannot be shown. */
  drawing(svg: string): string | null
}

export type InertOptions = {
  /** Where the page was captured, after redirects. */
  readonly url: string
  /** Its address on the blog, for `rel=canonical`. */
  readonly canonical: string
  /** Shown above the page: whose copy this is. */
  readonly bar: Markup
  /** Texts of the captured stylesheets by their address: what only a script would show is told by them. */
  readonly sheets?: ReadonlyMap<string, string>
}

/** The whole document, ready to be served under a sandbox. Deterministic: same page, same links, same bytes. */
export function inertPage(source: string, links: InertLinks, options: InertOptions): string {
  const document = parsePage(source)
  const base = baseOf(document, options.url)
  const waiting = unscripted(document, base, options.sheets ?? new Map())
  return new InertWriter(links, options, base, waiting).document(document)
}

/** Longer articles stay where they are: a feed is fetched again and again. */
const articleCharactersMax = 64 * 1024

/**
 * The article of a page that holds one, for feeds: without the page's looks, which mean nothing there. null where the
 * page has no article, several, or one that is too long.
 */
export function inertArticle(source: string, links: InertLinks, options: InertOptions): string | null {
  const document = parsePage(source)
  const element = articleOf(document)
  if (element === null) return null
  const text = new InertWriter(links, options, baseOf(document, options.url), nothingWaits).inside(element)
  const plain = text
    .replace(/<style[^>]*>[^<]*<\/style>/g, '')
    .replace(/ (style|class|id|target|background|hidden)="[^"]*"/g, '')
    .trim()
  return plain === '' || plain.length > articleCharactersMax ? null : plain
}

/** By the names that themes and microformats give the body of a post, else the page's only `article`. */
function articleOf(document: Document): Element | null {
  const all = [...elementsOf(document)]
  const bodies = all.filter(
    (one) =>
      attribute(one, 'itemprop') === 'articleBody' ||
      /(^|\s)(entry-content|post-content|post-body|article-entry|e-content)(\s|$)/.test(attribute(one, 'class') ?? ''),
  )
  const found = bodies.length > 0 ? bodies.slice(0, 1) : all.filter((one) => one.tagName === 'article')
  const several = bodies.length > 1 && bodies.slice(1).some((one) => !isInside(one, bodies[0]!))
  return found.length === 1 && !several ? found[0]! : null
}

function isInside(element: Element, outer: Element): boolean {
  for (let one: Element['parentNode'] = element; one !== null; one = 'parentNode' in one ? one.parentNode : null)
    if (one === outer) return true
  return false
}

class InertWriter {
  readonly #links: InertLinks
  readonly #options: InertOptions
  readonly #base: string
  readonly #css: CssLinks
  /** Pictures that a lazy image already shows: its `<noscript>` twin is left out. */
  readonly #shown = new Set<string>()
  readonly #waiting: Unscripted
  readonly #out: string[] = []

  constructor(links: InertLinks, options: InertOptions, base: string, waiting: Unscripted) {
    this.#waiting = waiting
    this.#links = links
    this.#options = options
    this.#base = base
    this.#css = {
      file: (reference) => this.#file(reference),
      sheet: (reference) => {
        const url = resolveUrl(reference, base)
        return url === null ? null : links.sheet(url)
      },
    }
  }

  document(document: Document): string {
    const root = document.childNodes.find((one): one is Element => 'tagName' in one && one.tagName === 'html')
    const child = (name: string) =>
      root?.childNodes.find((one): one is Element => 'tagName' in one && one.tagName === name)
    const [head, body] = [child('head'), child('body')]
    this.#push(
      doctypes[document.mode] ?? '',
      `<html${root ? this.#attributes(root) + this.#rootState() : ''}><head><meta charset="utf-8">`,
    )
    this.#push(`<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">`)
    this.#push(
      `<link rel="canonical" href="${escapeText(this.#options.canonical)}"><link rel="icon" href="/m/icon.svg">`,
    )
    if (head !== undefined) this.#head(head)
    this.#push(`</head><body${body ? this.#attributes(body) : ''}>`, this.#options.bar.markup)
    if (body !== undefined) this.#children(body, 0, false)
    this.#push('</body></html>\n')
    return this.#out.join('')
  }

  #rootState(): string {
    return this.#waiting.root.map(([name, value]) => ` ${name}="${value}"`).join('')
  }

  /** What stands inside one element. */
  inside(element: Element): string {
    this.#children(element, 0, false)
    return this.#out.join('')
  }

  #push(...parts: readonly string[]): void {
    this.#out.push(...parts)
  }

  #head(head: Element): void {
    let titled = false
    for (const element of elementsOf(head)) {
      if (element.tagName === 'title' && !titled) {
        titled = true
        this.#push(`<title>${escapeText(styleText(element))}</title>`)
      } else if (element.tagName === 'meta' && attribute(element, 'name')?.toLowerCase() === 'viewport') {
        const content = attribute(element, 'content') ?? ''
        if (/^[a-zA-Z0-9\s=,;.-]{1,200}$/.test(content)) this.#push(`<meta name="viewport" content="${content}">`)
      } else if (element.tagName === 'link') this.#link(element)
      else if (element.tagName === 'style') this.#style(element)
    }
  }

  #link(element: Element): void {
    const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/)
    const late = rel.includes('preload') && attribute(element, 'as')?.toLowerCase() === 'style'
    if (!(rel.includes('stylesheet') || late) || rel.includes('alternate')) return
    const url = resolveUrl(attribute(element, 'href') ?? '', this.#base)
    const path = url === null ? null : this.#links.sheet(url)
    if (path !== null) this.#push(`<link rel="stylesheet" href="${escapeText(path)}"${this.#media(element)}>`)
  }

  /** A sheet for "print" with an `onload` is one that a script would have switched on for the screen. */
  #media(element: Element): string {
    const media = attribute(element, 'media') ?? ''
    const late = attribute(element, 'onload') !== null
    return media === '' || late || !/^[a-zA-Z0-9\s(),:.<>=-]{1,200}$/.test(media) ? '' : ` media="${escapeText(media)}"`
  }

  #style(element: Element): void {
    const css = inertCss(styleText(element), this.#css)
    if (css !== '') this.#push(`<style${this.#media(element)}>${css}</style>`)
  }

  #children(parent: Element, depth: number, unscripted: boolean): void {
    for (const child of parent.childNodes) this.#node(child, depth, unscripted)
  }

  #node(node: Node, depth: number, unscripted: boolean): void {
    if (node.nodeName === '#text' && 'value' in node) this.#push(escapeText(node.value))
    else if ('tagName' in node) this.#element(node, depth, unscripted)
  }

  #element(element: Element, depth: number, unscripted: boolean): void {
    const name = element.tagName
    if (this.#waiting.dropped.has(element)) return
    if (element.namespaceURI.endsWith('/svg')) this.#push(inertSvg(element, this.#css))
    else if (element.namespaceURI.endsWith('/MathML')) this.#push(escapeText(formula(element)))
    else if (name === 'style') this.#style(element)
    else if (name === 'link') this.#link(element)
    else if (framedElements.has(name)) this.#framed(element)
    else if (name === 'noscript') this.#children(element, depth, true)
    else if (name === 'img') this.#image(element, unscripted)
    else if (name === 'source') this.#source(element)
    else if (droppedElements.has(name)) return
    else if (depth > depthMax) this.#deep(element)
    else this.#kept(element, depth, unscripted)
  }

  #kept(element: Element, depth: number, unscripted: boolean): void {
    const own = keptElements.has(element.tagName) || isCustomElement(element.tagName)
    const group = ['form', 'fieldset'].includes(element.tagName) && !tableParts.has(parentName(element))
    const name = own ? element.tagName : group ? 'div' : null
    if (name !== null) {
      const target = name === 'a' || name === 'area' ? this.#target(element) : ''
      this.#push(`<${name}${this.#attributes(element)}${target}>`)
      if (voidElements.has(name)) return
      if (name === 'pre' && startsWithNewline(element)) this.#push('\n')
    }
    this.#children(element, depth + 1, unscripted)
    if (name !== null) this.#push(`</${name}>`)
  }

  /** Below the depth that browsers nest, only the text is left. */
  #deep(element: Element): void {
    const stack: Node[] = [...element.childNodes].reverse()
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node.nodeName === '#text' && 'value' in node) this.#push(escapeText(node.value))
      else if ('tagName' in node && !droppedElements.has(node.tagName)) stack.push(...[...node.childNodes].reverse())
    }
  }

  #attributes(element: Element): string {
    let out = ''
    for (const { name, value, prefix } of element.attrs) {
      if (prefix !== undefined && prefix !== '') continue
      if (keepsAttribute(element.tagName, name, value)) out += ` ${name}="${escapeText(value)}"`
    }
    return out + this.#styleAttribute(element) + this.#background(element)
  }

  #styleAttribute(element: Element): string {
    const late = lazyBackgrounds.map((name) => attribute(element, name)).find((value) => value !== null && value !== '')
    const path = late === undefined ? null : this.#file(late!.replace(/^\s*url\(\s*["']?|["']?\s*\)\s*$/gi, ''))
    const background = path === null ? '' : `;background-image:url("${path}")`
    const shown = this.#waiting.revealed.get(element)
    const style =
      inertStyle(attribute(element, 'style') ?? '', this.#css) + background + (shown === undefined ? '' : `;${shown}`)
    return style === '' ? '' : ` style="${escapeText(style)}"`
  }

  #background(element: Element): string {
    if (!['body', 'table', 'td', 'th', 'tr'].includes(element.tagName)) return ''
    const path = this.#file(attribute(element, 'background') ?? '')
    return path === null ? '' : ` background="${escapeText(path)}"`
  }

  /** Captured pages lead to their copies, everything else out of the frame to where it always led. */
  #target(element: Element): string {
    const href = (attribute(element, 'href') ?? '').trim()
    if (href.startsWith('#')) return ` href="${escapeText(href)}"`
    const url = href === '' ? null : URL.parse(href, this.#base)
    if (url === null) return ''
    if (url.protocol === 'mailto:' || url.protocol === 'tel:') return ` href="${escapeText(url.href)}"`
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return ''
    const name = resolveUrl(href, this.#base)
    const copy = name === null ? null : this.#links.page(name)
    if (copy !== null) return ` href="${escapeText(copy + url.hash)}"`
    return ` href="${escapeText(url.href)}" target="_top" rel="noopener noreferrer nofollow"`
  }

  #framed(element: Element): void {
    const reference = attribute(element, 'src') ?? attribute(element, 'data') ?? sourceOf(element) ?? ''
    const url = reference === '' ? null : URL.parse(reference, this.#base)
    const poster = element.tagName === 'video' ? this.#file(attribute(element, 'poster') ?? '') : null
    if (poster !== null) this.#push(`<img src="${escapeText(poster)}" alt="">`)
    if (url === null || !/^https?:$/.test(url.protocol)) return
    const href = escapeText(url.href)
    this.#push(`<a href="${href}" target="_top" rel="noopener noreferrer nofollow">${escapeText(url.host)} ↗</a>`)
  }

  #image(element: Element, unscripted: boolean): void {
    const lazy = lazySources.map((name) => this.#file(attribute(element, name) ?? '')).find((path) => path !== null)
    const sets = ['srcset', ...lazySourceSets].map((name) => attribute(element, name) ?? '')
    const srcset =
      sets
        .map((value) => this.#srcset(value))
        .filter((value) => value !== '')
        .at(-1) ?? ''
    const first = srcset.split(' ', 1)[0]!
    const plain = this.#file(attribute(element, 'src') ?? '')
    const placeholder = plain === null || plain.startsWith('data:')
    const src = lazy ?? (placeholder && first !== '' ? first : plain)
    if (unscripted && src !== null && this.#shown.has(src)) return
    if (src !== null) this.#shown.add(src)
    const set = srcset === '' ? '' : ` srcset="${escapeText(srcset)}"`
    this.#push(`<img${src === null ? '' : ` src="${escapeText(src)}"`}${set}${this.#attributes(element)}>`)
  }

  #source(element: Element): void {
    if (parentName(element) !== 'picture') return
    const sets = ['srcset', ...lazySourceSets].map((name) => this.#srcset(attribute(element, name) ?? ''))
    const srcset = sets.find((value) => value !== '')
    if (srcset !== undefined) this.#push(`<source srcset="${escapeText(srcset)}"${this.#attributes(element)}>`)
  }

  #srcset(value: string): string {
    const kept = srcsetCandidates(value).flatMap(({ reference, descriptor }) => {
      const path = /^data:/i.test(reference) ? null : this.#file(reference)
      return path === null || !/^[0-9.]{0,12}[wxh]?$/.test(descriptor) ? [] : [`${path} ${descriptor}`.trim()]
    })
    return kept.join(', ')
  }

  /** Where readers get a picture or font that the page names; null where they cannot. */
  #file(reference: string): string | null {
    if (/^\s*data:/i.test(reference)) {
      const svg = svgInDataUrl(reference)
      return svg === null ? inertDataUrl(reference) : this.#links.drawing(svg)
    }
    const url = resolveUrl(reference, this.#base)
    const path = url === null ? null : this.#links.file(url)
    const fragment = /#[\w.:-]{1,100}$/.exec(reference.trim())?.[0] ?? ''
    return path === null ? null : path + fragment
  }
}

const tableParts = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr', 'colgroup'])

/** Themes of the last century count on the browser's older arithmetic: a page keeps its mode. */
const doctypes: Readonly<Record<string, string>> = {
  'no-quirks': '<!DOCTYPE html>',
  'limited-quirks':
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
}

function parentName(element: Element): string {
  const parent = element.parentNode
  return parent !== null && 'tagName' in parent ? parent.tagName : ''
}

function startsWithNewline(element: Element): boolean {
  const first = element.childNodes[0]
  return first !== undefined && 'value' in first && first.value.startsWith('\n')
}

function sourceOf(element: Element): string | null {
  for (const one of elementsOf(element)) if (one.tagName === 'source') return attribute(one, 'src')
  return null
}

/** Text of a formula, without the source that some renderers keep beside it. */
function formula(element: Element): string {
  let text = ''
  const stack: Node[] = [element]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += node.value
    if ('tagName' in node && !/^annotation/.test(node.tagName) && !droppedElements.has(node.tagName))
      stack.push(...[...node.childNodes].reverse())
  }
  return text
}
