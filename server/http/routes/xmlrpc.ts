/** Blogging apps of the MarsEdit kind: `/xmlrpc`, and the document by which they find it. The parser is loaded with the first call. */
import type { Apps } from '../../../activation/doors/apps/session.ts'
import { type Route, text } from '../api.ts'

/** Equal to the parser's own limit, which a test holds. */
const bodyBytesMax = 15 * 1024 * 1024

export function xmlrpcRoutes({ apps }: { readonly apps: Apps }): readonly Route[] {
  const rsd = async (blog?: string) => {
    const { rsdDocument } = await import('../../../activation/doors/apps/rsd.ts')
    return text(rsdDocument(apps.endpoints, blog), 'application/rsd+xml; charset=utf-8')
  }
  return [
    { method: 'GET', path: '/rsd/:blog', handle: (_, { blog }) => rsd(blog) },
    { method: 'GET', path: '/xmlrpc', handle: () => rsd() },
    {
      method: 'POST',
      path: '/xmlrpc',
      cost: 5,
      bodyBytesMax,
      handle: async ({ body }) => {
        const { answerCall } = await import('../../../activation/doors/apps/metaweblog.ts')
        return text(await answerCall(apps, body), 'text/xml; charset=utf-8', { 'cache-control': 'no-store' })
      },
    },
  ]
}
