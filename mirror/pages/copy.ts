/**
 * The inert copy of one snapshot: its pages, and the stylesheets and drawings they use, rebuilt. Pictures and fonts stay
 * in the blob store and are only named here. Rebuilt files are named by their own hash, so that their addresses never lie.
 */
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { snapshotPayloadBytesMax } from '../../protocol/limits.ts'
import type { Hash, SignedObject, Snapshot, SnapshotFile } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { decodeCss } from '../capture/charset.ts'
import { pageSource } from '../capture/page-source.ts'
import { isForgotten, pathBelow, resolveUrl } from '../capture/url.ts'
import { inertArticle, inertPage } from './inert.ts'
import { inertCss } from './inert-css.ts'
import { inertDataUrl, svgInDataUrl } from './inert-data.ts'
import type { InertLinks } from './inert-links.ts'
import { inertSvgFile } from './inert-svg.ts'
import type { Markup } from './markup.ts'

export type CopyDeps = { readonly blob: (hash: Hash) => Promise<Uint8Array | null>; readonly sha256: Sha256 }
export type CopyOptions = {
  /** "/m/example.org/": where the copy will stand. */
  readonly base: string
  /** "https://mirror.example": put before places where relative ones mean nothing. */
  readonly origin: string
  readonly forgotten: readonly string[]
  /** Blobs that are not shown here. */
  readonly refused: ReadonlySet<Hash>
  /** The line above each page. */
  readonly bar: (page: { readonly url: string; readonly title: string }) => Markup
}

export type CopyPage = {
  /** Below the base: "copy/", "copy/2026/first-post/". */
  readonly place: string
  /** Its path on the blog: "/", "/2026/first-post/". */
  readonly path: string
  readonly url: string
  readonly title: string
  readonly html: string
  /** The text of its one article, for feeds: pictures and links absolute. null where the page is no single article. */
  readonly article: string | null
}
export type MadeFile = { readonly type: string; readonly bytes: Uint8Array }
export type Copy = {
  readonly pages: readonly CopyPage[]
  /** Rebuilt sheets and drawings by the hash in their address. */
  readonly made: ReadonlyMap<Hash, MadeFile>
  /** Pictures and fonts that pages may ask for. Their bytes are in the blob store. */
  readonly files: ReadonlySet<Hash>
  /** Pages, sheets and drawings whose bytes this mirror does not have yet. */
  readonly missing: number
  /** Pictures were left out because the copy had reached its limits. */
  readonly lacks: boolean
}

/** Where the copy of a page stands. Paths with anything but plain letters get a name made of their hash. */
export function copyPlace(path: string, sha256: Sha256): string {
  if (/^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?$/.test(path)) return `copy${path}`
  return `copy/q-${toHex(sha256(utf8(path))).slice(0, 24)}`
}

/** Reads every page, sheet and drawing of the snapshot once. What is missing or forgotten is left out. */
export async function buildCopy(
  snapshot: SignedObject<'snapshot'>,
  deps: CopyDeps,
  options: CopyOptions,
): Promise<Copy> {
  const { payload } = snapshot
  const allowed = (file: SnapshotFile) =>
    !options.refused.has(file.blob) && !isForgotten(file.url, payload.address, options.forgotten)
  const pages = payload.pages.filter(allowed)
  const assets = payload.assets.filter(allowed)
  const texts = new Map<string, string>()
  let missing = 0
  for (const asset of assets.filter(isText)) {
    const bytes = await deps.blob(asset.blob)
    if (bytes === null) missing++
    else texts.set(asset.url, decodeCss(bytes, asset.type))
  }
  const files = new CopyFiles(payload, assets, texts, deps.sha256, options.base)
  const built: CopyPage[] = []
  for (const page of pages) {
    const bytes = await deps.blob(page.blob)
    if (bytes === null) {
      missing++
      continue
    }
    const title = page.title ?? payload.title
    const canonical = new URL(page.path.slice(1), payload.address).href
    const bar = options.bar({ url: canonical, title })
    const source = pageSource(bytes, page.type)
    const html = inertPage(source, files, { url: page.url, canonical, bar, texts })
    const article = inertArticle(source, absolute(files, options.origin), { url: page.url, canonical, bar })
    built.push({ place: copyPlace(page.path, deps.sha256), path: page.path, url: canonical, title, html, article })
  }
  return { pages: built, made: files.made, files: files.named, missing, lacks: files.lacking > 0 && isFull(payload) }
}

