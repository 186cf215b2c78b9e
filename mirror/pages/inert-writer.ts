/** The writer of rebuilt pages (inert.ts): one walk over the parsed tree, markup from lists and escaped values. */
import {
  attribute,
  type Document,
  type Element,
  elementsOf,
  isCss,
  isPicture,
  type Node,
  shadowName,
  styleText,
} from '../capture/html-resources.ts'
import { isPictureElement } from '../capture/lazy-pictures.ts'
import { resolveUrl } from '../capture/url.ts'
import { type Disclosure, openedStyle } from './disclosures.ts'
import { inertInput, inertSelect, narrowStyle, narrowTick } from './inert-controls.ts'
import { type CssLinks, inertCss, inertStyle } from './inert-css.ts'
import {
  doctypes,
  droppedElements,
  framedElements,
  isCustomElement,
  keepsAttribute,
  keptElements,
  oldCode,
  voidElements,
} from './inert-elements.ts'
import { boxOf, hasWords, sizeOf, sourceOf } from './inert-frames.ts'
import type { InertLinks, InertOptions } from './inert-links.ts'
import { inertMath } from './inert-math.ts'
import { InertPictures } from './inert-pictures.ts'
import { drawingParts, inertSvg } from './inert-svg.ts'
import { escapeText } from './markup.ts'
import { isNotice } from './noscript.ts'
import { askedCharactersMax, askedName, everyStyle, type StylePolicy } from './style-policy.ts'
import type { Unscripted } from './unscripted.ts'

/** Elements deeper than this are unwrapped: browsers stop at 512, and so does our stack. */
const depthMax = 400

export class InertWriter {
  readonly #links: InertLinks
  readonly #options: InertOptions
  /** Of links. */
  readonly #base: string
  /** Of files: where the page lies, until its `<base>` is met. */
  #fileBase: string
  readonly #css: CssLinks
  readonly #pictures: InertPictures
  readonly #parts = new Map<string, ReadonlyMap<string, Element>>()
  readonly #waiting: Unscripted
  /** By the element at which a `<details>` begins: the heading, else the target. */
  readonly #opened: Map<Element, Disclosure>
  readonly #open = new Set<Element>()
  readonly #written = new Set<Element>()
  #forms = 0
  /** Shadow trees around what is being written. */
  #shadows = 0
  readonly #allowed: StylePolicy
  /** Attributes that the page's styles ask about and that a copy spells anew. */
  readonly #asked: ReadonlySet<string>
  /** False inside what is pressed already: a summary, a button. */
  #pressable = true
  readonly #out: string[] = []

  constructor(
    links: InertLinks,
    options: InertOptions,
    base: string,
    waiting: Unscripted,
    allowed: StylePolicy = everyStyle,
  ) {
    this.#allowed = allowed
    this.#asked = options.asked ?? new Set()
    this.#waiting = waiting
    this.#opened = new Map(waiting.opened.map((opened) => [opened.heading ?? opened.target, opened]))
    this.#fileBase = options.url
    this.#pictures = new InertPictures(links, options.url)
    this.#links = links
    this.#options = options
    this.#base = base
    this.#css = {
      file: (reference) => this.#pictures.file(reference),
      sheet: (reference) => {
        const url = resolveUrl(reference, this.#fileBase)
        return url === null ? null : links.sheet(url)
      },
    }
  }

