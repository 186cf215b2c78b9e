/**
 * Pages under a blog's own name. A request whose Host is such a name gets the same answers as below `/m/<host>/`: the
 * mirror page at the root, copies at the paths that the pages have on the blog, the feed at the feed's address.
 */
import type { HttpRequest, HttpResponse } from '../../mirror/pages/page-server.ts'
import type { FastPath } from '../http/server.ts'
import type { CustomDomain, CustomDomains } from './custom-domains.ts'

/** What the member answers under every name. */
const membersOwn = /^\/(m|dgos|post|contact|go|find|before|\.well-known)(\/|\?|$)|^\/healthz$|^\/readyz$|^\/metrics$/

export class CustomDomainPath implements FastPath {
  readonly #pages: FastPath
  readonly #names: CustomDomains

  constructor({ pages, names }: { readonly pages: FastPath; readonly names: CustomDomains }) {
    this.#pages = pages
    this.#names = names
  }

  handle(request: HttpRequest, response: HttpResponse): boolean | string {
    const target = request.url ?? ''
    if (target.startsWith('/m/')) return this.#pages.handle(request, response)
    const host = hostOf(request.rawHeaders)
    const name = membersOwn.test(target) ? null : this.#names.known(host)
    if (name === null) return false
    const { method, rawHeaders } = request
    const url = targetOf(name, host, target)
    return this.#pages.handle({ method, url, rawHeaders }, response) === true ? true : url
  }
}

/** "/" → the mirror page, never the way home, which would lead here again; "/first/" → its copy; the feed's path → the feed. */
export function targetOf({ name, feed }: CustomDomain, host: string, target: string): string {
  const path = target.split('?', 1)[0]!
  const base = `/m/${name}/`
  if (path === '/') return `${base}?copy`
  const feedPath = feed === null ? null : /^https?:\/\/([^/]+)(\/[^?#]*)/.exec(feed.url)
  if (feed !== null && feedPath !== null && feedPath[1] === host && feedPath[2] === path) {
    return base + (/json/.test(feed.type) ? 'feed.json' : /atom/.test(feed.type) ? 'feed.xml' : 'feed.rss')
  }
  return `${base}copy${path}?copy`
}

function hostOf(raw: readonly string[]): string {
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.length === 4 && raw[i]!.toLowerCase() === 'host') return raw[i + 1]!.toLowerCase()
  }
  return ''
}
