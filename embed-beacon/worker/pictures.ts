/** Pictures of posts, from mirrors, as data: only bytes of the hash that the author signed, and only of raster types. */
import { encodeBase64 } from '../../protocol/base64.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Target } from '../evidence.ts'
import { sha256 } from '../sha256.ts'

const picturesMax = 6
const bytesMax = 1_000_000
const timeMs = 4000
const types = /^image\/(png|jpeg|gif|webp)$/

/** Blob → data URL. What cannot be had in time is left out. */
export async function pictures({ posts, mirrors }: Target): Promise<ReadonlyMap<Hash, string>> {
  const wanted = posts
    .filter((post) => !post.withdrawn)
    .flatMap((post) => post.current.payload.attachments)
    .filter((attachment) => types.test(attachment.type) && attachment.bytes <= bytesMax)
    .slice(0, picturesMax)
  const found = await Promise.all(
    wanted.map(async ({ blob, type }) => {
      const bytes = await bytesOf(
        blob,
        mirrors.map((mirror) => mirror.url),
      )
      return bytes === null ? null : ([blob, `data:${type};base64,${encodeBase64(bytes)}`] as const)
    }),
  )
  return new Map(found.filter((picture) => picture !== null))
}

async function bytesOf(blob: Hash, urls: readonly string[]): Promise<Uint8Array | null> {
  const asked = urls.slice(0, 3).map(async (url) => {
    const response = await fetch(`${url}dgos/v1/blobs/${blob}`, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      signal: AbortSignal.timeout(timeMs),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length > bytesMax || toHex(sha256(bytes)) !== blob) throw new TypeError('other bytes')
    return bytes
  })
  return Promise.any(asked).catch(() => null)
}
