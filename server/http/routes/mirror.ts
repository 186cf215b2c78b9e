/** Mirror pages for engines that have no fast path of their own: the same answers, through the Api. */
import type { PageServer } from '../../../mirror/pages/page-server.ts'
import type { ApiRequest, ApiResponse, Route } from '../api.ts'

export function mirrorRoutes({ pages }: { readonly pages: PageServer }): readonly Route[] {
  return [{ method: 'GET', path: '/m/:rest*', cost: costOf, handle: (request) => page(pages, request) }]
}

/** An older copy may have to be built, of hundreds of files. */
const oldCopyCost = 10

function costOf({ path }: { readonly path: string }): number {
  return /\/(timegate|timemap|at)\//.test(path) ? oldCopyCost : 1
}

async function page(pages: PageServer, { method, path, query, headers }: ApiRequest): Promise<ApiResponse> {
  const search = query.toString()
  const answer = await pages.answer({
    method,
    target: search === '' ? path : `${path}?${search.replace(/=(?=&|$)/g, '')}`,
    acceptEncoding: headers['accept-encoding'] ?? '',
    ifNoneMatch: headers['if-none-match'] ?? '',
    secFetchDest: headers['sec-fetch-dest'] ?? '',
    serviceWorker: headers['service-worker'] ?? '',
    acceptDatetime: headers['accept-datetime'] ?? '',
  })
  const pairs: Record<string, string> = {}
  for (let i = 0; i < answer.headers.length; i += 2) pairs[answer.headers[i]!.toLowerCase()] = answer.headers[i + 1]!
  return { status: answer.status, headers: pairs, body: answer.body }
}
