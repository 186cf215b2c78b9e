/** For supervisors and Prometheus. */
import { json, type Route, refused, text } from '../api.ts'

export type HealthRoutesDeps = {
  /** False before the start is complete and from the beginning of the stop. */
  readonly ready: () => boolean
  readonly metrics: () => Promise<string>
}

export function healthRoutes({ ready, metrics }: HealthRoutesDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', cost: 0, handle: () => text('ok\n', 'text/plain; charset=utf-8') },
    {
      method: 'GET',
      path: '/readyz',
      cost: 0,
      handle: () =>
        ready()
          ? json({ ready: true })
          : refused(503, 'OVERLOADED', '', { 'retry-after': '5', 'cache-control': 'no-store' }),
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: async () => text(await metrics(), 'text/plain; version=0.0.4; charset=utf-8'),
    },
  ]
}
