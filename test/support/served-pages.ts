/** Pages of mirrors on a plain server of a test's own: from memory, and the others as the Api would have them answered. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageServer } from '../../mirror/pages/page-server.ts'

export function servePage(pages: PageServer, request: IncomingMessage, response: ServerResponse): void {
  if (pages.handle(request, response)) return
  const { method = 'GET', url = '', headers } = request
  if (!url.startsWith('/m/')) {
    response.writeHead(404).end()
    return
  }
  const one = (name: string) => String(headers[name] ?? '')
  const asked = {
    method,
    target: url,
    acceptEncoding: one('accept-encoding'),
    ifNoneMatch: one('if-none-match'),
    secFetchDest: one('sec-fetch-dest'),
    serviceWorker: one('service-worker'),
    acceptDatetime: one('accept-datetime'),
  }
  pages.answer(asked).then(
    (answer) => response.writeHead(answer.status, answer.headers as string[]).end(answer.body),
    (error: unknown) => response.destroy(error as Error),
  )
}
