/** The key by which this member signs what it asks of blogs, where a wall looks for it (Web Bot Auth). */
import type { Clock } from '../../../lib/clock.ts'
import type { Random } from '../../../lib/random.ts'
import { encodeBase64 } from '../../../protocol/base64.ts'
import { directoryPath, directoryType, keyDirectory, signatureHeaders } from '../../../protocol/http-signature.ts'
import type { Sha256, Signer } from '../../../protocol/platform.ts'
import { type Route, text } from '../api.ts'

export type KeyDirectoryDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly signer: Signer
  readonly sha256: Sha256
  readonly url: string
}

export function keyDirectoryRoutes({ clock, random, signer, sha256, url }: KeyDirectoryDeps): readonly Route[] {
  const authority = new URL(url).host
  return [
    {
      method: 'GET',
      path: directoryPath,
      open: true,
      handle: async () => {
        const nonce = encodeBase64(random.bytes(64))
        const signing = { authority, agent: null, nowMs: clock.nowMs(), nonce }
        const signed = await signatureHeaders(signing, signer, sha256)
        return text(keyDirectory(signer.key, sha256), directoryType, { ...signed, 'cache-control': 'max-age=30' })
      },
    },
  ]
}
