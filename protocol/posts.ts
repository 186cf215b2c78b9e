/**
 * The emergency posts of a blog: a set that merges, not a chain. `replaces` makes a new text of a post; posts with one
 * `draft` show as one; `prevs` name the newest posts the author's device knew, so that an unknown one shows that
 * something is withheld.
 */
import type { BlogObjects } from './blog-objects.ts'
import { delegatedPostsPerDay } from './limits.ts'
import type { Hash, SignedObject } from './objects.ts'
import { delegated, isGoodPost, isPosting, type Voices, voicesOf } from './voices.ts'

type PostObject = SignedObject<'post'>

export type ShownPost = {
  /** Public id: the first id of its `replaces` chain. Never changes with edits. */
  readonly id: Hash
  readonly current: PostObject
  /** Every text it had, oldest first, the current one last. */
  readonly history: readonly PostObject[]
  readonly withdrawn: boolean
  /** Its permalink on the blog, once the blog has confirmed the import. */
  readonly importedAt: string | null
}

/** Posts to show at `nowMs`, newest first; withdrawn ones included and marked, posts before their `showAt` left out. */
export function shownPosts(blog: BlogObjects, nowMs: number): readonly ShownPost[] {
  const voices = voicesOf(blog)
  if (voices === null) return []
  const good = goodPosts(blog, voices)
  const groups = new Map<Hash, PostObject[]>()
  for (const post of good) {
    if ((post.payload.showAt ?? 0) > nowMs) continue
    const first = firstOf(post, good, voices)
    groups.set(first, [...(groups.get(first) ?? []), post])
  }
  const links = permalinks(blog)
  const shown = [...groups].map(([id, texts]) => shownPost(id, texts, links))
  return shown.sort(
    (a, b) => b.history[0]!.payload.published - a.history[0]!.payload.published || (a.id < b.id ? 1 : -1),
  )
}

/**
 * Posts whose signer had the right to them. Of a delegated key's posts the first ones of each UTC day count, up to its
 * limit: members that learned of them in another order still show the same ones.
 */
export function goodPosts(blog: BlogObjects, voices: Voices): readonly PostObject[] {
  const allowed = blog.post.filter((post) => isGoodPost(post, voices, blog.post))
  return allowed.filter((post) => {
    const power = isPosting(voices, post.payload.key)
      ? null
      : delegated(voices, post.payload.key, 'post', post.payload.time)
    if (power === null) return true
    const limit = Math.min(power.payload.postsPerDay ?? delegatedPostsPerDay, delegatedPostsPerDay)
    const earlier = allowed.filter(
      (one) => one.payload.key === post.payload.key && dayOf(one) === dayOf(post) && isBefore(one, post),
    )
    return earlier.length < limit
  })
}

/** The UTC day of a post's signed time, counted from 1970. */
export function dayOf(post: PostObject): number {
  return Math.floor(post.payload.time / 86_400_000)
}

function isBefore(a: PostObject, b: PostObject): boolean {
  return a.payload.time < b.payload.time || (a.payload.time === b.payload.time && a.id < b.id)
}

function shownPost(id: Hash, texts: PostObject[], links: ReadonlyMap<Hash, string>): ShownPost {
  const history = texts.sort((a, b) => a.payload.published - b.payload.published || (a.id < b.id ? -1 : 1))
  const current = history.at(-1)!
  const importedAt = history.map((post) => links.get(post.id)).find((url) => url !== undefined) ?? links.get(id) ?? null
  return { id, current, history, withdrawn: current.payload.withdrawn === true, importedAt }
}

/** The lowest id among the first texts that share a draft with the start of this post's chain. */
function firstOf(post: PostObject, good: readonly PostObject[], voices: Voices): Hash {
  let start = post
  for (let steps = 0; start.payload.replaces !== undefined && steps < good.length; steps++) {
    const before = good.find((one) => one.id === start.payload.replaces)
    if (before === undefined || !mayReplace(start, before, voices)) break
    start = before
  }
  const twins = good.filter((one) => one.payload.draft === start.payload.draft && one.payload.replaces === undefined)
  return twins.map((one) => one.id).sort()[0] ?? start.id
}

/** Posting keys may replace any post, delegated keys only their own. */
export function mayReplace(post: PostObject, before: PostObject, voices: Voices): boolean {
  return post.payload.key === before.payload.key || isPosting(voices, post.payload.key)
}

function permalinks(blog: BlogObjects): ReadonlyMap<Hash, string> {
  const newest = [...blog.imported].sort((a, b) => a.payload.time - b.payload.time)
  return new Map(newest.flatMap((one) => one.payload.posts.map(({ post, url }) => [post, url] as const)))
}

/** Ids that some post names as its forerunner but that are not here: withheld, lost, or still on their way. */
export function withheld(blog: BlogObjects): readonly Hash[] {
  const known = new Set(blog.post.map((post) => post.id))
  const named = blog.post.flatMap((post) => [
    ...post.payload.prevs,
    ...(post.payload.replaces ? [post.payload.replaces] : []),
  ])
  return [...new Set(named)].filter((id) => !known.has(id)).sort()
}

/** The newest known posts: those that no other post names. At most eight, latest first: the `prevs` of the next post. */
export function tips(blog: BlogObjects): readonly Hash[] {
  const named = new Set(blog.post.flatMap((post) => post.payload.prevs))
  const loose = blog.post.filter((post) => !named.has(post.id))
  return loose
    .sort((a, b) => b.payload.time - a.payload.time || (a.id < b.id ? 1 : -1))
    .slice(0, 8)
    .map((post) => post.id)
}
