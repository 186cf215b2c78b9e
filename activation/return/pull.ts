/**
 * Reading a blog's emergency posts from mirrors that are not trusted: every envelope is opened, every signer checked
 * against the blog's own chain of roots. What one mirror withholds another gives; what a mirror invents falls away.
 */
import type { Web } from '../../lib/web.ts'
import { type BlogObjects, blogObjects } from '../../protocol/blog-objects.ts'
import { textOf, toHex } from '../../protocol/bytes.ts'
import { openSources } from '../../protocol/evidence.ts'
import { isOnline, isPosting, keyRolesOf } from '../../protocol/key-roles.ts'
import { changes } from '../../protocol/kinds.ts'
import { blobBytesMax } from '../../protocol/limits.ts'
import { blogOf, type Envelope, type Hash, type SignedObject } from '../../protocol/objects.ts'
import type { Platform } from '../../protocol/platform.ts'
import { hasMorePartsThan } from './json-parts.ts'

export type PullDeps = { readonly web: Web; readonly platform: Platform }
export type PullOptions = {
  readonly network: Hash
  readonly blog: Hash
  /** Base URLs of mirrors, best first. */
  readonly mirrors: readonly string[]
  readonly userAgent: string
}
export type Pulled = {
  readonly blog: BlogObjects
  /** Mirrors whose answer holds at least the root of the blog. */
  readonly sources: readonly string[]
}

const pagesMax = 64
const pageBytesMax = 24 * 1024 * 1024
const pageTimeMs = 30_000
/** Envelopes of one mirror that are looked at. More is an attack on this host. */
const envelopesMax = 20_000
/** Objects, lists and commas of a page. */
const partsMax = 400_000

/** Asks all mirrors at once: each of them may withhold something, and none is asked again for what another gave. */
export async function pullPosts(deps: PullDeps, options: PullOptions): Promise<Pulled> {
  const feeds = await Promise.all(options.mirrors.map((mirror) => envelopesOf(deps.web, mirror, options)))
  const given = feeds.map((envelopes) => envelopes?.slice(0, envelopesMax) ?? [])
  const { objects } = await openSources(given, deps.platform)
  const ours = objects.filter((object) => isOurs(object, options))
  const root = ours.find(({ id }) => id === options.blog)?.envelope
  const sources = options.mirrors.filter((_, i) => root !== undefined && given[i]!.some((entry) => isSame(entry, root)))
  return { blog: trusted(options.blog, ours), sources }
}

function isSame(input: unknown, root: Envelope): boolean {
  const { payload, signatures } = (input ?? {}) as Partial<Envelope>
  return payload === root.payload && signatures?.[0]?.sig === root.signatures[0]?.sig
}

function isOurs(object: SignedObject, { network, blog }: PullOptions): boolean {
  const isOfBlog = blogOf(object) === blog && (object.payload as { network?: Hash }).network === network
  return isOfBlog && changes(object.kind, 'return')
}

/** Confirmations count only where the blog's own keys signed them; posts are weighed by `shownPosts`. */
function trusted(id: Hash, objects: readonly SignedObject[]): BlogObjects {
  const roles = keyRolesOf(blogObjects(id, objects))
  const good = objects.filter(
    ({ kind, payload: { key } }) =>
      kind !== 'imported' || (roles !== null && (isOnline(roles, key) || isPosting(roles, key))),
  )
  return blogObjects(id, good)
}

/** All envelopes of a mirror's feed, page by page. null where the first page is not one. */
async function envelopesOf(web: Web, mirror: string, options: PullOptions): Promise<readonly unknown[] | null> {
  const envelopes: unknown[] = []
  const first = `${mirror}dgos/v1/blogs/${options.blog}/return.json`
  let url: string | null = first
  for (let page = 0; url !== null && page < pagesMax && envelopes.length < envelopesMax; page++) {
    const feed = await feedAt(web, url, options.userAgent)
    if (feed === null) return page === 0 ? null : envelopes
    const { items, _dgos, next_url: next } = feed
    envelopes.push(...listOf((_dgos as Record<string, unknown> | undefined)?.objects))
    for (const item of listOf(items)) {
      envelopes.push(...listOf((item as { _dgos?: { envelopes?: unknown } } | null)?._dgos?.envelopes))
    }
    url = typeof next === 'string' && next.startsWith(first) ? next : null
  }
  return envelopes
}

async function feedAt(web: Web, url: string, userAgent: string): Promise<Record<string, unknown> | null> {
  const headers = { 'user-agent': userAgent, accept: 'application/feed+json, application/json' }
  const answer = await web.fetch({ url, headers, bytesMax: pageBytesMax, timeMs: pageTimeMs, redirectsMax: 0 })
  if (!answer.ok || answer.status !== 200 || hasMorePartsThan(answer.body, partsMax)) return null
  try {
    const value: unknown = JSON.parse(textOf(answer.body) ?? '')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null // not JSON: this mirror has not answered
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The bytes of a blob from any of the mirrors, checked by their hash; null where none has them. */
export async function pullBlob(deps: PullDeps, mirrors: readonly string[], hash: Hash): Promise<Uint8Array | null> {
  for (const mirror of mirrors) {
    const url = `${mirror}dgos/v1/blobs/${hash}`
    const answer = await deps.web.fetch({ url, bytesMax: blobBytesMax, timeMs: pageTimeMs, redirectsMax: 0 })
    if (answer.ok && answer.status === 200 && toHex(deps.platform.sha256(answer.body)) === hash) return answer.body
  }
  return null
}
