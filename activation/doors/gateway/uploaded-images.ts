/** Images that an app uploaded and no post names yet. Cleaned when they come, forgotten after a day. */
import type { Clock } from '../../../lib/clock.ts'
import { toHex } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { Attachment, Hash } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import type { CleanImage } from './clean-image.ts'
import type { MediaRow } from './gateway-store.ts'

export type UploadedImageStore = {
  putMedia(media: MediaRow): Promise<void>
  media(door: Hash): Promise<readonly MediaRow[]>
}
/** Cleans an image, in a thread where there are any. */
export type ImageReader = { image(bytes: Uint8Array, blog: Hash): Promise<Result<CleanImage>> }
export type UploadedImagesDeps = {
  readonly store: UploadedImageStore
  readonly clock: Clock
  readonly sha256: Sha256
  readonly reader: ImageReader
}
export type UploadedImage = { readonly attachment: Attachment; readonly bytes: Uint8Array }

const imagesMax = 40
const bytesMax = 60 * 1024 * 1024
export const uploadedImageMs = 86_400_000

export class UploadedImages {
  readonly #deps: UploadedImagesDeps
  readonly #door: Hash
  readonly #reader: ImageReader

  constructor(deps: UploadedImagesDeps, options: { readonly door: Hash }) {
    this.#deps = deps
    this.#door = options.door
    this.#reader = deps.reader
  }

  async put(bytes: Uint8Array, name: string): Promise<Result<Attachment>> {
    const { store, clock, sha256 } = this.#deps
    const image = await this.#reader.image(bytes, this.#door)
    if (!image.ok) return image
    const kept = await this.all()
    const sum = kept.reduce((total, uploadedImage) => total + uploadedImage.bytes.length, image.value.bytes.length)
    if (kept.length >= imagesMax || sum > bytesMax) return refuse('QUOTA', 'too many images wait for their post')
    const { bytes: clean, type, width, height } = image.value
    const row = {
      door: this.#door,
      blob: toHex(sha256(clean)),
      bytes: clean,
      type,
      name: fileName(name),
      width,
      height,
    }
    await store.putMedia({ ...row, at: clock.nowMs() })
    return ok(attachmentOf(row))
  }

  async all(): Promise<readonly UploadedImage[]> {
    const young = this.#deps.clock.nowMs() - uploadedImageMs
    const rows = (await this.#deps.store.media(this.#door)).filter((media) => media.at >= young)
    return rows.map((row) => ({ attachment: attachmentOf(row), bytes: row.bytes }))
  }
}

function attachmentOf({ blob, bytes, type, name, width, height }: Omit<MediaRow, 'at'>): Attachment {
  return { blob, bytes: bytes.length, type, name, alt: '', width, height }
}

export function fileName(name: string): string {
  const clean = name
    .replace(/^.*[\\/]/, '')
    .replace(/[^A-Za-z0-9._ -]/g, '_')
    .slice(0, 100)
  return clean === '' ? 'image' : clean
}

/** For an author's own computer, where nothing needs to outlast the program. */
export class MemoryImageStore implements UploadedImageStore {
  readonly #rows = new Map<Hash, MediaRow>()

  async putMedia(media: MediaRow): Promise<void> {
    this.#rows.set(media.blob, media)
  }

  async media(): Promise<readonly MediaRow[]> {
    return [...this.#rows.values()]
  }
}
