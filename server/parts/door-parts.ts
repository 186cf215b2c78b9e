/** The doors of a member for programs that other people wrote: apps with a token, and mail. Each writes with a key that the author delegated. */

import type { Apps } from '../../activation/doors/apps/session.ts'
import { Passes } from '../../activation/doors/gateway/door-keys.ts'
import type { PassStore } from '../../activation/doors/gateway/gateway-store.ts'
import { memberDesk } from '../../activation/doors/gateway/member-target.ts'
import { Pen } from '../../activation/doors/gateway/post-writer.ts'
import { Shelf, shelfMs } from '../../activation/doors/gateway/uploaded-images.ts'
import type { Replication } from '../../activation/posts/replication.ts'
import { Turns } from '../../ledger/keyed-mutex.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { accept } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { MailRoutesDeps } from '../http/routes/mail.ts'

export type DoorsDeps = {
  readonly store: PassStore
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'acceptBlob' | 'holders'>
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
}
export type DoorsOptions = { readonly url: string; readonly name: string }
export type Doors = {
  readonly passes: Passes
  readonly apps: Apps
  /** Set where the operator has turned mail on. */
  mail: MailRoutesDeps | null
  /** Forgets images that no post named, and old mails. */
  sweep(): Promise<void>
}

/** Longer than a Message-ID could be played again under the rule of one hour, and for questions of the author. */
const mailsMs = 40 * 86_400_000

export function createDoors(deps: DoorsDeps, { url, name }: DoorsOptions): Doors {
  const { store, ledger, clock, sha256 } = deps
  const turns = new Turns()
  const passes = new Passes(deps)
  const apps: Apps = {
    endpoints: { xmlrpc: `${url}xmlrpc`, micropub: `${url}micropub`, media: `${url}micropub/media`, home: url },
    async session(token) {
      const pass = await passes.find('app', token)
      if (!pass.ok) return pass
      const { row, signer } = pass.value
      const desk = memberDesk(deps, row.blog)
      const pen = new Pen(
        { desk, signer, clock, sha256, turns },
        { network: ledger.network.id, blog: row.blog, through: `by ${row.name} through ${name}` },
      )
      return accept({
        pen,
        shelf: new Shelf({ store, clock, sha256 }, { pass: row.id }),
        blog: row.blog,
        postUrl: (post: Hash) => `${url}m/${row.blog}/p/${post}`,
        mediaUrl: (blob: Hash) => `${url}dgos/v1/blobs/${blob}`,
      })
    },
  }
  const sweep = () => store.sweep(clock.nowMs() - shelfMs, clock.nowMs() - mailsMs)
  return { passes, apps, mail: null, sweep }
}
