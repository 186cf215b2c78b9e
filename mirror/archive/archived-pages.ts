/**
 * Pages of a kept archive, rendered inert like the copy's when somebody asks: below `/m/<host>/` under their own paths. A
 * few stay in memory; what is forgotten or refused is never among them.
 */
import type { Clock } from '../../lib/clock.ts'
import { TOO_COSTLY } from '../../lib/workers.ts'
import type { ArchivedFile } from '../../protocol/archive.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Hash, SignedObject, SnapshotFile } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { CaptureReader } from '../capture/capture-reader.ts'
import { isHtml } from '../capture/media-type.ts'
import type { ForeignReader } from '../foreign-reader.ts'
import { type Compress, hashOf, type PageAnswer, type Prepared, plainAnswer, prepared } from '../pages/answers.ts'
import { buildCopy, type Copy } from '../pages/copy.ts'
import { copyBar } from '../pages/copy-bar.ts'
import { CopyCache } from '../pages/copy-cache.ts'
import { type BlogFacts, type FactsSource, factsNow } from '../pages/facts.ts'
import { mementoHeaders } from '../pages/memento.ts'
import { type PageOptions, pageModel } from '../pages/model.ts'
import { aside, copyFile, copyPage } from '../pages/policies.ts'
import { pathOf } from './archive-filler.ts'
import { type KeptArchive, urlOf } from './archive-keeper.ts'

export type ArchivedPagesDeps = {
  readonly archive: { kept(blog: Hash): Promise<KeptArchive | null> }
  readonly facts: FactsSource
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  /** A picture or font, packed. */
  readonly file: (hash: Hash) => Promise<Prepared | null>
  readonly clock: Clock
  readonly sha256: Sha256
  readonly compress: Compress
  readonly foreign: ForeignReader
}

type Built = { readonly blog: Hash; readonly copy: Copy; readonly bytes: number; readonly missing: number }

const pagesKept = { bytesMax: 16 * 1024 * 1024, countMax: 256, buildsMax: 2 }
/** Sheets that are followed from one page. */
const sheetsMax = 40
const retryAfterSeconds = '5'

export class ArchivedPages {
  readonly #deps: ArchivedPagesDeps
  readonly #options: PageOptions
  readonly #built: CopyCache<Built>
  readonly #reader: CaptureReader

  constructor(deps: ArchivedPagesDeps, options: PageOptions) {
    this.#deps = deps
    this.#options = options
    this.#reader = new CaptureReader(deps)
    this.#built = new CopyCache(deps, pagesKept)
  }

  /** `path` as the blog has it, with its query. null where the archive has no such page, or lacks its bytes. */
  async answer(blog: Hash, path: string): Promise<Prepared | PageAnswer | null> {
    const { facts: source, clock, sha256, archive } = this.#deps
    const kept = await archive.kept(blog)
    const file = kept === null ? null : fileAt(kept.files, path)
    if (kept === null || file === null) return null
    const facts = await factsNow(source, blog, clock.nowMs(), sha256)
    if (facts === null || facts.refused.has(file.blob!)) return null
    if (!isHtml(file.type)) return /^(image|font)\//.test(file.type) ? this.#deps.file(file.blob!) : null
    const key = JSON.stringify([kept.archive.id, file.path, facts.name, [...facts.refused], kept.files.length])
    const built = await this.#built.get(key, () => this.#build(facts, kept, file))
    if (built === null || built === 'busy') return built === null ? null : busy
    return this.#page(facts, kept, built.copy)
  }

  /** A sheet, drawing or picture of a page that was answered lately. */
  async file(blog: Hash, hash: Hash): Promise<Prepared | null> {
    for (const built of this.#built.values()) {
      if (built.blog !== blog) continue
      const made = built.copy.made.get(hash)
      if (made !== undefined) return this.#pack(made.bytes, copyFile(made.type))
      if (built.copy.files.has(hash)) return this.#deps.file(hash)
    }
    return null
  }

