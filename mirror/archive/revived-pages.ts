/**
 * Pages and sheets of an archive as files of a site elsewhere: every link to the blog's own files leads to where they lie
 * now, in all spellings of its addresses; one to a page that is not there leads nowhere. All else stays as it was: the
 * site is its author's, scripts included. Pure.
 */
import { type DefaultTreeAdapterMap, parse, serialize } from 'parse5'
import { decodeCss } from '../capture/charset.ts'
import { attribute, baseOf, elementsOf } from '../capture/html-resources.ts'
import { pageSource } from '../capture/page-source.ts'
import { srcsetCandidates } from '../capture/srcset.ts'
import { pathBelow, resolveUrl } from '../capture/url.ts'
import { placeOf } from './revived-names.ts'

type Element = DefaultTreeAdapterMap['element']
type Document = DefaultTreeAdapterMap['document']

export type RevivedSite = {
  /** The blog's address as it was. */
  readonly address: string
  /** Where the site will stand: "/", "/blog/", "https://new.example/". */
  readonly base: string
  /** Path of the archive → name on disk. */
  readonly names: ReadonlyMap<string, string>
}

/** Where a reference leads now; null where it is the blog's own and not there; undefined where it is none of the blog's. */
function placed(reference: string, from: string, { address, base, names }: RevivedSite): string | null | undefined {
  const hash = reference.indexOf('#')
  const fragment = hash < 0 ? '' : reference.slice(hash)
  const url = resolveUrl(reference, from)
  if (url === null) return undefined
  const path = pathBelow(url, address)
  const known = nameAt(names, path ?? url)
  if (known !== undefined) return base + placeOf(known) + fragment
  return path === null ? undefined : null
}

function nameAt(names: ReadonlyMap<string, string>, path: string): string | undefined {
  const [place = '', ...query] = path.split('?')
  const twin = [place.endsWith('/') ? place.slice(0, -1) : `${place}/`, ...query].join('?')
  return names.get(path) ?? names.get(twin) ?? names.get(decodedPath(path))
}

/** Some link with letters that others write in percent. */
function decodedPath(path: string): string {
  return path.replace(/%[0-9a-f]{2}/g, (code) => code.toUpperCase())
}

export function revivedPage(bytes: Uint8Array, type: string, url: string, site: RevivedSite): string {
  const document = parse(pageSource(bytes, type)) as Document
  const base = baseOf(document, url)
  for (const element of [...elementsOf(document as never)] as unknown as Element[]) {
    if (element.tagName === 'base') element.attrs = element.attrs.filter(({ name }) => name !== 'href')
    else reviveElement(element, base, site)
  }
  declareUtf8(document)
  return serialize(document)
}

function reviveElement(element: Element, from: string, site: RevivedSite): void {
  if (element.tagName === 'meta' && /^refresh$/i.test(attribute(element, 'http-equiv') ?? '')) return
  element.attrs = element.attrs.flatMap((attr) => {
    const { name, value } = attr
    if (name === 'srcset' || name === 'imagesrcset' || name === 'data-srcset')
      return [{ ...attr, value: revivedSet(value, from, site) }]
    if (name === 'style') return [{ ...attr, value: revivedCss(value, from, site) }]
    const links =
      name === 'href' || name === 'src' || name === 'poster' || name === 'data' || /^data-[a-z-]*src$/.test(name)
    if (!links && !(name === 'content' && /^https?:\/\//.test(value))) return [attr]
    const to = placed(value, from, site)
    if (to === undefined) return [absolute(attr, from, links)]
    if (to !== null) return [{ ...attr, value: to }]
    return element.tagName === 'a' || element.tagName === 'area' ? [] : links ? [] : [attr]
  })
  if (element.tagName !== 'style') return
  for (const child of element.childNodes) if ('value' in child) child.value = revivedCss(child.value, from, site)
}

/** What is none of the blog's stays where it was, whole: pages now lie elsewhere. */
function absolute<T extends { name: string; value: string }>(attr: T, from: string, links: boolean): T {
  const { value } = attr
  if (!links || /^(#|[a-z][a-z0-9+.-]{0,30}:)/i.test(value.trim()) || value.trim() === '') return attr
  return { ...attr, value: URL.parse(value, from)?.href ?? value }
}

function revivedSet(value: string, from: string, site: RevivedSite): string {
  return srcsetCandidates(value)
    .flatMap(({ reference, descriptor }) => {
      const to = placed(reference, from, site)
      return to === null ? [] : [`${to ?? URL.parse(reference, from)?.href ?? reference} ${descriptor}`.trim()]
    })
    .join(', ')
}

const reference =
  /(\burl\(\s{0,20})("[^"\n]{0,4000}"|'[^'\n]{0,4000}'|[^)"'\s]{1,4000})|(@import\s{1,20})("[^"\n]{0,4000}"|'[^'\n]{0,4000}')/gi

/** References of a sheet, led to where the files lie now. What is not there stays as it was written. */
export function revivedCss(css: string, from: string, site: RevivedSite): string {
  return css.replace(reference, (whole, before: string | undefined, inUrl: string | undefined, atImport, imported) => {
    const text: string = inUrl ?? imported
    const mark = /^["']/.test(text) ? text[0]! : '"'
    const bare = text.replace(/^["']|["']$/g, '')
    if (/^(data|about):/i.test(bare.trim())) return whole
    const to = placed(bare, from, site) ?? URL.parse(bare, from)?.href
    return to === undefined ? whole : `${before ?? atImport}${mark}${to}${mark}`
  })
}

export function revivedSheet(bytes: Uint8Array, type: string, url: string, site: RevivedSite): string {
  return revivedCss(decodeCss(bytes, type), url, site)
}

/** The file is UTF-8 now, whatever the page was sent as. */
function declareUtf8(document: Document): void {
  const elements = [...elementsOf(document as never)] as unknown as Element[]
  for (const element of elements) {
    if (element.tagName !== 'meta') continue
    const type = /^content-type$/i.test(attribute(element, 'http-equiv') ?? '')
    if (attribute(element, 'charset') === null && !type) continue
    element.attrs = [{ name: 'charset', value: 'utf-8' }]
    return
  }
  const head = elements.find((element) => element.tagName === 'head')
  if (head === undefined) return
  const meta = {
    ...head,
    nodeName: 'meta',
    tagName: 'meta',
    attrs: [{ name: 'charset', value: 'utf-8' }],
    childNodes: [],
  }
  head.childNodes.unshift({ ...meta, parentNode: head } as unknown as Element)
}
