/**
 * Answers everything below `/m/`. Pages are rendered when something changes, kept packed in memory, and answered by one
 * look-up before any framework is reached; what is not in memory is rendered on demand, for a bounded number of askers.
 *
 *   ledger.onStored → refresh(blog) → facts → model → bytes → packed → hot
 *   request → hot? answer : (bounded) blog → site → answer, or a blob from the store
 */
import { CoalescedRuns, DueRuns } from '../../ledger/coalesced-runs.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Workers } from '../../lib/workers.ts'
import { readMirrorPath } from '../../protocol/addresses.ts'
import { isAway } from '../../protocol/blog-state.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { ArchivedPages, type ArchivedPagesDeps } from '../archive/archived-pages.ts'
import { ForeignReader } from '../foreign-reader.ts'
import {
  type Compress,
  compressed,
  encodingFor,
  namesTag,
  type PageAnswer,
  type Prepared,
  plainAnswer,
} from './answers.ts'
import { type FactsSource, factsNow } from './facts.ts'
import { FileCache } from './file-cache.ts'
import { History } from './history.ts'
import { icon } from './icon.ts'
import { copyOfPath, keptPage, notFound, notKept, ownPath, pathAsked, pathsOfCopy, redirect } from './page-of-path.ts'
import { pathBlogPlace } from './path-blog.ts'
import { aside, copyFile } from './policies.ts'
import { renderSite, type Site, type SiteOptions } from './site.ts'
import { SiteFolders, type SiteTree } from './site-folders.ts'

export type PageServerDeps = {
  readonly facts: FactsSource
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
  /** Packs bytes; a simulation hands in one that does not. */
  readonly compress?: Compress
  /** Each rendered blog as files, where nginx or Caddy serve them. */
  readonly tree?: SiteTree
  /** Archives that this member keeps. */
  readonly archive?: ArchivedPagesDeps['archive']
  /** Reads captured pages in threads; in line where there are none. */
  readonly workers?: Workers
  /** What reads foreign documents; one of its own where there is none. */
  readonly foreign?: ForeignReader
}
export type PageServerOptions = SiteOptions & {
  /** Packed pages kept in memory, over all blogs. The blogs asked for longest ago go first. */
  readonly pageBytesMax: number
  /** Pictures and fonts kept in memory. */
  readonly fileBytesMax: number
  /** Requests that may wait for a page or a file to be read. More are told to come back. */
  readonly waitingMax: number
}

export const pageDefaults = { pageBytesMax: 64 << 20, fileBytesMax: 32 << 20, waitingMax: 128 } as const

/** A request and a response of node:http, as far as they are used. */
export type HttpRequest = {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
}
export type HttpResponse = {
  writeHead(status: number, headers: string[]): unknown
  end(): unknown
  end(body: Uint8Array): unknown
  end(body: string, encoding: 'latin1'): unknown
}

/** What a reader sends that matters here. Names as in RFC 9110. */
export type PageRequest = {
  readonly method: string
  /** Path and query as sent. */
  readonly target: string
  readonly acceptEncoding: string
  readonly ifNoneMatch: string
  readonly secFetchDest: string
  readonly serviceWorker: string
  /** For Memento (RFC 7089). */
  readonly acceptDatetime?: string
}

/** A burst of receipts for one post makes one new page, not ten. */
const refreshGapMs = 250
/** Fallen blogs that stand in the page tree and not in memory: so many are looked at each minute, without rendering. */
const looksMax = 500
const retryAfterSeconds = '5'

export class PageServer {
  readonly #deps: PageServerDeps
  readonly #options: PageServerOptions
  /** Target as sent ("/m/example.org/") → what to answer. Holds exactly the places of `#sites`. */
  readonly #hot = new Map<string, Prepared | PageAnswer>()
  readonly #sites = new Map<Hash, Site>()
  readonly #named = new Map<string, Hash>()
  readonly #files: FileCache
  readonly #renderings: CoalescedRuns<Site | null>
  readonly #due: DueRuns
  readonly #history: History
  readonly #archived: ArchivedPages | null
  readonly #folders: SiteFolders | null
  readonly #foreign: ForeignReader
  #siteBytes = 0
  #waiting = 0

