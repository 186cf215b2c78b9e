/** What a mirror answers for a path of the blog: its copy, the way home, or calmly that it is not kept. Pure. */
import { utf8 } from '../../protocol/bytes.ts'
import { type PageAnswer, type Prepared, plainAnswer } from './answers.ts'
import { type KeptPage, notKeptPage } from './nearest-pages.ts'
import { notFoundPage } from './not-found.ts'
import { aside } from './policies.ts'
import type { Site } from './site.ts'

export const notFound = plainAnswer(404, aside(null), utf8(notFoundPage))

/** Longer paths are of no page that a snapshot could name. */
const pathCharactersMax = 1024

/** A page of the blog under its own path: its copy, home while the blog is up, else what is kept near it. */
export function ownPath(site: Site, place: string, query: string | undefined): PageAnswer {
  const path = pathAsked(place, query)
  const kept = keptPage(site, path)
  if (kept !== undefined) return redirect(`/m/${site.name}/${kept.place}`, query)
  const home = site.up ? addressOf(site, path) : null
  return home === null ? notKept(site, path) : plainAnswer(302, aside(home))
}

export function notKept(site: Site, path: string): PageAnswer {
  if (addressOf(site, path) === null) return notFound
  const { title, home, up } = site
  const page = notKeptPage(path, { title, home, up, base: `/m/${site.name}/` }, site.kept)
  return plainAnswer(404, aside(null), utf8(page))
}

/** Where the blog has the path; null where it can have none such. */
function addressOf(site: Site, path: string): string | null {
  const there = path.length > pathCharactersMax ? null : URL.parse(path.slice(1), site.home)
  return site.home === '' || there === null || !there.href.startsWith(site.home) ? null : there.href
}

export function pathAsked(place: string, query: string | undefined): string {
  return `/${place}${query === undefined || query === 'copy' ? '' : `?${query}`}`
}

/** Paths that "copy/first/" and "?copy&a=b" may mean: a query may name the page, or have been added on the way. */
export function pathsOfCopy(place: string, query: string | undefined): readonly string[] {
  const path = place.slice('copy'.length)
  const added = query?.replace(/^copy(&|$)/, '') ?? ''
  return added === '' ? [path] : [`${path}?${added}`, path]
}

/**
 * The page itself, never the way home. For the blog's front the mirror page, where a reader asked for the front with a query
 * added; where its frame asks, nothing: it would frame itself.
 */
export function copyOfPath(site: Site, path: string, query: string | undefined): Prepared | PageAnswer | undefined {
  const front = query?.startsWith('copy&') === true ? '' : undefined
  const place = path === '/' ? front : keptPage(site, path)?.place
  return place === undefined ? undefined : site.places.get(`${place}?copy`)
}

/** The page of the copy, under its path with or without the final slash. */
export function keptPage(site: Site, path: string): KeptPage | undefined {
  const twin = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  return site.kept.find((page) => page.path === path || page.path === twin)
}

export function redirect(place: string, query: string | undefined): PageAnswer {
  const location = `${place}${query === 'copy' ? '?copy' : ''}`
  return plainAnswer(302, aside(location.replace(/[^!#-;=?-[\]_a-z~%]/g, encodeURIComponent)))
}
