/** `/dgos/v1/proxy`: the port at which this member is a proxy. `/dgos/v1/proxy.pac`: which members are one now, for browsers. */
import type { ProxyParts } from '../../parts/proxy-parts.ts'
import { json, type Route, refused, text } from '../api.ts'
import { truncated } from '../rates.ts'

/** Hosts that one reader may name, and how long his list may be. */
const namedMax = 20
const listCharactersMax = 2_000
/** Seconds: whoever fetches it again gets the living. */
const ageMax = 30

export function proxyRoutes({ proxy }: { readonly proxy: ProxyParts | null }): readonly Route[] {
  if (proxy === null) return []
  return [
    {
      method: 'GET',
      path: '/dgos/v1/proxy',
      handle: () => (proxy.port === null ? refused(404, 'NOT_FOUND') : json({ port: proxy.port })),
    },
    {
      method: 'GET',
      path: '/dgos/v1/proxy.pac',
      cost: 5,
      handle: async ({ query, remote }) => {
        const list = (query.get('for') ?? '').toLowerCase().slice(0, listCharactersMax)
        const only = list.split(',').filter(Boolean).slice(0, namedMax)
        const file = await proxy.pac(truncated(remote), only)
        return text(file, 'application/x-ns-proxy-autoconfig', { 'cache-control': `max-age=${ageMax}` })
      },
    },
  ]
}
