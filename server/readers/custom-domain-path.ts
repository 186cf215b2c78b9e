/**
 * Pages under a blog's own name. A request whose Host is such a name gets the same answers as below `/m/<host>/`: the
 * mirror page at the root, copies at the paths that the pages have on the blog, the feed at the feed's address. The member
 * shows nothing of itself there: whatever the blog has at a path, it is the blog's.
 */
import type { HttpRequest, HttpResponse } from '../../mirror/pages/page-server.ts'
import type { FastPath } from '../http/server.ts'
import type { CustomDomain, CustomDomains } from './custom-domains.ts'

/** What the member answers under every name: its interface, and the files that mirror pages name. */
const membersOwn = /^\/dgos\/(v1|files)\//
/** As in a request to a proxy (RFC 9112, section 3.2.2), which every server has to take. */
const absoluteForm = /^https?:\/\/([^/?#]+)(.*)$/is
/** People type a final dot, programs add the port that a name has anyway. */
const bareHost = /^([^:]*?)\.?(?::80|:443)?$/

export class CustomDomainPath implements FastPath {
  readonly #pages: FastPath
  readonly #names: CustomDomains

  constructor({ pages, names }: { readonly pages: FastPath; readonly names: CustomDomains }) {
    this.#pages = pages
    this.#names = names
  }

  handle(request: HttpRequest, response: HttpResponse): boolean | string {
    const { method, rawHeaders } = request
    const { host, target } = asked(request.url ?? '', rawHeaders)
    const found = this.#found(host)
    if (found === null) return this.#pages.handle(request, response)
    if (membersOwn.test(target)) return false
    const url = targetOf(found.domain, found.host, target)
    return this.#pages.handle({ method, url, rawHeaders }, response) === true ? true : url
  }

  #found(host: string): { readonly host: string; readonly domain: CustomDomain } | null {
    for (const name of [host, bareHost.exec(host)?.[1] ?? '']) {
      const domain = this.#names.known(name)
      if (domain !== null) return { host: name, domain }
    }
    return null
  }
}

/**
 * "/" → the mirror page, never the way home, which would lead here again; "/first/" → its copy; the feed's path → the feed.
 * What mirror pages name stands where it does under the member's own name.
 */
export function targetOf({ name, feed }: CustomDomain, host: string, target: string): string {
  const base = `/m/${name}/`
  if (target.startsWith(base) || target === '/m/icon.svg') return target
  const [path = '', ...queries] = target.split('?')
  const query = queries.join('?')
  if (feed !== null && isFeed(feed.url, { host, path, query })) {
    return base + (/json/.test(feed.type) ? 'feed.json' : /atom/.test(feed.type) ? 'feed.xml' : 'feed.rss')
  }
  if (path === '/' && query === '') return `${base}?copy`
  return `${base}copy${path}?copy${query === '' ? '' : `&${query}`}`
}

/** Whatever query somebody adds, unless the feed has one of its own. */
function isFeed(url: string, at: { readonly host: string; readonly path: string; readonly query: string }): boolean {
  const [, host, path, query] = /^https?:\/\/([^/?#]+)(\/[^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  return host === at.host && path === at.path && (query === undefined || query === at.query)
}

function asked(url: string, rawHeaders: readonly string[]): { readonly host: string; readonly target: string } {
  const [, host, rest] = (url.startsWith('/') ? null : absoluteForm.exec(url)) ?? []
  if (host === undefined) return { host: hostOf(rawHeaders), target: url }
  return { host: host.toLowerCase(), target: rest!.startsWith('/') ? rest! : `/${rest}` }
}

function hostOf(raw: readonly string[]): string {
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]!.length === 4 && raw[i]!.toLowerCase() === 'host') return raw[i + 1]!.toLowerCase()
  }
  return ''
}
