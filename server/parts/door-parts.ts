/** The doors of a member for programs that other people wrote: apps with a token, and mail. Each writes with a key that the author delegated. */

import type { Apps } from '../../activation/doors/apps/session.ts'
import { DoorKeys } from '../../activation/doors/gateway/door-keys.ts'
import type { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import { memberTarget } from '../../activation/doors/gateway/member-target.ts'
import { PostWriter } from '../../activation/doors/gateway/post-writer.ts'
import { UploadedImages, uploadedImageMs } from '../../activation/doors/gateway/uploaded-images.ts'
import type { Replication } from '../../activation/posts/replication.ts'
import { KeyedMutex } from '../../ledger/keyed-mutex.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { ok } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { MailRoutesDeps } from '../http/routes/mail.ts'

export type DoorPartsDeps = {
  readonly store: GatewayStore
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'acceptBlob' | 'holders'>
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
}
export type DoorPartsOptions = { readonly url: string; readonly name: string }
export type DoorParts = {
  readonly doorKeys: DoorKeys
  readonly apps: Apps
  /** Set where the operator has turned mail on. */
  mail: MailRoutesDeps | null
  /** Forgets images that no post named, and old mails. */
  sweep(): Promise<void>
}

/** Longer than a Message-ID could be played again under the rule of one hour, and for questions of the author. */
const mailsMs = 40 * 86_400_000

export function createDoorParts(deps: DoorPartsDeps, { url, name }: DoorPartsOptions): DoorParts {
  const { store, ledger, clock, sha256 } = deps
  const mutex = new KeyedMutex()
  const doorKeys = new DoorKeys(deps)
  const apps: Apps = {
    endpoints: { xmlrpc: `${url}xmlrpc`, micropub: `${url}micropub`, media: `${url}micropub/media`, home: url },
    async session(token) {
      const doorKey = await doorKeys.find('app', token)
      if (!doorKey.ok) return doorKey
      const { row, signer } = doorKey.value
      const target = memberTarget(deps, row.blog)
      const writer = new PostWriter(
        { target, signer, clock, sha256, mutex },
        { network: ledger.network.id, blog: row.blog, through: `by ${row.name} through ${name}` },
      )
      return ok({
        writer,
        uploads: new UploadedImages({ store, clock, sha256 }, { pass: row.id }),
        blog: row.blog,
        postUrl: (post: Hash) => `${url}m/${row.blog}/p/${post}`,
        mediaUrl: (blob: Hash) => `${url}dgos/v1/blobs/${blob}`,
      })
    },
  }
  const sweep = () => store.sweep(clock.nowMs() - uploadedImageMs, clock.nowMs() - mailsMs)
  return { doorKeys, apps, mail: null, sweep }
}
