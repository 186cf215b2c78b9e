/** Everything readers can ask for of one blog, rendered and packed: places below `/m/<host>/` and their answers. */
import { isAway } from '../../protocol/blog-state.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { ForeignReader } from '../foreign-reader.ts'
import {
  type Compress,
  hashOf,
  type PageAnswer,
  type Prepared,
  type PrepareOptions,
  plainAnswer,
  prepared,
} from './answers.ts'
import { buildCopy, type Copy } from './copy.ts'
import { copyBar } from './copy-bar.ts'
import type { BlogFacts } from './facts.ts'
import { feedForms } from './feeds.ts'
import { mementoHeaders } from './memento.ts'
import { type PageModel, type PageOptions, pageModel } from './model.ts'
import type { KeptPage } from './nearest-pages.ts'
import { mirrorPage, postPage } from './page.ts'
import { pageStyle } from './page-style.ts'
import { aside, copyFile, copyPage, feedFile, ownPage, verifyOwnPage } from './policies.ts'
import { otherMembers, type VerifyScript, verifyPage } from './verify-page.ts'

export type SiteDeps = {
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  readonly sha256: Sha256
  readonly compress: Compress
  readonly foreign?: ForeignReader
}
export type SiteOptions = PageOptions & {
  readonly memberName: string
  readonly contact: string
  /** null where this member serves no browsers. */
  readonly verify?: VerifyScript | null
}

export type Site = {
  readonly blog: Hash
  readonly name: string
  /** "" is the mirror page; "p/…", "feed.xml", "copy/…", "blob/…". With "?copy" where that makes a difference. */
  readonly places: ReadonlyMap<string, Prepared | PageAnswer>
  /** Blobs that readers may ask for: pictures and fonts of the copy, attachments of shown posts. */
  readonly files: ReadonlySet<Hash>
  readonly bytes: number
  readonly copy: { readonly key: string; readonly copy: Copy } | null
  readonly title: string
  readonly home: string
  /** Readers are sent home. */
  readonly up: boolean
  /** Pages of the copy. */
  readonly kept: readonly KeptPage[]
}

/** Renders a blog. What did not change since `before` is taken from there: copies are not parsed or packed again. */
export async function renderSite(
  facts: BlogFacts,
  before: Site | null,
  deps: SiteDeps,
  options: SiteOptions,
): Promise<Site> {
  const model = pageModel(facts, options)
  const site = new SiteWriter(model, before, deps, options)
  if (model.closed) return site.closed()
  const copy = await site.copyOf(facts)
  await site.pages(copy?.copy ?? null)
  await site.feeds(copy?.copy ?? null)
  if (copy !== null) await site.copyPages(copy.copy)
  const attachments = model.posts
    .filter((post) => !post.withdrawn)
    .flatMap((post) => post.attachments)
    .filter((attachment) => !facts.refused.has(attachment.blob))
  const files = new Set([...(copy?.copy.files ?? []), ...attachments.map((attachment) => attachment.blob)])
  return site.site(files, copy)
}

class SiteWriter {
  readonly #model: PageModel
  readonly #before: Site | null
  readonly #deps: SiteDeps
  readonly #options: SiteOptions
  readonly #base: string
  readonly #places = new Map<string, Prepared | PageAnswer>()

  constructor(model: PageModel, before: Site | null, deps: SiteDeps, options: SiteOptions) {
    this.#model = model
    this.#before = before
    this.#deps = deps
    this.#options = options
    this.#base = `/m/${model.name}/`
  }

