/** An app that has shown its token: the writer that it may use, its images, and the addresses it is told. */
import { ok, type Result } from '../../../protocol/codes.ts'
import type { Hash, SignedObject } from '../../../protocol/objects.ts'
import type { DoorReader } from '../door-reader.ts'
import type { Blobs, PostWriter, WrittenText } from '../gateway/post-writer.ts'
import type { UploadedImages } from '../gateway/uploaded-images.ts'
import type { AppText } from './app-text.ts'

export type AppSession = {
  readonly writer: PostWriter
  readonly uploads: UploadedImages
  readonly blog: Hash
  readonly reader: DoorReader
  /** Where people read a post, and where an image lies once its post is taken. */
  postUrl(post: Hash): string
  mediaUrl(blob: Hash): string
}
export type Apps = {
  /** The token is the password, or the bearer token. */
  session(token: string): Promise<Result<AppSession>>
  readonly reader: DoorReader
  /** The address of the XML-RPC door, and of Micropub's two. */
  readonly endpoints: {
    readonly xmlrpc: string
    readonly micropub: string
    readonly media: string
    readonly home: string
  }
}

/** What an app says as a post, with the images that it sent before. `before`: the post that it replaces. */
export async function writtenBy(
  { uploads, writer, reader, blog }: AppSession,
  text: AppText,
  before?: SignedObject<'post'>,
): Promise<Result<{ readonly text: WrittenText; readonly blobs: Blobs }>> {
  const base = (await writer.root())?.addresses[0]
  const images = await uploads.all()
  const context = {
    uploads: images.map((image) => image.attachment),
    ...(before === undefined ? {} : { before }),
    ...(base === undefined ? {} : { base }),
  }
  const written = await reader.text({ text, context }, blog)
  if (!written.ok) return written
  const used = new Set(written.value.attachments.map((attachment) => attachment.blob))
  const blobs = images.filter((image) => used.has(image.attachment.blob))
  return ok({ text: written.value, blobs: new Map(blobs.map((image) => [image.attachment.blob, image.bytes])) })
}
