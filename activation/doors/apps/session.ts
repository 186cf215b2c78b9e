/** An app that has shown its token: the writer that it may use, its images, and the addresses it is told. */
import type { Result } from '../../../protocol/codes.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { PostWriter } from '../gateway/post-writer.ts'
import type { UploadedImages } from '../gateway/uploaded-images.ts'

export type AppSession = {
  readonly writer: PostWriter
  readonly uploads: UploadedImages
  readonly blog: Hash
  /** Where people read a post, and where an image lies once its post is taken. */
  postUrl(post: Hash): string
  mediaUrl(blob: Hash): string
}
export type Apps = {
  /** The token is the password, or the bearer token. */
  session(token: string): Promise<Result<AppSession>>
  /** The address of the XML-RPC door, and of Micropub's two. */
  readonly endpoints: {
    readonly xmlrpc: string
    readonly micropub: string
    readonly media: string
    readonly home: string
  }
}
