/** The doors of a member for programs that other people wrote: apps with a token, and mail. Each writes with a key that the author delegated. */

import type { Apps } from '../../activation/doors/apps/session.ts'
import { DoorReader } from '../../activation/doors/door-reader.ts'
import { DoorKeys } from '../../activation/doors/gateway/door-keys.ts'
import type { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import { memberTarget } from '../../activation/doors/gateway/member-target.ts'
import { PostWriter } from '../../activation/doors/gateway/post-writer.ts'
import { UploadedImages, uploadedImageMs } from '../../activation/doors/gateway/uploaded-images.ts'
import type { MailIntake } from '../../activation/doors/mail/mail-door.ts'
import type { Replication } from '../../activation/posts/replication.ts'
import { KeyedMutex } from '../../ledger/keyed-mutex.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Workers } from '../../lib/workers.ts'
import { ok } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { createMailParts, type MailPartsDeps, type MailPartsOptions } from './mail-parts.ts'

export type DoorPartsDeps = {
  readonly store: GatewayStore
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'acceptBlob' | 'holders' | 'watch'>
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
  /** null where authors cannot be told by mail: then there is no door for it. */
  readonly mail: MailPartsDeps | null
  readonly workers?: Workers
}
export type DoorPartsOptions = {
  readonly url: string
  readonly name: string
  /** null where the operator has not turned mail on. */
  readonly mail: MailPartsOptions | null
}
export type DoorParts = {
  readonly doorKeys: DoorKeys
  readonly apps: Apps
  readonly mail: MailIntake | null
  /** Forgets images that no post named, and old mails. */
  sweep(): Promise<void>
}

/** Longer than a Message-ID could be played again under the rule of one hour, and for questions of the author. */
const mailsMs = 40 * 86_400_000

export function createDoorParts(deps: DoorPartsDeps, options: DoorPartsOptions): DoorParts {
  const { url, name } = options
  const { store, ledger, clock, sha256 } = deps
  const mutex = new KeyedMutex()
  const doorKeys = new DoorKeys({
    ...deps,
    // LGPL, and large: loaded with the first key
    openpgpFingerprint: async (armored) =>
      (await import('../../activation/doors/mail/openpgp.ts')).openpgpFingerprint(armored),
  })
  const reader = new DoorReader(deps)
  const apps: Apps = {
    endpoints: { xmlrpc: `${url}xmlrpc`, micropub: `${url}micropub`, media: `${url}micropub/media`, home: url },
    reader,
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
        uploads: new UploadedImages({ store, clock, sha256, reader }, { door: row.id }),
        blog: row.blog,
        reader,
        postUrl: (post: Hash) => `${url}m/${row.blog}/p/${post}`,
        mediaUrl: (blob: Hash) => `${url}dgos/v1/blobs/${blob}`,
      })
    },
  }
  const sweep = () => store.sweep(clock.nowMs() - uploadedImageMs, clock.nowMs() - mailsMs)
  const mail =
    deps.mail === null || options.mail === null
      ? null
      : createMailParts({ ...deps, doorKeys, reader }, deps.mail, { ...options, ...options.mail })
  return { doorKeys, apps, mail, sweep }
}