  closed(): Site {
    const page = mirrorPage({ ...this.#model, posts: [], copy: null }, this.#look())
    this.#places.set('', plainAnswer(410, aside(null), utf8(page)))
    return this.site(new Set(), null)
  }

  site(files: ReadonlySet<Hash>, copy: Site['copy']): Site {
    let bytes = 0
    for (const place of new Set(this.#places.values())) bytes += 'answers' in place ? place.bytes : place.body.length
    const { blog, name, title, home } = this.#model
    const up = this.#model.state.state === 'up' && this.#model.homeProven
    const kept = (copy?.copy.pages ?? []).map(({ path, title, place }) => ({ path, title, place }))
    return { blog, name, places: this.#places, files, bytes, copy, title, home, up, kept }
  }

  /** The copy again where nothing it depends on has changed. A copy that lacks pages is looked at anew. */
  async copyOf(facts: BlogFacts): Promise<Site['copy']> {
    if (facts.copy === null) return null
    const { snapshot } = facts.copy
    const forgotten = facts.head?.payload.forgotten ?? []
    const { refused } = facts
    const key = JSON.stringify([snapshot.id, this.#base, forgotten, [...refused], this.#model.title])
    const known = this.#before?.copy
    if (known?.key === key && known.copy.missing === 0) return known
    const bar = copyBar(this.#model, this.#base)
    return {
      key,
      copy: await buildCopy(snapshot, this.#deps, {
        base: this.#base,
        origin: new URL(this.#options.url).origin,
        refused,
        forgotten,
        proven: facts.proven.length > 0,
        bar,
      }),
    }
  }

  async pages(copy: Copy | null): Promise<void> {
    const model = this.#model
    const look = { ...this.#look(), places: placesOf(copy), lacksPictures: copy?.lacks === true }
    const headers = ownPage(styleHash(this.#deps.sha256), originOf(this.#options.contentUrl))
    const page = await this.#pack('?copy', mirrorPage(model, look), headers)
    this.#places.set('?copy', page)
    const { verify = null, url } = this.#options
    const policy = verifyOwnPage(styleHash(this.#deps.sha256), url, verify, otherMembers(model))
    this.#places.set('verify', await this.#pack('verify', verifyPage(model, look, verify), policy))
    const away = isAway(model.state) || !model.homeProven
    this.#places.set('', away ? page : plainAnswer(302, aside(model.home)))
    for (const post of model.posts) {
      if (post.withdrawn && post.importedAt === null) continue
      const place = `p/${post.id}`
      for (const other of post.ids.slice(1)) this.#places.set(`p/${other}`, plainAnswer(302, aside(this.#base + place)))
      const moved = model.homeProven && !isAway(model.state) ? post.importedAt : null
      if (moved !== null) this.#places.set(place, plainAnswer(302, aside(moved)))
      else if (!post.withdrawn) this.#places.set(place, await this.#pack(place, postPage(model, post, look), headers))
    }
  }

  async feeds(copy: Copy | null): Promise<void> {
    const contents = new Map((copy?.pages ?? []).map((page) => [page.path, page.article]))
    const look = { url: this.#options.url, base: this.#base.slice(1), places: placesOf(copy), contents }
    for (const { place, type, write } of feedForms) {
      this.#places.set(place, await this.#pack(place, write(this.#model, look), feedFile(`${type}; charset=utf-8`)))
    }
  }

  async copyPages(copy: Copy): Promise<void> {
    const framedBy = this.#options.contentUrl === null ? null : originOf(this.#options.url)
    const up = !isAway(this.#model.state) && this.#model.homeProven
    for (const page of copy.pages) {
      const homeward = up ? plainAnswer(302, [...aside(page.url), 'Vary', 'Sec-Fetch-Dest']) : null
      const captured = this.#model.copy?.capturedAt ?? 0
      const headers = [...copyPage(framedBy), ...mementoHeaders(captured, page.url, this.#options.url, this.#base)]
      // A cache that serves many would else show it to those who are led home.
      const varyBy = 'Sec-Fetch-Dest'
      const packed = await this.#pack(page.place, page.html, headers, { homeward, varyBy })
      this.#places.set(page.place, packed)
      this.#places.set(`${page.place}?copy`, { ...packed, homeward: null })
    }
    for (const [hash, { type, bytes }] of copy.made) {
      this.#places.set(`blob/${hash}`, await this.#pack(`blob/${hash}`, bytes, copyFile(type)))
    }
  }

  #look() {
    const { url, contentUrl, memberName, contact } = this.#options
    return { url, contentUrl, memberName, contact, base: this.#base, places: new Map<string, string>() }
  }

  async #pack(
    place: string,
    content: string | Uint8Array,
    headers: readonly string[],
    more: Pick<PrepareOptions, 'homeward' | 'varyBy'> = {},
  ): Promise<Prepared> {
    const bytes = typeof content === 'string' ? utf8(content) : content
    const hash = hashOf(bytes, this.#deps.sha256)
    const known = this.#before?.places.get(place)
    if (known !== undefined && 'answers' in known && known.hash === hash)
      return { ...known, homeward: more.homeward ?? null }
    return prepared(await this.#deps.compress(bytes), { hash, headers, ...more })
  }
}

/** Copies of pages by their path on the blog. */
function placesOf(copy: Copy | null): ReadonlyMap<string, string> {
  return new Map((copy?.pages ?? []).map((page) => [page.path, page.place]))
}

/** The name of our one inline style in a policy. */
export function styleHash(sha256: Sha256): string {
  return `sha256-${Buffer.from(sha256(utf8(pageStyle))).toString('base64')}`
}

function originOf(url: string | null): string | null {
  return url === null ? null : new URL(url).origin
}