  constructor(deps: PageServerDeps, options: PageServerOptions) {
    this.#deps = deps
    this.#options = options
    const { facts, blob, clock, log, sha256, tree, compress = compressed } = deps
    this.#files = new FileCache({ blob, compress }, options)
    this.#renderings = new CoalescedRuns((id) => this.#renderNow(id))
    const failed = (blog: Hash, error: unknown) => log.error('page-failed', { blog, error: String(error) })
    this.#due = new DueRuns({ clock, run: (blog) => this.#renderLogged(blog), failed }, { gatherMs: refreshGapMs })
    this.#folders = tree === undefined ? null : new SiteFolders({ tree, facts, log })
    const file = (hash: Hash) => this.#files.get(hash)
    this.#foreign = deps.foreign ?? new ForeignReader(deps)
    const built = { facts, blob, clock, sha256, compress, file, foreign: this.#foreign }
    this.#history = new History(built, options)
    this.#archived = deps.archive === undefined ? null : new ArchivedPages({ ...built, archive: deps.archive }, options)
    this.#hot.set('/m/icon.svg', plainAnswer(200, copyFile('image/svg+xml'), utf8(icon)))
  }

  /**
   * Answers a request for `/m/…` from memory and says true; leaves everything else untouched and says false. What has to be
   * looked up, read or built is left to whoever knows how much the sender may ask.
   */
  handle(request: HttpRequest, response: HttpResponse): boolean {
    const target = request.url ?? ''
    if (!target.startsWith('/m/')) return false
    const read = readHeaders(request.method ?? 'GET', target, request.rawHeaders)
    const ready = this.ready(read)
    if (ready === null) return false
    send(response, ready, read.method === 'HEAD')
    return true
  }

  /** The contract of other engines: the page as it stands in memory, or null. */
  lookup(target: string, acceptEncoding: string, ifNoneMatch: string): PageAnswer | null {
    return this.ready({ method: 'GET', target, acceptEncoding, ifNoneMatch, secFetchDest: '', serviceWorker: '' })
  }

  /** What can be answered at once, without waiting for anything. */
  ready(request: PageRequest): PageAnswer | null {
    if (request.serviceWorker !== '') return refusedWorker
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed
    const found = this.#hot.get(request.target) ?? this.#readyFile(request.target)
    return found === undefined ? null : chosen(found, request)
  }

  /** A picture or font that is in memory, of a blog that is. */
  #readyFile(target: string): Prepared | undefined {
    const found = /^\/m\/([^?]{1,300})\/blob\/([0-9a-f]{64})$/.exec(target)
    if (found === null) return undefined
    const blog = this.#named.get(found[1]!)
    return blog !== undefined && this.#sites.get(blog)?.files.has(found[2]!) ? this.#files.ready(found[2]!) : undefined
  }

