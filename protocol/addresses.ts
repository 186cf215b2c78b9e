/**
 * Addresses of blogs, and the path under which mirrors show them. An address is `origin + base path` with a final slash;
 * its host path is what stands after `/m/`: "example.org" for a blog that has the whole host, "example.org/~ana" for one at
 * https://example.org/ana/, "example.org/~people+ana" for /people/ana/. "~" tells a base path from the pages below it and
 * "+" stands for the inner slashes, since neither a page path of ours nor a segment of an address begins or ends so.
 */
import type { Hash } from './objects.ts'

const addressGrammar =
  /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?)\/((?:[A-Za-z0-9~_-][A-Za-z0-9._~-]{0,99}\/){0,5})$/
const hostPathGrammar =
  /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?)(?:\/~([A-Za-z0-9~_-][A-Za-z0-9._~+-]{0,504}))?$/

/** "example.org", "127.0.0.1:8101", "example.org/~ana". Throws RangeError on a text that is no address: kinds.json refused it before. */
export function hostPath(address: string): string {
  const match = addressGrammar.exec(address)
  if (match === null) throw new RangeError('not an address')
  return hostPathOf(match[2]!, match[3]!.split('/').slice(0, -1))
}

/** The same from parts: the host with its port, and the segments of the base path. */
export function hostPathOf(host: string, segments: readonly string[]): string {
  return segments.length === 0 ? host : `${host}/~${segments.join('+')}`
}

/** The host with its port: what an outage list is split by. Throws RangeError on a text that is no address. */
export function hostOf(address: string): string {
  return hostPath(address).split('/', 1)[0]!
}

/** True for a blog that shares its host with others. Only the tag in its own pages marks such a blog. */
export function isPathBlog(address: string): boolean {
  return hostPath(address).includes('/')
}

/** The addresses that have this host path, https first; none where the text is no host path. */
export function addressesOfHostPath(hostPath: string): readonly string[] {
  const match = hostPathGrammar.exec(hostPath)
  if (match === null) return []
  const base = match[2] === undefined ? '' : `${match[2].replaceAll('+', '/')}/`
  return ['https', 'http']
    .map((scheme) => `${scheme}://${match[1]}/${base}`)
    .filter((address) => addressGrammar.test(address))
}

/** Where a mirror shows a blog, by host path or blog id: append to the url of a member. */
export function mirrorPath(name: string | Hash): string {
  return `m/${name}/`
}

/** "/m/example.org/~ana/p/…" → the host path (or blog id) and the rest "p/…". null where the path is not below /m/. */
export function readMirrorPath(path: string): { readonly name: string; readonly rest: string } | null {
  const match = /^\/m\/([^/]{1,260})(?:\/(~[^/]{1,505}))?(?:\/(.*))?$/s.exec(path)
  if (match === null) return null
  const name = match[2] === undefined ? match[1]! : `${match[1]}/${match[2]}`
  return { name, rest: match[3] ?? '' }
}
