/** The status page and its events as routes of the member. */
import type { Route } from '../http/api.ts'
import type { Status } from './status.ts'

export function statusRoutes(status: Status): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      handle: ({ headers }) => status.page(headers['if-none-match'] ?? ''),
    },
    {
      method: 'GET',
      path: '/dgos/v1/status/live',
      handle: () => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
        body: new Uint8Array(0),
        events: status.events(),
      }),
    },
  ]
}