  /** What is not in memory: renders, reads, or says why not. */
  async answer(request: PageRequest): Promise<PageAnswer> {
    const ready = this.ready(request)
    if (ready !== null) return ready
    if (this.#waiting >= this.#options.waitingMax) return overloaded
    this.#waiting++
    try {
      return chosen(await this.#find(request.target, request.acceptDatetime ?? ''), request)
    } finally {
      this.#waiting--
    }
  }

  /** Renders a blog again soon, if it is one that readers have asked for. Cheap to call for every stored object. */
  refresh(blog: Hash): void {
    const shown = this.#sites.has(blog) || this.#folders?.has(blog) || this.#renderings.has(blog)
    if (shown) this.#due.note(blog)
  }

  /** Renders a blog now, whether or not somebody asked: mirrors do this for the blogs they keep. */
  async render(blog: Hash): Promise<void> {
    await this.#renderLogged(blog)
  }

  /** Time alone changes pages: words run out, copies grow old. Called every minute. */
  async tick(): Promise<void> {
    for (const blog of [...this.#sites.keys()]) await this.#renderLogged(blog)
    for (const blog of this.#folders?.someAway(looksMax) ?? [])
      if (!this.#sites.has(blog)) await this.#renderLogged(blog, () => this.#isHome(blog))
  }

  /**
   * Brings the files that an earlier process left to what is known now. Takes as long as it takes, a few blogs at a time:
   * the member answers meanwhile. Never fails.
   */
  async heal(ended: AbortSignal): Promise<void> {
    try {
      await this.#folders?.heal((blog) => this.#renderLogged(blog), ended)
    } catch (error) {
      this.#deps.log.error('page-tree-not-healed', { error: String(error) })
    }
  }

  /** Forgets a blog: refused by the operator, or closed by its author. */
  drop(blog: Hash): void {
    const site = this.#sites.get(blog)
    if (site === undefined) return
    for (const place of site.places.keys()) this.#hot.delete(`/m/${site.name}/${place}`)
    this.#siteBytes -= site.bytes
    this.#sites.delete(blog)
    if (this.#named.get(site.name) === blog) this.#named.delete(site.name)
  }

  /** Resolves when no blog is being rendered. */
  async idle(): Promise<void> {
    await this.#renderings.idle()
  }

  /** Figures for `/metrics`. */
  get figures() {
    return { blogs: this.#sites.size, pageBytes: this.#siteBytes, fileBytes: this.#files.bytes, waiting: this.#waiting }
  }

  async #find(target: string, acceptDatetime: string): Promise<Prepared | PageAnswer> {
    const [path, query] = target.split('?', 2) as [string, string | undefined]
    const where = readMirrorPath(path)
    if (where === null) return notFound
    const blog = await this.#deps.facts.byHost(where.name)
    const site = blog === null ? null : (this.#sites.get(blog) ?? (await this.#renderings.current(blog)))
    if (site === null) return (await this.#pathBlog(where, query)) ?? notFound
    this.#touch(site)
    const base = `/m/${site.name}/`
    if (site.name !== where.name || !path.startsWith(base)) return redirect(`${base}${where.rest}`, query)
    const place = where.rest
    if (History.owns(place)) {
      const rest = query === undefined || query === 'copy' ? place : `${place}?${query}`
      return (await this.#history.answer(site.blog, rest, acceptDatetime)) ?? notFound
    }
    const found = site.places.get(query === 'copy' ? `${place}?copy` : place) ?? site.places.get(place)
    if (found !== undefined && !query?.startsWith('copy&')) return found
    const lacksSlash = site.places.has(`${place}/`)
    if (place.startsWith('copy/') && (query !== undefined || !lacksSlash)) return this.#copyOf(site, place, query)
    if (lacksSlash) return redirect(`${base}${place}/`, query)
    const hash = /^blob\/([0-9a-f]{64})$/.exec(place)?.[1]
    if (hash !== undefined) {
      const own = site.files.has(hash) ? await this.#files.get(hash) : null
      return own ?? (await this.#archived?.file(site.blog, hash)) ?? notFound
    }
    if (ownPlaces.test(place)) return notFound
    return (await this.#pathBlog(where, query)) ?? this.#ownPath(site, place, query)
  }

  /**
   * A page as the blog itself would have answered, where the way home leads here: under its own name, or in a frame. Its
   * copy, whatever query was added to its path; the archive's; else what is kept near it.
   */
  async #copyOf(site: Site, place: string, query: string | undefined): Promise<Prepared | PageAnswer> {
    for (const path of pathsOfCopy(place, query)) {
      const found = copyOfPath(site, path, query) ?? (await this.#archived?.answer(site.blog, path))
      if (found) return found
    }
    return notKept(site, place.slice('copy'.length))
  }

  /** A page of the blog under its own path: its copy, the archive's while the blog is away, else the way on. */
  async #ownPath(site: Site, place: string, query: string | undefined): Promise<Prepared | PageAnswer> {
    const other = ownPath(site, place, query)
    const copied = keptPage(site, pathAsked(place, query)) !== undefined
    if (copied || (site.up && query !== 'copy')) return other
    return (await this.#archived?.answer(site.blog, pathAsked(place, query))) ?? other
  }

  async #pathBlog(where: { readonly name: string; readonly rest: string }, query: string | undefined) {
    const place = await pathBlogPlace(this.#deps.facts, where)
    return place === null ? null : redirect(place, query)
  }

  /** Whether the blog has come back by itself, as where a word ran out: nothing is stored then that would tell. */
  async #isHome(blog: Hash): Promise<boolean> {
    const { facts: source, clock, sha256 } = this.#deps
    const facts = await factsNow(source, blog, clock.nowMs(), sha256)
    return facts === null || (!isAway(facts.state) && facts.proven.length > 0)
  }

  async #renderLogged(blog: Hash, due: () => Promise<boolean> = async () => true): Promise<void> {
    try {
      if (await due()) await this.#renderings.next(blog)
    } catch (error) {
      this.#deps.log.error('render-failed', { blog, error: String(error) })
    }
  }

  async #renderNow(blog: Hash): Promise<Site | null> {
    const { facts: source, clock, sha256, blob, compress = compressed } = this.#deps
    const facts = await factsNow(source, blog, clock.nowMs(), sha256)
    if (facts === null) {
      this.drop(blog)
      await this.#folders?.erase(blog)
      return null
    }
    const deps = { blob, sha256, compress, foreign: this.#foreign }
    const site = await renderSite(facts, this.#sites.get(blog) ?? null, deps, this.#options)
    this.#keep(site)
    await this.#folders?.put(site)
    return site
  }

  #keep(site: Site): void {
    this.drop(site.blog)
    this.#sites.set(site.blog, site)
    this.#named.set(site.name, site.blog)
    this.#siteBytes += site.bytes
    for (const [place, answer] of site.places) this.#hot.set(`/m/${site.name}/${place}`, answer)
    for (const blog of this.#sites.keys()) {
      if (this.#siteBytes <= this.#options.pageBytesMax || blog === site.blog) break
      this.drop(blog)
    }
  }

  #touch(site: Site): void {
    if (this.#sites.get(site.blog) !== site) return
    this.#sites.delete(site.blog)
    this.#sites.set(site.blog, site)
  }
}

const refusedWorker = plainAnswer(403, aside(null), utf8('Pages of a mirror are no place for service workers.'))
const notAllowed = plainAnswer(405, ['Allow', 'GET, HEAD', ...aside(null)])
const overloaded = plainAnswer(
  503,
  ['Retry-After', retryAfterSeconds, ...aside(null)],
  utf8('This mirror is busy. Try again in a few seconds, or use another mirror.'),
)

/** Places of the mirror's own making, which are no pages of a blog. */
const ownPlaces = /^(blob\/|p\/[0-9a-f]{64}$)/

function chosen(found: Prepared | PageAnswer, request: PageRequest): PageAnswer {
  if (!('answers' in found)) return found
  if (found.homeward !== null && request.secFetchDest === 'document') return found.homeward
  const encoding = request.acceptEncoding === '' ? 'identity' : encodingFor(request.acceptEncoding)
  if (request.ifNoneMatch !== '' && namesTag(request.ifNoneMatch, found.etags[encoding]))
    return found.unchanged[encoding]
  return found.answers[encoding]
}

/** The few headers that matter, read from the raw list: building the whole header object costs more than the answer. */
function readHeaders(method: string, target: string, raw: readonly string[]): PageRequest {
  let acceptEncoding = ''
  let ifNoneMatch = ''
  let secFetchDest = ''
  let serviceWorker = ''
  let acceptDatetime = ''
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!
    if (name.length === 15 && name.toLowerCase() === 'accept-encoding') acceptEncoding = raw[i + 1]!
    else if (name.length === 13 && name.toLowerCase() === 'if-none-match') ifNoneMatch = raw[i + 1]!
    else if (name.length === 14 && name.toLowerCase() === 'sec-fetch-dest') secFetchDest = raw[i + 1]!
    else if (name.length === 14 && name.toLowerCase() === 'service-worker') serviceWorker = raw[i + 1]!
    else if (name.length === 15 && name.toLowerCase() === 'accept-datetime') acceptDatetime = raw[i + 1]!
  }
  return { method, target, acceptEncoding, ifNoneMatch, secFetchDest, serviceWorker, acceptDatetime }
}

function send(response: HttpResponse, answer: PageAnswer, headOnly: boolean): void {
  response.writeHead(answer.status, answer.headers as string[])
  if (headOnly || answer.body.length === 0) response.end()
  else if (answer.latin1 === undefined) response.end(answer.body)
  else response.end(answer.latin1, 'latin1')
}
