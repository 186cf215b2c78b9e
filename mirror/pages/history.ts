/**
 * Older copies of a blog, and the way to them: `timegate/<address>`, `timemap/<address>` and `at/<time>/copy/…` below
 * `/m/<host>/`. Seldom asked for, so built on demand; a few stay in memory. What is forgotten or refused now is left out
 * of every copy, however old.
 */
import type { Clock } from '../../lib/clock.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { isForgotten } from '../capture/url.ts'
import type { ForeignReader } from '../foreign-reader.ts'
import { type Compress, hashOf, type PageAnswer, type Prepared, plainAnswer, prepared } from './answers.ts'
import { buildCopy, type Copy, copyPlace } from './copy.ts'
import { copyBar } from './copy-bar.ts'
import { CopyCache } from './copy-cache.ts'
import { type BlogFacts, type FactsSource, factsNow } from './facts.ts'
import { httpDate, type Memento, mementoHeaders, mementosOf, nearest, pageAt, timeMap } from './memento.ts'
import { type PageOptions, pageModel } from './model.ts'
import { aside, copyFile, copyPage, feedFile } from './policies.ts'

export type HistoryDeps = {
  readonly facts: FactsSource
  readonly blob: (hash: Hash) => Promise<Uint8Array | null>
  /** A picture or font, packed. */
  readonly file: (hash: Hash) => Promise<Prepared | null>
  readonly clock: Clock
  readonly sha256: Sha256
  readonly compress: Compress
  readonly foreign?: ForeignReader
}

type Built = {
  readonly copy: Copy
  readonly time: number
  readonly base: string
  readonly bytes: number
  readonly missing: number
}

/** Built copies in memory, by their pages and sheets; pictures they do not hold. All that one blog keeps find room. */
const copiesKept = { bytesMax: 24 * 1024 * 1024, countMax: 64, buildsMax: 2 }
const retryAfterSeconds = '10'

export class History {
  readonly #deps: HistoryDeps
  readonly #options: PageOptions
  readonly #copies: CopyCache<Built>

  constructor(deps: HistoryDeps, options: PageOptions) {
    this.#deps = deps
    this.#options = options
    this.#copies = new CopyCache(deps, copiesKept)
  }

  static owns(rest: string): boolean {
    return /^(timegate|timemap|at)(\/|$)/.test(rest)
  }

  /** `rest` is what stands below `/m/<host>/`, with its query. null where there is nothing of the kind. */
  async answer(blog: Hash, rest: string, acceptDatetime: string): Promise<Prepared | PageAnswer | null> {
    const { facts: source, clock, sha256 } = this.#deps
    const facts = await factsNow(source, blog, clock.nowMs(), sha256)
    if (facts === null || facts.roles.chain.current.payload.closed === true) return null
    const [what = '', ...more] = rest.split('/')
    if (what === 'at') return this.#old(facts, more[0] ?? '', more.slice(1).join('/').split('?', 1)[0]!)
    const original = more.join('/') || (facts.proven[0]?.address ?? '')
    const kept = await this.#keptOf(facts, original)
    if (kept.length === 0) return null
    return what === 'timemap'
      ? this.#timeMap(facts, original, kept)
      : this.#timeGate(facts, original, kept, acceptDatetime)
  }

  /** Copies that hold the page, and whose bytes of it are here. */
  async #keptOf(facts: BlogFacts, original: string): Promise<readonly Memento[]> {
    const forgotten = facts.head?.payload.forgotten ?? []
    const kept: Memento[] = []
    for (const memento of mementosOf(facts)) {
      const page = pageAt(memento, original)
      if (page === null || facts.refused.has(page.blob)) continue
      if (isForgotten(page.url, memento.snapshot.payload.address, forgotten)) continue
      if ((await this.#deps.blob(page.blob)) !== null) kept.push(memento)
    }
    return kept
  }

  #places(facts: BlogFacts, original: string) {
    const base = `${this.#options.url}m/${facts.name}/`
    return {
      original,
      timegate: `${base}timegate/${original}`,
      timemap: `${base}timemap/${original}`,
      url: (memento: Memento) =>
        `${base}at/${memento.stamp}/${copyPlace(pageAt(memento, original)!.path, this.#deps.sha256)}`,
    }
  }