  document(document: Document): string {
    const root = document.childNodes.find(
      (childNode): childNode is Element => 'tagName' in childNode && childNode.tagName === 'html',
    )
    const child = (name: string) =>
      root?.childNodes.find((childNode): childNode is Element => 'tagName' in childNode && childNode.tagName === name)
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
    this.#push(narrowStyle([...this.#waiting.narrow.values()]))
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
    this.#meetBase()
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
      } else if (element.tagName === 'base') this.#meetBase(element)
      else if (element.tagName === 'link') this.#link(element)
      else if (element.tagName === 'style') this.#style(element)
    }
  }

  #meetBase(element?: Element): void {
    if (element !== undefined && attribute(element, 'href') === null) return
    this.#fileBase = this.#base
    this.#pictures.base = this.#base
  }

  #link(element: Element): void {
    const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/)
    const as = rel.includes('preload') ? attribute(element, 'as')?.toLowerCase() : undefined
    if (as === 'font') this.#fontAhead(element)
    const late = as === 'style'
    if (!isCss(element) || attribute(element, 'disabled') !== null) return
    if (!(rel.includes('stylesheet') || late) || rel.includes('alternate')) return
    const url = resolveUrl(attribute(element, 'href') ?? '', this.#fileBase)
    const path = url === null ? null : this.#links.sheet(url)
    if (path !== null) this.#push(`<link rel="stylesheet" href="${escapeText(path)}"${this.#media(element)}>`)
  }

  /** A face that the page asks for before its sheets do. */
  #fontAhead(element: Element): void {
    const path = this.#pictures.file(attribute(element, 'href') ?? '')
    if (path?.startsWith('/m/')) this.#push(`<link rel="preload" as="font" href="${escapeText(path)}" crossorigin>`)
  }

  /** A declared shadow tree needs no script: browsers attach it as they read. */
  #shadow(element: Element, depth: number, unscripted: boolean): void {
    if (depth > depthMax) return
    this.#push('<template shadowrootmode="open">')
    this.#shadows++
    this.#children(element, depth + 1, unscripted)
    this.#shadows--
    this.#push('</template>')
  }

  /** A sheet for "print" with an `onload` is one that a script would have switched on for the screen. */
  #media(element: Element): string {
    const media = attribute(element, 'media') ?? ''
    const late = attribute(element, 'onload') !== null
    return media === '' || late || !/^[a-zA-Z0-9\s(),:.<>=+*/-]{1,200}$/.test(media)
      ? ''
      : ` media="${escapeText(media)}"`
  }

  #style(element: Element): void {
    if (!isCss(element) || !this.#allowed.styles(attribute(element, 'nonce'))) return
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

  #noscript(element: Element, depth: number): void {
    if (!isNotice(element)) this.#children(element, depth, true)
  }

  #element(element: Element, depth: number, unscripted: boolean): void {
    const name = element.tagName
    if (this.#waiting.dropped.has(element) || this.#written.has(element)) return
    const opened = this.#opened.get(element)
    if (opened !== undefined && depth <= depthMax) {
      this.#opened.delete(element)
      this.#details(opened, depth, unscripted)
      return
    }
    const narrow = this.#waiting.narrow.get(element)
    if (narrow !== undefined) this.#push(narrowTick(narrow))
    if (element.namespaceURI.endsWith('/svg'))
      this.#push(inertSvg(element, this.#css, (reference) => this.#partElsewhere(reference)))
    else if (element.namespaceURI.endsWith('/MathML')) this.#push(inertMath(element))
    else if (name === 'style') this.#style(element)
    else if (name === 'link') this.#link(element)
    else if (name === 'base') this.#meetBase(element)
    else if (name === 'object' && depth <= depthMax) this.#object(element, depth, unscripted)
    else if (framedElements.has(name)) this.#framed(element)
    else if (name === 'noscript') this.#noscript(element, depth)
    else if (name === 'img') this.#push(this.#pictures.image(element, unscripted, this.#attributes(element)))
    else if (name === 'source') this.#source(element)
    else if (isPictureElement(element)) this.#push(this.#pictures.image(element, unscripted, this.#attributes(element)))
    else if (name === shadowName) this.#shadow(element, depth, unscripted)
    else if (name === 'input' && attribute(element, 'type')?.toLowerCase() === 'image')
      this.#push(this.#pictures.image(element, unscripted, this.#attributes(element)))
    else if (name === 'input') this.#push(inertInput(element, this.#forms, this.#attributes(element)))
    else if (oldCode.has(name)) this.#push(`<pre>\n${escapeText(styleText(element))}</pre>`)
    else if (name === 'select') this.#push(inertSelect(element, this.#attributes(element)))
    else if (droppedElements.has(name) && !(name === 'slot' && this.#shadows > 0)) return
    else if (depth > depthMax) this.#deep(element)
    else this.#kept(element, depth, unscripted)
  }

  /** What would be clicked is the summary of what it would open. Neither is written again where it stands. */
  #details({ target, heading, label }: Disclosure, depth: number, unscripted: boolean): void {
    this.#push('<details><summary>')
    this.#pressable = false
    if (heading === null) this.#push(escapeText(label))
    else this.#element(heading, depth + 1, unscripted)
    this.#pressable = true
    this.#push('</summary>')
    this.#opened.delete(target)
    this.#open.add(target)
    this.#element(target, depth + 1, unscripted)
    this.#push('</details>')
    this.#written.add(target)
  }

  /** Under which name an element is written; null where only what is in it stays. */
  #nameOf(element: Element): string | null {
    const { tagName } = element
    if (tagName === 'form') {
      this.#forms++
      return tableParts.has(parentName(element)) ? null : 'div'
    }
    if (tagName === 'slot' && this.#shadows > 0) return 'slot'
    if (tagName === 'button' && !this.#pressable) return 'span'
    return keptElements.has(tagName) || isCustomElement(tagName) ? tagName : null
  }

  #kept(element: Element, depth: number, unscripted: boolean): void {
    const name = this.#nameOf(element)
    const pressable = this.#pressable
    if (name === 'button') this.#pressable = false
    if (name !== null) {
      const target = (name === 'a' && pressable) || name === 'area' ? this.#target(element) : ''
      this.#push(`<${name}${name === 'button' ? ' type="button"' : ''}${this.#attributes(element)}${target}>`)
      if (voidElements.has(name)) return
      if (name === 'pre' && startsWithNewline(element)) this.#push('\n')
    }
    this.#children(element, depth + 1, unscripted)
    this.#pressable = pressable
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
    const isImage =
      element.tagName === 'input' ? attribute(element, 'type')?.toLowerCase() === 'image' : isPictureElement(element)
    const kind = element.tagName !== 'source' && isImage ? 'img' : element.tagName
    for (const { name, value, prefix } of element.attrs) {
      if (prefix !== undefined && prefix !== '') continue
      if (this.#open.has(element) && /^(hidden|popover|open|aria-hidden)$/.test(name)) continue
      if (this.#asked.has(name)) out += ` ${askedName(name)}="${escapeText(value.slice(0, askedCharactersMax))}"`
      if (keepsAttribute(kind, name, value)) out += ` ${name}="${escapeText(value)}"`
    }
    if (this.#open.has(element) && element.tagName === 'dialog') out += ' open'
    return out + this.#styleAttribute(element) + this.#background(element)
  }

  #styleAttribute(element: Element): string {
    const shown = this.#open.has(element) ? openedStyle : this.#waiting.revealed.get(element)
    const own = this.#allowed.attributes ? (attribute(element, 'style') ?? '') : ''
    const style =
      inertStyle(own, this.#css) + this.#pictures.background(element) + (shown === undefined ? '' : `;${shown}`)
    return style === '' ? '' : ` style="${escapeText(style)}"`
  }

  #background(element: Element): string {
    if (!['body', 'table', 'td', 'th', 'tr'].includes(element.tagName)) return ''
    const path = this.#pictures.file(attribute(element, 'background') ?? '')
    return path === null ? '' : ` background="${escapeText(path)}"`
  }

  /**
   * Captured pages lead to their copies, captured files to themselves, other pages of the blog to where mirrors know what
   * to do with them, everything else out of the frame to where it always led.
   */
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
    const file = name === null || !looksLikePicture(url) ? null : this.#links.file(name)
    if (file !== null) return ` href="${escapeText(file)}"`
    const own = name === null ? null : (this.#links.own?.(name) ?? null)
    if (own !== null) return ` href="${escapeText(own + url.hash)}" target="_top"`
    return ` href="${escapeText(url.href)}" target="_top" rel="noopener noreferrer nofollow"`
  }

  /** An element of a captured file of drawings, as `/icons.svg#rss` names it. */
  #partElsewhere(reference: string): Element | null {
    const url = resolveUrl(reference, this.#fileBase)
    const id = /#([^#]{1,200})$/.exec(reference)?.[1]
    const text = url === null || id === undefined ? undefined : this.#options.texts?.get(url)
    if (url === null || text === undefined) return null
    const parts = this.#parts.get(url) ?? drawingParts(text)
    this.#parts.set(url, parts)
    return parts.get(id!) ?? null
  }

  /** A picture where it is one, else what the page says in its place, else a link to where it is. */
  #object(element: Element, depth: number, unscripted: boolean): void {
    const path = isPicture(element) ? this.#pictures.file(attribute(element, 'data') ?? '') : null
    if (path !== null) {
      const size = ['width', 'height'].map((name) => sizeOf(element, name)).join('')
      this.#push(
        `<img src="${escapeText(path)}" alt="${escapeText(attribute(element, 'aria-label') ?? '')}"${size}${this.#attributes(element)}>`,
      )
    } else if (hasWords(element)) this.#children(element, depth + 1, unscripted)
    else this.#framed(element)
  }

  #framed(element: Element): void {
    const reference = attribute(element, 'src') ?? attribute(element, 'data') ?? sourceOf(element) ?? ''
    const url = reference === '' ? null : URL.parse(reference, this.#base)
    const poster = element.tagName === 'video' ? this.#pictures.poster(element) : null
    const size = ['width', 'height'].map((name) => sizeOf(element, name)).join('')
    if (poster !== null) this.#push(`<img src="${escapeText(poster)}" alt=""${size}>`)
    if (url === null || !/^https?:$/.test(url.protocol)) return
    const title = (attribute(element, 'title') ?? '').trim().slice(0, 200)
    const words = title === '' ? `${url.host} ↗` : `${title} (${url.host}) ↗`
    const box = poster === null && element.tagName !== 'audio' ? boxOf(element) : ''
    this.#push(
      `<a href="${escapeText(url.href)}" target="_top" rel="noopener noreferrer nofollow"${box}>${escapeText(words)}</a>`,
    )
  }

  #source(element: Element): void {
    if (parentName(element) === 'picture') this.#push(this.#pictures.source(element, this.#attributes(element)))
  }
}

const tableParts = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr', 'colgroup'])

function looksLikePicture(url: URL): boolean {
  return /\.(png|jpe?g|gif|webp|avif|svg)$/i.test(url.pathname)
}

function parentName(element: Element): string {
  const parent = element.parentNode
  return parent !== null && 'tagName' in parent ? parent.tagName : ''
}

function startsWithNewline(element: Element): boolean {
  const first = element.childNodes[0]
  return first !== undefined && 'value' in first && first.value.startsWith('\n')
}
