/**
 * What a blog that is back reads from a mirror: its emergency posts as a JSON Feed 1.1 that any program understands, with
 * the signed envelopes beside each, from which DGOS software checks everything itself. Posts that wait for their import
 * come first; imported ones stay in the feed and are marked, so that a blog which lost its database finds them again.
 */
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import type { Envelope, Hash, Time } from '../../protocol/objects.ts'
import { type ShownPost, shownPosts, withheld } from '../../protocol/posts.ts'

/** One page of the feed holds posts up to this many bytes of envelopes, and at least one post. */
export const returnPageBytesMax = 4 * 1024 * 1024

export type ReturnAttachment = {
  readonly url: string
  readonly mime_type: string
  readonly title: string
  readonly size_in_bytes: number
}
export type ReturnItem = {
  readonly id: string
  readonly title: string
  readonly content_html: string
  readonly date_published: string
  readonly date_modified: string
  readonly language?: string
  readonly attachments: readonly ReturnAttachment[]
  readonly _dgos: {
    /** Public id of the post: never changes with edits. */
    readonly post: Hash
    readonly withdrawn: boolean
    /** Permalink that the blog has confirmed. */
    readonly imported: string | null
    /** Every text of the post, oldest first. */
    readonly envelopes: readonly Envelope[]
  }
}
export type ReturnFeed = {
  readonly version: 'https://jsonfeed.org/version/1.1'
  readonly title: string
  readonly home_page_url: string
  readonly feed_url: string
  readonly next_url?: string
  readonly language?: string
  readonly items: readonly ReturnItem[]
  readonly _dgos: {
    readonly network: Hash
    readonly blog: Hash
    /** Roots, delegations and import confirmations: what the posts' signatures are checked against. */
    readonly objects: readonly Envelope[]
    /** Posts that others name but that are not here. */
    readonly withheld: readonly Hash[]
  }
}

export type ReturnFeedOptions = {
  /** Base URL of the member that answers. */
  readonly url: string
  readonly nowMs: Time
  /** Posts to skip: the `from` of `next_url`. */
  readonly from?: number
}

/** One page of the feed, or null where the blog is unknown. Pure. */
export function returnFeed(blog: BlogObjects, { url, nowMs, from = 0 }: ReturnFeedOptions): ReturnFeed | null {
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  const root = roles.chain.current.payload
  const waits = (post: ShownPost) => post.importedAt === null && !post.withdrawn
  const shown = shownPosts(blog, nowMs)
  const all = [...shown.filter(waits), ...shown.filter((post) => !waits(post))].slice(from)
  const page = firstPage(all)
  const feedUrl = `${url}dgos/v1/blogs/${blog.blog}/return.json`
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title: root.title,
    home_page_url: root.addresses[0]!,
    feed_url: feedUrl,
    ...(page.length < all.length ? { next_url: `${feedUrl}?from=${from + page.length}` } : {}),
    ...(root.language === undefined ? {} : { language: root.language }),
    items: page.map((post) => itemOf(post, url)),
    _dgos: {
      network: root.network,
      blog: blog.blog,
      objects: [...roles.chain.steps, ...blog.delegation, ...blog.imported].map((object) => object.envelope),
      withheld: withheld(blog),
    },
  }
}

function firstPage(posts: readonly ShownPost[]): readonly ShownPost[] {
  let bytes = 0
  const end = posts.findIndex((post, i) => {
    bytes += post.history.reduce((sum, version) => sum + version.envelope.payload.length, 0)
    return i > 0 && bytes > returnPageBytesMax
  })
  return end < 0 ? posts : posts.slice(0, end)
}

function itemOf(post: ShownPost, url: string): ReturnItem {
  const { payload } = post.current
  const blobUrl = (blob: Hash) => `${url}dgos/v1/blobs/${blob}`
  return {
    id: `urn:dgos:post:${post.id}`,
    title: payload.title,
    content_html: payload.html.replace(/ src="blob:([0-9a-f]{64})"/g, (_, blob: Hash) => ` src="${blobUrl(blob)}"`),
    date_published: new Date(post.history[0]!.payload.published).toISOString(),
    date_modified: new Date(payload.published).toISOString(),
    ...(payload.language === undefined ? {} : { language: payload.language }),
    attachments: payload.attachments.map((attachment) => ({
      url: blobUrl(attachment.blob),
      mime_type: attachment.type,
      title: attachment.alt,
      size_in_bytes: attachment.bytes,
    })),
    _dgos: {
      post: post.id,
      withdrawn: post.withdrawn,
      imported: post.importedAt,
      envelopes: post.history.map((version) => version.envelope),
    },
  }
}
