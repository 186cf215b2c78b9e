/** Blogging apps of the MarsEdit kind: `/xmlrpc`, and the document by which they find it. The parser is loaded with the first call. */
import type { Apps } from '../../../activation/doors/apps/session.ts'
import { type ApiResponse, type Route, text, type Wanted } from '../api.ts'

/** Equal to the parser's own limit, which a test holds. */
const bodyBytesMax = 15 * 1024 * 1024

const beginningBytes = 64 * 1024

async function wanted(apps: Apps, beginning: Uint8Array): Promise<Wanted | ApiResponse> {
  const { callerOf } = await import('../../../activation/doors/apps/metaweblog.ts')
  const caller = await callerOf(apps, beginning)
  return 'refused' in caller ? xml(caller.refused) : { known: caller.blog }
}

function xml(body: string): ApiResponse {
  return text(body, 'text/xml; charset=utf-8', { 'cache-control': 'no-store' })
}

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
      beginning: { bytes: beginningBytes, wanted: (_head, _params, beginning) => wanted(apps, beginning) },
      handle: async ({ body }) => {
        const { answerCall } = await import('../../../activation/doors/apps/metaweblog.ts')
        const caller = await wanted(apps, body.subarray(0, beginningBytes))
        return 'status' in caller ? caller : xml(await answerCall(apps, body, caller.known))
      },
    },
  ]
}
