/**
 * The one way from a reference in a page to the name of a file in the manifest. Capture and the page builder both call
 * `resolveUrl`, so that they agree about keys without talking to each other.
 */

/** The `url` of kinds.json. What does not fit cannot be named in a snapshot, so it is not captured. */
const wireUrl = /^https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?(\/[!#-;=?-[\]_a-z~%]*)?$/
const wireUrlBytesMax = 1024
const outsideWire = /[^!#-;=?-[\]_a-z~%]/g

/**
 * Absolute http(s) URL of a reference, without fragment and credentials, in the spelling of the manifest; null for
 * `data:`, `blob:`, other schemes, nonsense, and names longer than the wire takes.
 */
export function resolveUrl(reference: string, base: string): string | null {
  const text = reference.trim()
  if (text === '' || text.startsWith('#')) return null
  const url = URL.parse(text, base)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  const rest = (url.pathname + url.search).replace(outsideWire, percent)
  const spelled = `${url.protocol}//${url.host}${rest}`
  return spelled.length <= wireUrlBytesMax && wireUrl.test(spelled) ? spelled : null
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** The base of a document's references: its first `<base href>`, itself resolved against where the page came from. */
export function documentBase(baseHref: string | null, pageUrl: string): string {
  const base = baseHref === null ? null : URL.parse(baseHref.trim(), pageUrl)
  return base !== null && /^https?:$/.test(base.protocol) ? base.href : pageUrl
}

/** "/…" of a page below the blog's address (`origin/base/`), query included; null for anything elsewhere. */
export function pathBelow(url: string, address: string): string | null {
  const place = URL.parse(url)
  const home = URL.parse(address)
  if (place === null || home === null || siteOf(place) !== siteOf(home)) return null
  const path = place.pathname + place.search
  if (!path.startsWith(home.pathname)) return `${path}/` === home.pathname ? '/' : null
  const below = `/${path.slice(home.pathname.length)}`.replace(/[^!-~]/g, percent)
  return below.length <= wireUrlBytesMax ? below : null
}

/** One site answers with and without "www." and over http and https; its pages are the same pages. */
function siteOf(url: URL): string {
  return url.host.replace(/^www\./, '')
}

/** Whether the author asked to forget this file. A path names its page with and without the final slash. */
export function isForgotten(url: string, address: string, forgotten: readonly string[]): boolean {
  if (forgotten.length === 0) return false
  const path = pathBelow(url, address)
  return path !== null && forgotten.some((gone) => trimmed(gone) === trimmed(path))
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
