/** What beacons read, and what mirrors ask each other before an author is told. */

import type { Notices } from '../../../activation/notices.ts'
import { type Outages, outagesMaxAgeS } from '../../../activation/outages.ts'
import { isHash } from '../../../protocol/bytes.ts'
import type { OutageBucket } from '../../../protocol/outage-list.ts'
import { json, type Route, refused } from '../api.ts'
import { type BeaconRoutesDeps, beaconRoutes } from './beacon.ts'

export type OutageRoutesDeps = BeaconRoutesDeps & { readonly outages: Outages; readonly notices: Notices }

export function outageRoutes(deps: OutageRoutesDeps): readonly Route[] {
  const { outages, notices } = deps
  const list = async (bucket: string | null) => {
    const body = await outages.answer(bucket as OutageBucket | null)
    if (body === null) return refused(404, 'NOT_FOUND')
    const headers = { 'content-type': 'application/json', 'cache-control': `public, max-age=${outagesMaxAgeS}` }
    return { status: 200, headers, body }
  }
  return [
    ...beaconRoutes(deps),
    { method: 'GET', path: '/dgos/v1/outages', open: true, handle: () => list(null) },
    { method: 'GET', path: '/dgos/v1/outages/:bucket', open: true, handle: (_, { bucket }) => list(bucket!) },
    {
      method: 'GET',
      path: '/dgos/v1/notices/:blog',
      handle: async ({ query }, { blog }) => {
        const about = query.get('about') === 'wall' ? 'wall' : 'down'
        return isHash(blog!) ? json(await notices.answer(blog!, about)) : refused(404, 'NOT_FOUND')
      },
    },
  ]
}
