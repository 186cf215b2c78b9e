/** What a message says: title, text without signature and quotes, images; and what had to stay behind, with the reason. */
import PostalMime, { type Email } from 'postal-mime'
import { byteLength, toHex } from '../../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { Attachment, Hash } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { cleanImage } from '../gateway/clean-image.ts'
import { plainText } from '../gateway/plain-text.ts'
import { richText, richTextBytesMax } from '../gateway/rich-text.ts'
import { fileName } from '../gateway/uploaded-images.ts'
import { type Element, element } from '../html-tree.ts'
import { draftLimits } from '../post-assembler.ts'
import { isQuoteOrSignature, withoutQuotes } from './quotes.ts'

export type MailContent = {
  readonly title: string
  readonly html: string
  readonly attachments: readonly Attachment[]
  readonly blobs: ReadonlyMap<Hash, Uint8Array>
  /** "text", "2 images" */
  readonly kept: readonly string[]
  /** "report.pdf: not an image" */
  readonly dropped: readonly string[]
}

const nestingMax = 20

export async function mailContent(raw: Uint8Array, sha256: Sha256, base?: string): Promise<Result<MailContent>> {
  let email: Email
  try {
    email = await PostalMime.parse(raw, {
      maxNestingDepth: nestingMax,
      maxHeadersSize: 64 * 1024,
      attachmentEncoding: 'arraybuffer',
    })
  } catch (error) {
    return refuse('BAD_REQUEST', `the message cannot be read: ${(error as Error).message.slice(0, 100)}`)
  }
  const { images, dropped } = imagesOf(email, sha256)
  const used = new Set<Hash>()
  const rich = email.html !== undefined && email.html.trim() !== '' && byteLength(email.html) <= richTextBytesMax
  const place = (image: Image, alt: string): Element => {
    used.add(image.attachment.blob)
    const { blob, width, height } = image.attachment
    const altText = alt === '' ? image.attachment.alt : alt
    return element(
      'img',
      [],
      [
        ['src', `blob:${blob}`],
        ['alt', altText],
        ['width', String(width)],
        ['height', String(height)],
      ],
    )
  }
  const image = (src: string, alt: string) => {
    const found = src.startsWith('cid:') ? images.find((image) => image.cid === decoded(src.slice(4))) : undefined
    return found === undefined ? null : place(found, alt)
  }
  const context = { image, leaveOut: isQuoteOrSignature, ...(base === undefined ? {} : { base }) }
  const text = rich ? richText(email.html!, context) : plainText(withoutQuotes(email.text ?? ''))
  const rest = images
    .filter((image) => !used.has(image.attachment.blob))
    .map((image) => richText('<p><img></p>', { image: () => place(image, '') }))
  const html = text + rest.join('')
  const attachments = images.map((image) => image.attachment)
  const title = (email.subject ?? '').replace(/\s+/g, ' ').trim()
  if (html === '' && title === '') return refuse('BAD_REQUEST', 'the message is empty')
  return ok({
    title,
    html,
    attachments,
    blobs: new Map(images.map((image) => [image.attachment.blob, image.bytes])),
    kept: [
      ...(text === '' ? [] : ['text']),
      ...(images.length === 0 ? [] : [images.length === 1 ? '1 image' : `${images.length} images`]),
    ],
    dropped,
  })
}

type Image = { readonly attachment: Attachment; readonly bytes: Uint8Array; readonly cid: string | null }

function imagesOf(email: Email, sha256: Sha256): { images: readonly Image[]; dropped: readonly string[] } {
  const images: Image[] = []
  const dropped: string[] = []
  for (const part of email.attachments) {
    const name = fileName(part.filename ?? part.mimeType)
    const bytes = typeof part.content === 'string' ? null : new Uint8Array(part.content as ArrayBuffer)
    if (bytes === null || !part.mimeType.startsWith('image/')) {
      dropped.push(`${name}: only images are published`)
      continue
    }
    const clean = cleanImage(bytes)
    if (!clean.ok) {
      dropped.push(`${name}: ${clean.detail}`)
      continue
    }
    const blob = toHex(sha256(clean.value.bytes))
    if (images.some((image) => image.attachment.blob === blob)) continue
    if (images.length >= draftLimits.attachmentsMax) {
      dropped.push(`${name}: more than ${draftLimits.attachmentsMax} images`)
      continue
    }
    const { type, width, height } = clean.value
    const alt = (part.description ?? '').slice(0, 300)
    const attachment = { blob, bytes: clean.value.bytes.length, type, name, alt, width, height }
    const cid = part.contentId === undefined ? null : part.contentId.replace(/^<|>$/g, '')
    images.push({ attachment, bytes: clean.value.bytes, cid })
  }
  return { images, dropped: dropped.slice(0, 30) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a stray percent sign: the id as it stands
  }
}