  #timeMap(facts: BlogFacts, original: string, kept: readonly Memento[]): PageAnswer {
    const text = timeMap(kept, this.#places(facts, original))
    return plainAnswer(200, feedFile('application/link-format'), utf8(`${text}\n`))
  }

  /** Section 4.1.1: a redirect to the nearest copy, in the words of HTTP dates only. */
  #timeGate(facts: BlogFacts, original: string, kept: readonly Memento[], acceptDatetime: string): PageAnswer {
    const wanted = acceptDatetime === '' ? this.#deps.clock.nowMs() : Date.parse(acceptDatetime)
    if (Number.isNaN(wanted)) return plainAnswer(400, ['Vary', 'accept-datetime', ...aside(null)])
    const places = this.#places(facts, original)
    const chosen = nearest(kept, wanted)!
    const link = `<${original}>; rel="original", <${places.timemap}>; rel="timemap"; type="application/link-format", <${places.url(chosen)}>; rel="memento"; datetime="${httpDate(chosen.time)}"`
    return plainAnswer(302, ['Vary', 'accept-datetime', 'Link', link, ...aside(places.url(chosen))])
  }

  async #old(facts: BlogFacts, stamp: string, place: string): Promise<Prepared | PageAnswer | null> {
    const memento = mementosOf(facts).find((memento) => memento.stamp === stamp)
    if (memento === undefined) return null
    const built = await this.#copyOf(facts, memento)
    if (built === null || built === 'busy') return busy
    const { copy, base, time } = built
    const hash = /^blob\/([0-9a-f]{64})$/.exec(place)?.[1]
    if (hash !== undefined) {
      const made = copy.made.get(hash)
      if (made !== undefined) return this.#pack(made.bytes, copyFile(made.type))
      return copy.files.has(hash) ? this.#deps.file(hash) : null
    }
    const page = copy.pages.find((page) => page.place === place)
    if (page === undefined) {
      const twin = copy.pages.find((page) => page.place === `${place}/`)
      return twin === undefined ? null : plainAnswer(302, aside(base + twin.place))
    }
    const framedBy = this.#options.contentUrl === null ? null : new URL(this.#options.url).origin
    const own = mementoHeaders(time, page.url, this.#options.url, `/m/${facts.name}/`)
    return this.#pack(utf8(page.html), [...copyPage(framedBy), ...own])
  }

  #copyOf(facts: BlogFacts, memento: Memento): Promise<Built | null | 'busy'> {
    const forgotten = facts.head?.payload.forgotten ?? []
    const key = JSON.stringify([facts.blog.blog, memento.snapshot.id, facts.name, forgotten, [...facts.refused]])
    return this.#copies.get(key, () => this.#build(facts, memento))
  }

  async #build(facts: BlogFacts, { stamp, time, snapshot }: Memento): Promise<Built> {
    const forgotten = facts.head?.payload.forgotten ?? []
    const base = `/m/${facts.name}/at/${stamp}/`
    const model = pageModel(facts, this.#options)
    const shown = {
      ...model,
      copy: { id: snapshot.id, capturedAt: time, by: '', trust: 'captured-by-one' as const, files: 0 },
    }
    const bar = copyBar(shown, `/m/${facts.name}/`)
    const origin = new URL(this.#options.url).origin
    const copy = await buildCopy(snapshot, this.#deps, {
      base,
      origin,
      forgotten,
      refused: facts.refused,
      proven: facts.proven.length > 0,
      bar,
    })
    return { copy, time, base, bytes: bytesOf(copy), missing: copy.missing }
  }

  async #pack(bytes: Uint8Array, headers: readonly string[]): Promise<Prepared> {
    return prepared(await this.#deps.compress(bytes), { hash: hashOf(bytes, this.#deps.sha256), headers })
  }
}

const busy = plainAnswer(
  503,
  ['Retry-After', retryAfterSeconds, ...aside(null)],
  utf8('Older copies are being built for others. Try again in a few seconds.'),
)

function bytesOf({ pages, made }: Copy): number {
  const texts = pages.reduce((sum, page) => sum + page.html.length + (page.article?.length ?? 0), 0)
  return [...made.values()].reduce((sum, file) => sum + file.bytes.length, texts)
}
