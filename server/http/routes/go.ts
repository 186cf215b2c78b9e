/**
 * `/go/<host>/<path>`: old links, from anywhere. A living blog gets a plain redirect home, to its own proven address and
 * never to anything that the link says; a blog that is down, the copy of that page or the blog's mirror page. Where its
 * copy is not kept here, that is the page of a mirror that has just answered: a list may name silent ones.
 */
import type { AbsentSeats } from '../../../activation/watch/absent-seats.ts'
import type { Clock } from '../../../lib/clock.ts'
import { copyPlace } from '../../../mirror/pages/copy.ts'
import type { BlogFacts, FactsSource } from '../../../mirror/pages/facts.ts'
import { notFoundPage } from '../../../mirror/pages/not-found.ts'
import type { PageServer } from '../../../mirror/pages/page-server.ts'
import { mirrorPath } from '../../../protocol/addresses.ts'
import type { Hash, Key } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { blogOfPath } from '../../readers/blog-of-path.ts'
import { type ApiResponse, type Route, text } from '../api.ts'

export type GoRoutesDeps = {
  readonly facts: FactsSource
  readonly pages: Pick<PageServer, 'answer'>
  readonly absentSeats: Pick<AbsentSeats, 'ask'>
  readonly clock: Clock
  readonly sha256: Sha256
  readonly self: Key
  /** One of a blog's mirrors that answers now, for readers of what is not here. */
  readonly answering?: (blog: Hash, memberUrls: readonly string[]) => Promise<string | null>
}

const placeCharactersMax = 2_000

export function goRoutes(deps: GoRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/go/:place*',
      cost: 2,
      handle: async (request, { place }) => {
        const { facts: source, clock, sha256 } = deps
        if (place!.length > placeCharactersMax) return unknown()
        const named = await blogOfPath(source, place!, clock.nowMs(), sha256)
        if (named === null) return unknown()
        if (!isHome(named.facts)) await deps.absentSeats.ask(named.facts.blog.blog)
        const found = await blogOfPath(source, place!, clock.nowMs(), sha256)
        if (found === null) return unknown()
        const { facts, rest } = found
        if (isHome(facts)) return redirect(homeUrl(facts, rest, request.query.toString()))
        return redirect((await elsewhere(deps, facts, rest)) ?? (await mirrorPlace(deps, facts, rest)))
      },
    },
  ]
}

/** Readers are moved only while the blog is down beyond dispute; else they go home, or see both ways. */
function isHome({ state }: BlogFacts): boolean {
  return state.state !== 'down' || state.exercise
}

/** Below the proven address, whatever the link holds: dots and slashes cannot lead out of it. */
export function homeUrl({ proven }: BlogFacts, rest: string, query: string): string {
  const home = proven[0]!.address
  const url = URL.parse(`./${rest}${query === '' ? '' : `?${query}`}`, home)
  return url?.href.startsWith(home) === true ? url.href : home
}

/** At a mirror that answers; null where the copy is here, or where no mirror does. */
async function elsewhere({ answering, self }: GoRoutesDeps, facts: BlogFacts, rest: string): Promise<string | null> {
  const { copy, head, roster, state } = facts
  if (answering === undefined || copy !== null || state.disputed) return null
  const own = roster.memberOf(self)?.id ?? self
  const mirrors = (head?.payload.mirrors ?? []).flatMap((key) => roster.memberOf(key) ?? [])
  const urls = mirrors.filter((mirror) => mirror.id !== own && mirror.id !== self).map((mirror) => mirror.url)
  const url = await answering(facts.blog.blog, urls)
  return url === null ? null : `${url}${mirrorPath(facts.name)}${rest}`
}

async function mirrorPlace({ pages, sha256 }: GoRoutesDeps, facts: BlogFacts, rest: string): Promise<string> {
  const base = `/m/${facts.name}/`
  if (rest === '' || facts.state.disputed) return base
  const path = `/${rest}`
  const post = facts.posts.find(({ importedAt }) => importedAt !== null && pathOf(importedAt, facts) === path)
  if (post !== undefined && !post.withdrawn) return `${base}p/${post.id}`
  const twin = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  const page = facts.copy?.snapshot.payload.pages.find((page) => page.path === path || page.path === twin)
  if (page === undefined) return base
  const place = `${base}${copyPlace(page.path, sha256)}`
  const plain = { acceptEncoding: '', ifNoneMatch: '', secFetchDest: '', serviceWorker: '', acceptDatetime: '' }
  const { status } = await pages.answer({ ...plain, method: 'HEAD', target: place })
  return status === 200 ? place : base
}

function pathOf(url: string, { proven }: BlogFacts): string | null {
  const home = proven.find((provenAddress) => url.startsWith(provenAddress.address))?.address
  return home === undefined ? null : `/${url.slice(home.length)}`
}

function redirect(location: string): ApiResponse {
  const safe = location.replace(/[^!#-;=?-[\]_a-z~%]/g, encodeURIComponent)
  const headers = { location: safe, 'cache-control': 'no-cache', 'x-robots-tag': 'noindex' }
  return { status: 302, headers, body: new Uint8Array(0) }
}

function unknown(): ApiResponse {
  const csp =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  const page = text(notFoundPage, 'text/html; charset=utf-8', {
    'cache-control': 'no-store',
    'content-security-policy': csp,
    'x-robots-tag': 'noindex',
  })
  return { ...page, status: 404 }
}
