/** Every route of a member, in the order in which they are tried. */
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Ledger } from '../../mirror/ledger.ts'
import type { Peers } from '../../mirror/peers.ts'
import type { Key } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { JoinRequests } from '../join-requests.ts'
import type { LiveSets } from '../live-sets.ts'
import type { Route } from './api.ts'
import type { Metrics } from './metrics.ts'
import type { Rates } from './rates.ts'
import { auditRoutes } from './routes/audits.ts'
import { blobRoutes } from './routes/blobs.ts'
import { blogRoutes } from './routes/blogs.ts'
import { healthRoutes } from './routes/health.ts'
import { joinRoutes } from './routes/join.ts'
import { networkRoutes } from './routes/network.ts'
import { objectRoutes } from './routes/objects.ts'

export type RoutesDeps = {
  readonly ledger: Ledger
  readonly sets: LiveSets
  readonly peers: Peers
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
  readonly self: Key
  readonly requests: JoinRequests
  readonly metrics: Metrics
  readonly keyRates: Rates
  readonly wake: () => Promise<boolean>
  readonly ready: () => boolean
}

export function routesOf(deps: RoutesDeps): readonly Route[] {
  const uploads = { wanted: async () => null, arrived: async () => undefined }
  return [
    ...objectRoutes({ ...deps, counted: deps.metrics.counted }),
    ...blobRoutes({ ...deps, uploads }),
    ...networkRoutes(deps, { self: deps.self }),
    ...blogRoutes(deps),
    ...auditRoutes(deps),
    ...joinRoutes(deps),
    ...healthRoutes({ ready: deps.ready, metrics: () => deps.metrics.text() }),
  ]
}
