/** Emergency posts as files for blog software of others: what every format starts from. Pure. */

import { postMarkup } from '../../../mirror/pages/post-markup.ts'
import { encodeBase64 } from '../../../protocol/base64.ts'
import { byteLength } from '../../../protocol/bytes.ts'
import type { Attachment, Hash } from '../../../protocol/objects.ts'
import type { ShownPost } from '../../../protocol/posts.ts'

export type ExportImage = Attachment & { readonly body: Uint8Array }
export type ExportPost = { readonly shown: ShownPost; readonly images: readonly ExportImage[] }
export type ExportFile = { readonly name: string; readonly bytes: Uint8Array }
export type ExportBlog = {
  readonly title: string
  readonly address: string
  readonly language: string | null
  readonly nowMs: number
}

/** html with its images inside, as `data:` addresses: one file carries all, and no mirror is needed later. */
export function htmlWithImages({ shown, images }: ExportPost): string {
  return placed(shown, (blob) => {
    const image = images.find((image) => image.blob === blob)
    return image === undefined ? '' : `data:${image.type};base64,${encodeBase64(image.body)}`
  })
}

/** html whose images lie in a folder, under `imageName`. */
export function htmlWithFiles({ shown, images }: ExportPost, folder: string): string {
  return placed(shown, (blob) => {
    const image = images.find((image) => image.blob === blob)
    return image === undefined ? '' : folder + imageName(image)
  })
}

function placed({ current }: ShownPost, urlOf: (blob: Hash) => string): string {
  const { html, attachments } = current.payload
  const { markup } = postMarkup(html, attachments, { base: '', idPrefix: `${current.id.slice(0, 8)}-` })
  return markup.replace(/ src="blob\/([0-9a-f]{64})"/g, (_, blob: Hash) => ` src="${urlOf(blob)}"`)
}

export function imageName({ blob, type }: Pick<Attachment, 'blob' | 'type'>): string {
  return `${blob.slice(0, 16)}.${type === 'image/jpeg' ? 'jpg' : type.slice('image/'.length)}`
}

/** What a disk takes as one name is 255 bytes; date, part of an id and suffix need their place. */
const slugBytesMax = 200

/** "2026-11-20-we-are-here": from the title, with letters of every script; ends in part of the id where there are none. */
export function fileStem({ shown }: ExportPost): string {
  const slug = shown.current.payload.title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  const letters = [...slug].slice(0, 60)
  while (byteLength(letters.join('')) > slugBytesMax) letters.pop()
  const short = letters.join('')
  return `${isoOf(publishedMs({ shown })).slice(0, 10)}-${short === '' ? shown.id.slice(0, 8) : short}`
}

export function publishedMs({ shown }: Pick<ExportPost, 'shown'>): number {
  return shown.history[0]!.payload.published
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