function absolute(links: InertLinks, origin: string): InertLinks {
  const whole = (path: string | null) => (path === null || !path.startsWith('/') ? path : origin + path)
  return {
    file: (url) => whole(links.file(url)),
    sheet: () => null,
    page: (url) => whole(links.page(url)),
    drawing: (svg) => whole(links.drawing(svg)),
  }
}

function isText(asset: SnapshotFile): boolean {
  return !/^(image\/(?!svg)|font\/|audio\/|video\/|application\/(font|x-font|octet-stream))/i.test(asset.type)
}

/** Below these a snapshot had room: what it lacks then was refused by its origin. */
const filesMax = 300
const bytesFull = 45 * 1024 * 1024
const manifestFull = 0.85 * snapshotPayloadBytesMax

function isFull({ pages, assets }: Snapshot): boolean {
  const bytes = [...pages, ...assets].reduce((sum, file) => sum + file.bytes, 0)
  return assets.length >= filesMax || bytes >= bytesFull || JSON.stringify(assets).length >= manifestFull
}

class CopyFiles implements InertLinks {
  readonly made = new Map<Hash, MadeFile>()
  readonly named = new Set<Hash>()
  readonly #pages: ReadonlyMap<string, string>
  readonly #assets: ReadonlyMap<string, SnapshotFile>
  readonly #texts: ReadonlyMap<string, string>
  readonly #sheets = new Map<string, string | null>()
  readonly #sha256: Sha256
  readonly #base: string
  readonly #address: string
  /** Files that pages name and the copy has not. */
  readonly #lacking = new Set<string>()

  constructor(
    snapshot: Snapshot,
    assets: readonly SnapshotFile[],
    texts: ReadonlyMap<string, string>,
    sha256: Sha256,
    base: string,
  ) {
    this.#sha256 = sha256
    this.#base = base
    this.#address = snapshot.address
    this.#texts = texts
    this.#assets = new Map(assets.map((asset) => [asset.url, asset]))
    const places = snapshot.pages.flatMap((page) => {
      const place = base + copyPlace(page.path, sha256)
      const address = resolveUrl(page.path.slice(1), snapshot.address)
      return [page.url, ...(address === null ? [] : [address])].map((url) => [url, place] as const)
    })
    this.#pages = new Map([...places].reverse())
  }

  get lacking(): number {
    return this.#lacking.size
  }

  page(url: string): string | null {
    const twin = url.endsWith('/') ? url.slice(0, -1) : `${url}/`
    return this.#pages.get(url) ?? this.#pages.get(twin) ?? null
  }

  own(url: string): string | null {
    const path = pathBelow(url, this.#address)
    return path === null ? null : this.#base + path.slice(1)
  }

  file(url: string): string | null {
    const asset = this.#assets.get(url)
    if (asset === undefined) {
      this.#lacking.add(url)
      return null
    }
    const text = this.#texts.get(url)
    if (text !== undefined && /<svg[\s>]/i.test(text)) return this.drawing(text)
    if (isText(asset)) return null
    this.named.add(asset.blob)
    return `${this.#base}blob/${asset.blob}`
  }

  drawing(svg: string): string | null {
    const inert = inertSvgFile(svg)
    return inert === null ? null : this.#make('image/svg+xml', inert)
  }

  /** A sheet that imports itself, directly or through others, ends there. */
  sheet(url: string): string | null {
    const known = this.#sheets.get(url)
    if (known !== undefined) return known
    const text = this.#texts.get(url)
    this.#sheets.set(url, null)
    if (text === undefined) return null
    const css = inertCss(text, {
      file: (reference) => this.#inSheet(reference, url),
      sheet: (reference) => {
        const name = resolveUrl(reference, url)
        return name === null ? null : this.sheet(name)
      },
    })
    const path = this.#make('text/css; charset=utf-8', css)
    this.#sheets.set(url, path)
    return path
  }

  #inSheet(reference: string, sheetUrl: string): string | null {
    if (/^\s*data:/i.test(reference)) {
      const svg = svgInDataUrl(reference)
      return svg === null ? inertDataUrl(reference) : this.drawing(svg)
    }
    const url = resolveUrl(reference, sheetUrl)
    return url === null ? null : this.file(url)
  }

  #make(type: string, text: string): string {
    const bytes = utf8(text)
    const hash = toHex(this.#sha256(bytes))
    this.made.set(hash, { type, bytes })
    return `${this.#base}blob/${hash}`
  }
}
