/**
 * The files a page needs to look complete without scripts: images in all their spellings, stylesheets, icons, posters,
 * and what its inline styles name. Pure; the page builder reads the same attributes through the same functions.
 */
import type { DefaultTreeAdapterMap } from 'parse5'
import { boundedDocument } from './bounded-tree.ts'
import { cssResources } from './css-resources.ts'
import { isPictureElement, lazyPictures } from './lazy-pictures.ts'
import { srcsetCandidates } from './srcset.ts'
import { documentBase, resolveUrl } from './url.ts'

export type Document = DefaultTreeAdapterMap['document']
export type Node = DefaultTreeAdapterMap['node']
export type Element = DefaultTreeAdapterMap['element']

export type Resource = { readonly url: string; readonly kind: 'style' | 'image' | 'font' | 'icon' }

/** What the page is without scripts: `<noscript>` holds elements, as mirrors show it. Throws TooCostly. */
export function parsePage(html: string): Document {
  const document = boundedDocument(html)
  openShadows(document)
  return document
}

/** The name under which a parsed page holds the declared shadow tree of an element. */
export const shadowName = 'dgos-shadow'
const shadowHosts = /^(article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/

/** Shadow trees that the page declares are part of what is read: their templates become elements. */
export function openShadows(node: Node): void {
  const stack: Node[] = [node]
  for (let element = stack.pop(); element !== undefined; element = stack.pop()) {
    if (!('childNodes' in element)) continue
    const isHost = 'tagName' in element && (shadowHosts.test(element.tagName) || element.tagName.includes('-'))
    const first = element.childNodes.find(
      (child) => 'tagName' in child && child.tagName === 'template' && isShadow(child),
    )
    if (isHost && first !== undefined && 'content' in first) {
      first.childNodes = first.content.childNodes
      for (const child of first.childNodes) child.parentNode = first
      Object.assign(first, { nodeName: shadowName, tagName: shadowName })
    }
    stack.push(...element.childNodes)
  }
}

function isShadow(element: Element): boolean {
  return /^(open|closed)$/i.test(attribute(element, 'shadowrootmode') ?? '')
}

export function* elementsOf(node: Node): Generator<Element> {
  const stack: Node[] = [node]
  while (stack.length > 0) {
    const node = stack.pop()!
    if ('tagName' in node) yield node
    if ('childNodes' in node) for (let i = node.childNodes.length - 1; i >= 0; i--) stack.push(node.childNodes[i]!)
  }
}

export function attribute(element: Element, name: string): string | null {
  return element.attrs.find((attr) => attr.name === name)?.value ?? null
}

/**
 * The base of the document's links, which are followed once it is read. Files are fetched as they are met: one before the
 * `<base>` comes from where the page does.
 */
export function baseOf(document: Document, pageUrl: string): string {
  for (const element of elementsOf(document)) {
    if (element.tagName !== 'base') continue
    const href = attribute(element, 'href')
    if (href !== null) return documentBase(href, pageUrl)
  }
  return pageUrl
}

/** Wide enough for a phone at double density and for a text column on a desk. */
const wantedWidth = 1200

/**
 * The one candidate that is captured: the narrowest of at least 1200 pixels (or the widest), the densest up to 2x. A
 * page with ten posts in seven sizes each would otherwise cost its origin seventy images. The page builder keeps
 * whatever candidates the manifest has.
 */
export function wantedCandidate(value: string): string | null {
  const sized = srcsetCandidates(value).map((srcsetCandidate) => ({
    ...srcsetCandidate,
    size: sizeOf(srcsetCandidate.descriptor),
  }))
  const enough = sized.filter((candidate) => candidate.size >= wantedWidth).sort((a, b) => a.size - b.size)[0]
  const best = enough ?? sized.sort((a, b) => b.size - a.size)[0]
  return best?.reference ?? null
}

function sizeOf(descriptor: string): number {
  const match = /^([0-9.]+)(w|x)$/.exec(descriptor)
  if (match === null) return wantedWidth / 2
  return match[2] === 'w' ? Number(match[1]) : (Number(match[1]) * wantedWidth) / 2
}

/** Everything the document needs, each once, stylesheets first: without them nothing else looks right. */
export function htmlResources(document: Document, pageUrl: string): Resource[] {
  let base = pageUrl
  const found = new Map<string, Resource>()
  for (const element of elementsOf(document)) {
    if (element.tagName === 'base' && attribute(element, 'href') !== null) base = baseOf(document, pageUrl)
    for (const { reference, kind } of referencesOf(element)) {
      const url = resolveUrl(reference, base)
      if (url !== null && !found.has(url)) found.set(url, { url, kind })
    }
    for (const cssResource of cssResources(cssOf(element), base))
      if (!found.has(cssResource.url)) found.set(cssResource.url, cssResource)
  }
  const order = ['style', 'font', 'image', 'icon']
  return [...found.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

/** Text of a `<style>` element, or an element's `style` attribute as a rule. */
function cssOf(element: Element): string {
  if (element.tagName === 'style') return isCss(element) ? styleText(element) : ''
  const inline = attribute(element, 'style')
  return inline === null || inline === '' ? '' : `a{${inline}}`
}

/** Whether a browser reads the sheet: programs keep other languages in the same elements. */
export function isCss(element: Element): boolean {
  const type = attribute(element, 'type')?.trim().toLowerCase() ?? ''
  return type === '' || type.split(';')[0] === 'text/css'
}

export function styleText(element: Element): string {
  return element.childNodes.map((child) => ('value' in child ? child.value : '')).join('')
}

type Reference = { readonly reference: string; readonly kind: Resource['kind'] }

function referencesOf(element: Element): Reference[] {
  const named = (kind: Resource['kind'], ...names: readonly string[]): Reference[] =>
    names.flatMap((name) => {
      const value = attribute(element, name)
      return value === null || value.trim() === '' ? [] : [{ reference: value, kind }]
    })
  const sets = (...names: readonly string[]): Reference[] =>
    names.flatMap((name) => {
      const wanted = wantedCandidate(attribute(element, name) ?? '')
      return wanted === null ? [] : [{ reference: wanted, kind: 'image' }]
    })
  const lazy = lazyPictures(element)
  const plain = (references: readonly string[]): Reference[] =>
    references.map((reference) => ({ reference, kind: 'image' as const }))
  const lazySets = lazy.sets.flatMap((set) => plain([wantedCandidate(set) ?? '']))
  const backgrounds = plain(lazy.backgrounds)
  switch (element.tagName) {
    case 'img':
      return [...named('image', 'src'), ...plain(lazy.sources), ...sets('srcset'), ...lazySets, ...backgrounds]
    case 'source':
      return [...sets('srcset'), ...lazySets, ...backgrounds]
    case 'input':
      return attribute(element, 'type')?.toLowerCase() === 'image' ? named('image', 'src') : []
    case 'image': // of an inline svg
    case 'use': // of another file
      return named('image', 'href')
    case 'object':
      return isPicture(element) ? named('image', 'data') : []
    case 'video':
      return [...named('image', 'poster', 'data-poster'), ...backgrounds]
    case 'link':
      return linkReferences(element)
    default:
      if (isPictureElement(element))
        return [...named('image', 'src'), ...plain(lazy.sources), ...sets('srcset'), ...lazySets]
      return [...named('image', 'background'), ...backgrounds]
  }
}

/** An `object` that shows a picture. */
export function isPicture(element: Element): boolean {
  const type = attribute(element, 'type')?.trim() ?? ''
  if (type !== '') return /^image\//i.test(type)
  return /\.(svg|png|jpe?g|gif|webp|avif)(\?|#|$)/i.test(attribute(element, 'data') ?? '')
}

function linkReferences(element: Element): Reference[] {
  const reference = attribute(element, 'href') ?? ''
  const rel = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/)
  const as = attribute(element, 'as')?.toLowerCase()
  if (reference === '') return []
  if (rel.includes('stylesheet'))
    return rel.includes('alternate') || !isCss(element) || attribute(element, 'disabled') !== null
      ? []
      : [{ reference, kind: 'style' }]
  if (rel.includes('preload') && as === 'style') return [{ reference, kind: 'style' }]
  if (rel.includes('preload') && as === 'font') return [{ reference, kind: 'font' }]
  if (rel.includes('preload') && as === 'image') {
    return [{ reference: wantedCandidate(attribute(element, 'imagesrcset') ?? '') ?? reference, kind: 'image' }]
  }
  if (rel.includes('icon') || rel.includes('apple-touch-icon')) return [{ reference, kind: 'icon' }]
  return []
}
