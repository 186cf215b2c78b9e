/** Every route of a member, in the order in which they are tried. */
import type { PostDoor } from '../../activation/doors/post-door.ts'
import type { Notices } from '../../activation/notices.ts'
import type { Outages } from '../../activation/outages.ts'
import type { Replication } from '../../activation/posts/replication.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { CopyProblem } from '../../mirror/capture/copy-problem.ts'
import type { Ledger } from '../../mirror/ledger.ts'
import type { FactsSource } from '../../mirror/pages/facts.ts'
import type { PageServer } from '../../mirror/pages/page-server.ts'
import type { Peers } from '../../mirror/peers.ts'
import type { Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { BlogRequests } from '../blog-requests.ts'
import type { Doors } from '../doors.ts'
import type { FormFiles } from '../form-files.ts'
import type { JoinRequests } from '../join-requests.ts'
import type { KitFiles } from '../kit-files.ts'
import type { LiveSets } from '../live-sets.ts'
import type { OwnNames } from '../readers/own-names.ts'
import { statusRoutes } from '../status/routes.ts'
import type { Status } from '../status/status.ts'
import type { VerifyFile } from '../verify-file.ts'
import type { Route } from './api.ts'
import type { Metrics } from './metrics.ts'
import type { Rates } from './rates.ts'
import { askRoutes } from './routes/ask.ts'
import { auditRoutes } from './routes/audits.ts'
import { blobRoutes } from './routes/blobs.ts'
import { blogRoutes } from './routes/blogs.ts'
import { doorRoutes } from './routes/doors.ts'
import { findRoutes } from './routes/find.ts'
import { goRoutes } from './routes/go.ts'
import { healthRoutes } from './routes/health.ts'
import { joinRoutes } from './routes/join.ts'
import { kitRoutes } from './routes/kit.ts'
import { cancelRoutes, mailRoutes } from './routes/mail.ts'
import { micropubRoutes } from './routes/micropub.ts'
import { mirrorRoutes } from './routes/mirror.ts'
import { networkRoutes } from './routes/network.ts'
import { objectRoutes } from './routes/objects.ts'
import { outageRoutes } from './routes/outages.ts'
import { postRoutes } from './routes/posts.ts'
import { returnRoutes } from './routes/return.ts'
import { shareRoutes } from './routes/share.ts'
import { verifyRoutes } from './routes/verify.ts'
import { xmlrpcRoutes } from './routes/xmlrpc.ts'
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
  readonly addressRates: Rates
  readonly wake: () => Promise<boolean>
  readonly ready: () => boolean
  readonly replication: Replication
  readonly outages: Outages
  readonly notices: Notices
  readonly pages: PageServer
  /** The ledger as pages see it: without what the operator refuses. */
  readonly facts: FactsSource
  readonly names: OwnNames
  readonly verify: VerifyFile | null
  readonly refusesBlob: (hash: Hash) => Promise<boolean>
  readonly refusesObject: (object: SignedObject) => Promise<boolean>
  readonly copyProblem: (blog: Hash) => Promise<CopyProblem | null>
  readonly status: Status
  readonly statics: Statics
  readonly url: string
  readonly door: PostDoor
  readonly form: FormFiles
  /** null where nothing is kept for programs that other people wrote. */
  readonly doors: Doors | null
  readonly kit: KitFiles | null
  readonly blogRequests: BlogRequests
  readonly name: string
}

export function routesOf(deps: RoutesDeps): readonly Route[] {
  return [
    ...objectRoutes({ ...deps, counted: deps.metrics.counted }),
    ...blobRoutes({ ...deps, uploads: deps.replication, refusesBlob: deps.refusesBlob }),
    ...networkRoutes(deps, { self: deps.self }),
    ...returnRoutes(deps, { url: deps.url }),
    ...postRoutes(deps),
    ...cancelRoutes(deps),
    ...(deps.doors === null ? [] : programRoutes(deps, deps.doors)),
    ...kitRoutes(deps),
    ...blogRoutes(deps),
    ...outageRoutes(deps),
    ...mirrorRoutes(deps),
    ...goRoutes(deps),
    ...findRoutes({ ...deps, blogs: () => deps.ledger.blogs() }),
    ...shareRoutes(deps),
    ...askRoutes(deps),
    ...verifyRoutes(deps.verify),
    ...staticRoutes(deps.statics),
    ...statusRoutes(deps.status),
    ...auditRoutes(deps),
    ...joinRoutes(deps),
    ...healthRoutes({ ready: deps.ready, metrics: () => deps.metrics.text() }),
  ]
}

/** Doors for mail and blogging apps. */
function programRoutes({ ledger }: RoutesDeps, doors: Doors): readonly Route[] {
  const { passes, apps } = doors
  return [
    ...doorRoutes({ ledger, passes, endpoints: apps.endpoints, mailDomain: () => doors.mail?.domain ?? null }),
    ...xmlrpcRoutes({ apps }),
    ...micropubRoutes({ apps }),
    ...mailRoutes(() => doors.mail),
  ]
}
