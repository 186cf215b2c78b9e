/** `/dgos/v1/ask?domain=…`, as Caddy's on-demand TLS asks: 200 where this member may have a certificate for the name. */
import type { CustomDomains } from '../../readers/custom-domains.ts'
import { json, type Route, refused } from '../api.ts'

export function tlsAskRoutes({ names }: { readonly names: CustomDomains }): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/ask',
      cost: 2,
      handle: async ({ query }) => {
        const domain = (query.get('domain') ?? '').toLowerCase()
        const found = domain.includes(':') ? null : await names.find(domain)
        return found === null ? refused(404, 'NOT_FOUND') : json({ domain, blog: found.name })
      },
    },
  ]
}
