/** Every route of a member, in the order in which they are tried. */

import type { ContactConsents } from '../../activation/contact-consents.ts'
import type { FormAssets } from '../../activation/doors/form-page.ts'
import type { PostDoor } from '../../activation/doors/post-door.ts'
import type { Notices } from '../../activation/notices.ts'
import type { Outages } from '../../activation/outages.ts'
import type { Replication } from '../../activation/posts/replication.ts'
import type { AbsentSeats } from '../../activation/watch/absent-seats.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { CopyProblem } from '../../mirror/capture/copy-problem.ts'
import type { CostlyNote } from '../../mirror/costly-note.ts'
import type { FactsSource } from '../../mirror/pages/facts.ts'
import type { PageServer } from '../../mirror/pages/page-server.ts'
import type { BlogRequests } from '../../network/blog-requests.ts'
import type { JoinRequests } from '../../network/join-requests.ts'
import type { LiveSets } from '../../network/live-sets.ts'
import type { Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Sha256, Signer, VerifyEd25519 } from '../../protocol/platform.ts'
import type { BrowserFile, BrowserFiles } from '../bundles/browser-files.ts'
import type { DoorParts } from '../parts/door-parts.ts'
import type { NamingParts } from '../parts/naming-parts.ts'
import { AnsweringMirrors } from '../readers/answering-mirrors.ts'
import type { CustomDomains } from '../readers/custom-domains.ts'
import { statusRoutes } from '../status/routes.ts'
import type { Status } from '../status/status.ts'
import type { Route } from './api.ts'
import { fileRoutes } from './file-routes.ts'
import type { Metrics } from './metrics.ts'
import type { Rates } from './rates.ts'
import { auditRoutes } from './routes/audits.ts'
import { beforeRoutes } from './routes/before.ts'
import { blobRoutes } from './routes/blobs.ts'
import { blogRoutes } from './routes/blogs.ts'
import { contactRoutes } from './routes/contact.ts'
import { doorRoutes } from './routes/doors.ts'
import { findRoutes } from './routes/find.ts'
import { goRoutes } from './routes/go.ts'
import { healthRoutes } from './routes/health.ts'
import { joinRoutes } from './routes/join.ts'
import { keyDirectoryRoutes } from './routes/key-directory.ts'
import { kitRoutes } from './routes/kit.ts'
import { cancelRoutes, mailRoutes } from './routes/mail.ts'
import { micropubRoutes } from './routes/micropub.ts'
import { mirrorRoutes } from './routes/mirror.ts'
import { nameRoutes } from './routes/names.ts'
import { networkRoutes } from './routes/network.ts'
import { objectRoutes } from './routes/objects.ts'
import { outageRoutes } from './routes/outages.ts'
import { postRoutes } from './routes/posts.ts'
import { proxyRoutes } from './routes/proxy.ts'
import { returnRoutes } from './routes/return.ts'
import { tlsAskRoutes } from './routes/tls-ask.ts'
import { xmlrpcRoutes } from './routes/xmlrpc.ts'

export type RoutesDeps = {
  readonly ledger: Ledger
  readonly sets: LiveSets
  readonly peers: Peers
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
  readonly signer: Signer
  readonly self: Key
  readonly requests: JoinRequests
  readonly metrics: Metrics
  readonly keyRates: Rates
  readonly rootRates: Rates
  readonly signatureRates: Rates
  readonly wake: () => Promise<boolean>
  readonly ready: () => boolean
  readonly replication: Replication
  readonly outages: Outages
  readonly absentSeats: AbsentSeats
  readonly notices: Notices
  readonly consents: ContactConsents
  readonly pages: PageServer
  /** The ledger as pages see it: without what the operator refuses. */
  readonly facts: FactsSource
  readonly names: CustomDomains
  readonly naming: NamingParts
  readonly refusesBlob: (hash: Hash) => Promise<boolean>
  readonly refusesObject: (object: SignedObject) => Promise<boolean>
  readonly verify: VerifyEd25519
  readonly copyProblem: (blog: Hash) => Promise<CopyProblem | null>
  readonly costly: (blog: Hash) => readonly CostlyNote[]
  readonly status: Status
  readonly files: BrowserFiles
  readonly url: string
  readonly door: PostDoor
  readonly form: FormAssets
  /** null where nothing is kept for programs that other people wrote. */
  readonly doors: DoorParts | null
  readonly kit: BrowserFile | null
  readonly blogRequests: BlogRequests
  readonly name: string
}

function answeringOf({ clock, peers }: RoutesDeps) {
  const answers = async (url: string, timeMs: number) => (await peers.get(url, 'dgos/v1/ping', timeMs)) !== null
  const mirrors = new AnsweringMirrors({ clock, answers })
  return (blog: Hash, urls: readonly string[]) => mirrors.of(blog, urls)
}

function hintsOf({ url, clock, verify }: RoutesDeps) {
  return { host: new URL(url).host, clock, verify }
}

export function routesOf(deps: RoutesDeps): readonly Route[] {
  return [
    ...objectRoutes({
      ...deps,
      hints: hintsOf(deps),
      receiptOf: (post) => deps.replication.receiptOf(post),
      counted: deps.metrics.counted,
    }),
    ...blobRoutes({ ...deps, uploads: deps.replication, refusesBlob: deps.refusesBlob }),
    ...networkRoutes(deps, { self: deps.self }),
    ...returnRoutes(deps, { url: deps.url }),
    ...postRoutes(deps),
    ...cancelRoutes(deps),
    ...(deps.doors === null ? [] : programRoutes(deps, deps.doors)),
    ...kitRoutes(deps),
    ...blogRoutes(deps),
    ...outageRoutes(deps),
    ...contactRoutes(deps),
    ...mirrorRoutes(deps),
    ...goRoutes({ ...deps, answering: answeringOf(deps) }),
    ...findRoutes({ ...deps, blogs: () => deps.ledger.blogs() }),
    ...beforeRoutes(deps),
    ...tlsAskRoutes(deps),
    ...nameRoutes(deps.naming),
    ...proxyRoutes(deps.naming),
    ...fileRoutes(deps.files),
    ...statusRoutes(deps.status),
    ...auditRoutes(deps),
    ...joinRoutes(deps),
    ...keyDirectoryRoutes(deps),
    ...healthRoutes({ ready: deps.ready, metrics: () => deps.metrics.text() }),
  ]
}

/** Doors for mail and blogging apps. */
function programRoutes({ ledger }: RoutesDeps, doors: DoorParts): readonly Route[] {
  const { doorKeys, apps } = doors
  return [
    ...doorRoutes({ ledger, doorKeys, endpoints: apps.endpoints, mailDomain: doors.mail?.domain ?? null }),
    ...xmlrpcRoutes({ apps }),
    ...micropubRoutes({ apps }),
    ...mailRoutes(doors.mail),
  ]
}
