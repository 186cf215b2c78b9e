/** Every route of a member, in the order in which they are tried. */
import type { PostDoor } from '../../activation/doors/post-door.ts'
import type { Notices } from '../../activation/notices.ts'
import type { Outages } from '../../activation/outages.ts'
import type { Replication } from '../../activation/posts/replication.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Ledger } from '../../mirror/ledger.ts'
import type { PageServer } from '../../mirror/pages/page-server.ts'
import type { Peers } from '../../mirror/peers.ts'
import type { Key } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { BlogRequests } from '../blog-requests.ts'
import type { FormFiles } from '../form-files.ts'
import type { KitFiles } from '../kit-files.ts'
import type { JoinRequests } from '../join-requests.ts'
import type { LiveSets } from '../live-sets.ts'
import { statusRoutes } from '../status/routes.ts'
import type { Status } from '../status/status.ts'
import type { Route } from './api.ts'
import type { Metrics } from './metrics.ts'
import type { Rates } from './rates.ts'
import { auditRoutes } from './routes/audits.ts'
import { blobRoutes } from './routes/blobs.ts'
import { blogRoutes } from './routes/blogs.ts'
import { healthRoutes } from './routes/health.ts'
import { joinRoutes } from './routes/join.ts'
import { kitRoutes } from './routes/kit.ts'
import { mirrorRoutes } from './routes/mirror.ts'
import { networkRoutes } from './routes/network.ts'
import { objectRoutes } from './routes/objects.ts'
import { outageRoutes } from './routes/outages.ts'
import { postRoutes } from './routes/posts.ts'
import { returnRoutes } from './routes/return.ts'
import { type Statics, staticRoutes } from './statics.ts'

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
  readonly rootRates: Rates
  readonly wake: () => Promise<boolean>
  readonly ready: () => boolean
  readonly replication: Replication
  readonly outages: Outages
  readonly notices: Notices
  readonly pages: PageServer
  readonly status: Status
  readonly statics: Statics
  readonly url: string
  readonly door: PostDoor
  readonly form: FormFiles
  readonly kit: KitFiles | null
  readonly blogRequests: BlogRequests
  readonly name: string
}

export function routesOf(deps: RoutesDeps): readonly Route[] {
  return [
    ...objectRoutes({ ...deps, counted: deps.metrics.counted }),
    ...blobRoutes({ ...deps, uploads: deps.replication }),
    ...networkRoutes(deps, { self: deps.self }),
    ...returnRoutes(deps, { url: deps.url }),
    ...postRoutes(deps),
    ...kitRoutes(deps),
    ...blogRoutes(deps),
    ...outageRoutes(deps),
    ...mirrorRoutes(deps),
    ...staticRoutes(deps.statics),
    ...statusRoutes(deps.status),
    ...auditRoutes(deps),
    ...joinRoutes(deps),
    ...healthRoutes({ ready: deps.ready, metrics: () => deps.metrics.text() }),
  ]
}
