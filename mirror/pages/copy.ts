/**
 * The inert copy of one snapshot: its pages, and the stylesheets and drawings they use, rebuilt. Pictures and fonts stay
 * in the blob store and are only named here. Rebuilt files are named by their own hash, so that their addresses never lie.
 */
import { type Job, TOO_COSTLY } from '../../lib/workers.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { snapshotPayloadBytesMax } from '../../protocol/limits.ts'
import type { Hash, SignedObject, Snapshot, SnapshotFile } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { mapConcurrent } from '../capture/assets.ts'
import { decodeCss } from '../capture/charset.ts'
import { pageSource } from '../capture/page-source.ts'
import { isForgotten, pathBelow, resolveUrl } from '../capture/url.ts'
import type { ForeignReader } from '../foreign-reader.ts'
import { snapshotBytesMax, snapshotFilesMax } from '../snapshot-limits.ts'
import { inertArticle, inertPage } from './inert.ts'
import { inertCss } from './inert-css.ts'
import { inertDataUrl, svgInDataUrl } from './inert-data.ts'
import type { InertLinks } from './inert-links.ts'
import { inertSvgFile } from './inert-svg.ts'
import type { Markup } from './markup.ts'

export type CopyDeps = {
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  readonly sha256: Sha256
  /** In line where there is none. */
  readonly foreign?: ForeignReader
}
export type CopyOptions = {
  /** "/m/example.org/": where the copy will stand. */
  readonly base: string
  /** "https://mirror.example": put before places where relative ones mean nothing. */
  readonly origin: string
  readonly forgotten: readonly string[]
  /** Blobs that are not shown here. */
  readonly refused: ReadonlySet<Hash>
  /** Whether the blog's address is proven: others wait longer. */
  readonly proven?: boolean
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

/** Reads every page, sheet and drawing of the snapshot once. What is missing or forgotten, or asks for too much, is left out. */
export async function buildCopy(
  snapshot: SignedObject<'snapshot'>,
  deps: CopyDeps,
  options: CopyOptions,
): Promise<Copy> {
  const { payload } = snapshot
  const allowed = (file: SnapshotFile) =>
    !options.refused.has(file.blob) && !isForgotten(file.url, payload.address, options.forgotten)
  const assets = payload.assets.filter(allowed)
  const texts = new Map<string, string>()
  let missing = 0
  for (const asset of assets.filter(isText)) {
    const bytes = await deps.blob(asset.blob)
    if (bytes === null) missing++
    else texts.set(asset.url, decodeCss(bytes, asset.type))
  }
  const { pages: all, address } = payload
  const files: CopyFilesInput = { address, pages: all, assets, texts, base: options.base, sheets: new Map() }
  const made = new Map<Hash, MadeFile>()
  const named = new Set<Hash>()
  let lacking = 0
  const add = (part: MadePart) => {
    lacking += part.lacking
    for (const [hash, file] of part.made) made.set(hash, file)
    for (const hash of part.named) named.add(hash)
  }
  const { sheetsJob, pageJob } = copyJobs(deps.sha256)
  const document = { blog: payload.blog, place: new URL(address).host, proven: options.proven ?? true }
  const sheets = await deps.foreign?.read(sheetsJob, files, {
    ...document,
    source: `sheets of ${snapshot.id}`,
    shown: address,
  })
  const ready = sheets ?? sheetsOf(files, deps.sha256)
  if (ready !== TOO_COSTLY) add(ready)
  const looks =
    ready === TOO_COSTLY ? { ...files, texts: new Map<string, string>() } : { ...files, sheets: ready.sheets }
  const pages = await mapConcurrent(payload.pages.filter(allowed), async (page): Promise<CopyPage | null> => {
    const bytes = await deps.blob(page.blob)
    if (bytes === null) {
      missing++
      return null
    }
    const title = page.title ?? payload.title
    const url = new URL(page.path.slice(1), address).href
    const input = {
      files: looks,
      bytes,
      page,
      canonical: url,
      bar: options.bar({ url, title }),
      origin: options.origin,
    }
    const built =
      (await deps.foreign?.read(pageJob, input, { ...document, source: page.blob, shown: url })) ??
      builtPage(input, deps.sha256)
    if (built === TOO_COSTLY) return null
    add(built)
    const { html, article } = built
    return { place: copyPlace(page.path, deps.sha256), path: page.path, url, title, html, article }
  })
  const lacks = lacking > 0 && isFull(payload)
  return { pages: pages.filter((page) => page !== null), made, files: named, missing, lacks }
}

type CopyFilesInput = {
  readonly address: string
  readonly pages: Snapshot['pages']
  readonly assets: readonly SnapshotFile[]
  /** Of sheets and drawings, by their address. */
  readonly texts: ReadonlyMap<string, string>
  readonly base: string
  /** Where rebuilt sheets stand, as far as they are built. */
  readonly sheets: ReadonlyMap<string, string | null>
}
type MadePart = {
  readonly made: ReadonlyMap<Hash, MadeFile>
  readonly named: ReadonlySet<Hash>
  /** Files that it names and the copy has not. */
  readonly lacking: number
}
type BuiltSheets = MadePart & { readonly sheets: ReadonlyMap<string, string | null> }
type PageInput = {
  readonly files: CopyFilesInput
  readonly bytes: Uint8Array
  readonly page: Snapshot['pages'][number]
  readonly canonical: string
  readonly bar: Markup
  readonly origin: string
}
type BuiltPage = MadePart & Pick<CopyPage, 'html' | 'article'>

/** The work of a copy that a stranger's documents decide: all its sheets, and each page. */
export function copyJobs(sha256: Sha256) {
  const sheetsJob: Job<CopyFilesInput, BuiltSheets> = { name: 'copy-sheets', act: (input) => sheetsOf(input, sha256) }
  const pageJob: Job<PageInput, BuiltPage> = { name: 'copy-page', act: (input) => builtPage(input, sha256) }
  return { sheetsJob, pageJob }
}

function sheetsOf(input: CopyFilesInput, sha256: Sha256): BuiltSheets {
  const files = new CopyFiles(input, sha256)
  const urls = [...input.texts].filter(([, text]) => !holdsDrawing(text)).map(([url]) => url)
  const sheets = new Map(urls.map((url) => [url, files.sheet(url)]))
  return { made: files.made, named: files.named, lacking: files.lacking, sheets }
}

function builtPage({ files: input, bytes, page, canonical, bar, origin }: PageInput, sha256: Sha256): BuiltPage {
  const files = new CopyFiles(input, sha256)
  const source = pageSource(bytes, page.type)
  const html = inertPage(source, files, {
    url: page.url,
    canonical,
    bar,
    texts: input.texts,
    ...(page.policy === undefined ? {} : { policy: page.policy }),
  })
  const article = inertArticle(source, absolute(files, origin), { url: page.url, canonical, bar })
  return { html, article, made: files.made, named: files.named, lacking: files.lacking }
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

function holdsDrawing(text: string): boolean {
  return /<svg[\s>]/i.test(text)
}

function isText(asset: SnapshotFile): boolean {
  return !/^(image\/(?!svg)|font\/|audio\/|video\/|application\/(font|x-font|octet-stream))/i.test(asset.type)
}

/** Below these shares of its limits a snapshot had room: what it lacks then was refused by its origin. */
const bytesFull = 0.9 * snapshotBytesMax
const manifestFull = 0.85 * snapshotPayloadBytesMax

function isFull({ pages, assets }: Snapshot): boolean {
  const bytes = [...pages, ...assets].reduce((sum, file) => sum + file.bytes, 0)
  return assets.length >= snapshotFilesMax || bytes >= bytesFull || JSON.stringify(assets).length >= manifestFull
}

class CopyFiles implements InertLinks {
  readonly made = new Map<Hash, MadeFile>()
  readonly named = new Set<Hash>()
  readonly #pages: ReadonlyMap<string, string>
  readonly #assets: ReadonlyMap<string, SnapshotFile>
  readonly #texts: ReadonlyMap<string, string>
  readonly #sheets: Map<string, string | null>
  readonly #sha256: Sha256
  readonly #base: string
  readonly #address: string
  /** Files that pages name and the copy has not. */
  readonly #lacking = new Set<string>()

  constructor({ address, pages, assets, texts, base, sheets }: CopyFilesInput, sha256: Sha256) {
    this.#sha256 = sha256
    this.#base = base
    this.#address = address
    this.#texts = texts
    this.#sheets = new Map(sheets)
    this.#assets = new Map(assets.map((asset) => [asset.url, asset]))
    const places = pages.flatMap((page) => {
      const place = base + copyPlace(page.path, sha256)
      const url = resolveUrl(page.path.slice(1), address)
      return [page.url, ...(url === null ? [] : [url])].map((name) => [name, place] as const)
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
    if (text !== undefined && holdsDrawing(text)) return this.drawing(text)
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