  async #page(facts: BlogFacts, { archive }: KeptArchive, copy: Copy): Promise<Prepared | null> {
    const [page] = copy.pages
    if (page === undefined) return null
    const framedBy = this.#options.contentUrl === null ? null : new URL(this.#options.url).origin
    const own = mementoHeaders(archive.payload.time, page.url, this.#options.url, `/m/${facts.name}/`)
    return this.#pack(utf8(page.html), [...copyPage(framedBy), ...own])
  }

  async #build(facts: BlogFacts, kept: KeptArchive, file: ArchivedFile): Promise<Built | null> {
    const { archive } = kept
    const { address, time } = archive.payload
    const { blog } = facts.blog
    const url = urlOf(file.path, address)
    const assets = await this.#assets(blog, kept, file, url)
    if (assets === null) return null
    const page = { path: file.path, url, blob: file.blob!, type: file.type, bytes: file.bytes }
    const payload = { ...archive.payload, title: '', pages: [page], assets, alike: archive.id }
    const model = pageModel(facts, this.#options)
    const shown = {
      ...model,
      copy: { id: archive.id, capturedAt: time, by: '', trust: 'captured-by-one' as const, files: 0 },
    }
    const base = `/m/${facts.name}/`
    const copy = await buildCopy(
      { ...archive, kind: 'snapshot', payload } as unknown as SignedObject<'snapshot'>,
      this.#deps,
      {
        base,
        origin: new URL(this.#options.url).origin,
        forgotten: facts.head?.payload.forgotten ?? [],
        refused: facts.refused,
        proven: facts.proven.length > 0,
        bar: copyBar(shown, base),
      },
    )
    return copy.pages.length === 0 ? null : { blog, copy, bytes: bytesOf(copy), missing: 0 }
  }

  /** What the page needs and the archive has: its pictures and sheets, and what those need. */
  async #assets(blog: Hash, kept: KeptArchive, page: ArchivedFile, url: string): Promise<SnapshotFile[] | null> {
    const { address } = kept.archive.payload
    const byPath = new Map(kept.files.map((file) => [file.path, file]))
    const body = await this.#deps.blob(page.blob!)
    if (body === null) return null
    const visit = { url, from: url, blob: page.blob!, type: page.type, bytes: page.bytes }
    const read = await this.#reader.page(blog, { path: page.path, visit, body, address })
    if (read === TOO_COSTLY) return null
    const found = new Map<string, SnapshotFile>()
    const waiting = read.resources.map((resource) => resource.url)
    let sheets = 0
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const file = found.has(next) ? undefined : byPath.get(pathOf(next, address))
      if (file === undefined || file.blob === null) continue
      found.set(next, { url: next, blob: file.blob, type: file.type, bytes: file.bytes })
      if (!file.type.startsWith('text/css') || ++sheets > sheetsMax) continue
      const bytes = await this.#deps.blob(file.blob)
      const [needs = []] =
        bytes === null ? [] : await this.#reader.sheet(blog, { bytes, type: file.type, bases: [next] })
      waiting.push(...needs.map((need) => need.url))
    }
    return [...found.values()]
  }

  async #pack(bytes: Uint8Array, headers: readonly string[]): Promise<Prepared> {
    return prepared(await this.#deps.compress(bytes), { hash: hashOf(bytes, this.#deps.sha256), headers })
  }
}

const busy = plainAnswer(
  503,
  ['Retry-After', retryAfterSeconds, ...aside(null)],
  utf8('Pages of the archive are being built for others. Try again in a few seconds.'),
)

/** The file of a path, with or without its final slash, that the archive has not left out. */
export function fileAt(files: readonly ArchivedFile[], path: string): ArchivedFile | null {
  const [place = '', ...query] = path.split('?')
  const twin = [place.endsWith('/') ? place.slice(0, -1) : `${place}/`, ...query].join('?')
  const found = files.find((file) => file.path === path) ?? files.find((file) => file.path === twin)
  return found === undefined || found.blob === null ? null : found
}

function bytesOf({ pages, made }: Copy): number {
  const texts = pages.reduce((sum, page) => sum + page.html.length, 0)
  return [...made.values()].reduce((sum, file) => sum + file.bytes.length, texts)
}
