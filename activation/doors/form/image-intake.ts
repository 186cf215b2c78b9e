/**
 * Images as they may be sent: at most 2000 pixels a side and drawn anew, so that nothing of the camera (place, time,
 * serial number) goes along. An animation keeps its first picture.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '../../../protocol/bytes.ts'
import type { Attachment } from '../../../protocol/objects.ts'

export const imageSideMax = 2000
/** A drawing stays PNG below this; a photograph saved as PNG becomes WebP or JPEG. */
const pngBytesMax = 700_000
const quality = 0.85

export type Image = { readonly file: Attachment; readonly bytes: Uint8Array }

/** null where the browser cannot read the file as an image. `taken` are names that are in use. */
export async function takeImage(file: Blob & { name?: string }, taken: readonly string[]): Promise<Image | null> {
  const picture = await bitmapOf(file)
  if (picture === null) return null
  const scale = Math.min(1, imageSideMax / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const encoded = await encode(canvas, file.type)
  if (encoded === null) return null
  const bytes = new Uint8Array(await encoded.arrayBuffer())
  const { type } = encoded
  const name = freeName(file.name ?? 'image', type, taken)
  const size = { width: canvas.width, height: canvas.height }
  return { bytes, file: { blob: toHex(sha256(bytes)), bytes: bytes.length, type, name, alt: '', ...size } }
}

async function bitmapOf(file: Blob): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return null // not an image, or of a kind that this browser does not know
  }
}

async function encode(canvas: HTMLCanvasElement, type: string): Promise<Blob | null> {
  if (type === 'image/jpeg') return blobOf(canvas, 'image/jpeg')
  const png = await blobOf(canvas, 'image/png')
  if (png !== null && png.size <= pngBytesMax) return png
  const webp = await blobOf(canvas, 'image/webp')
  return webp?.type === 'image/webp' ? webp : blobOf(canvas, 'image/jpeg')
}

function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob | null> {
  return new Promise((resolve) => {
    canvas.toBlob(resolve, type, quality)
  })
}

/** A name that can stand in Markdown as it is, and once in a post. */
function freeName(given: string, type: string, taken: readonly string[]): string {
  const stem =
    given
      .replace(/\.[^.]*$/, '')
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}_-]+/gu, '-')
      .slice(0, 40) || 'image'
  const ending = type === 'image/jpeg' ? 'jpg' : type.slice('image/'.length)
  for (let i = 1; ; i++) {
    const name = i === 1 ? `${stem}.${ending}` : `${stem}-${i}.${ending}`
    if (!taken.includes(name)) return name
  }
}
