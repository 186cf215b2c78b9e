/** `/m/<host>/<path>/`, as people type the address of a blog that stands below a path of its host: where its page is. */
import { hostPathOf } from '../../protocol/addresses.ts'
import type { FactsSource } from './facts.ts'

/** Segments that an address may have. */
const segmentsMax = 5

/** "/m/example.org/~ana/first/" for "example.org" and "ana/first/"; null where no blog stands there. */
export async function pathBlogPlace(
  facts: Pick<FactsSource, 'byHost'>,
  { name: host, rest: typed }: { readonly name: string; readonly rest: string },
): Promise<string | null> {
  if (host.includes('/')) return null
  const segments = typed.split('/').filter((segment) => segment !== '')
  for (let base = Math.min(segmentsMax, segments.length); base > 0; base--) {
    const name = hostPathOf(host, segments.slice(0, base))
    if ((await facts.byHost(name)) === null) continue
    const rest = segments.slice(base).join('/')
    return `/m/${name}/${rest}${rest !== '' && typed.endsWith('/') ? '/' : ''}`
  }
  return null
}
