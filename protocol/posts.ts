/**
 * The emergency posts of a blog: a set that merges, not a chain. `replaces` makes a new text of a post; posts with one
 * `draft` show as one; `prevs` name the newest posts the author's device knew, so that an unknown one shows that
 * something is withheld.
 */
import type { BlogObjects } from './blog-objects.ts'
import { ancestry, delegated, isPosting, type KeyRoles, keyRolesOf } from './key-roles.ts'
import { delegatedPostsPerDay } from './limits.ts'
import { byTime, type Hash, type SignedObject } from './objects.ts'

type PostObject = SignedObject<'post'>

export type ShownPost = {
  /** Public id: the first id of its `replaces` chain. Never changes with edits. */
  readonly id: Hash
  /** The public id, and all others under which it is shown where fewer of its texts are known: an import may know one of these. */
  readonly ids: readonly Hash[]
  readonly current: PostObject
  /** Every text it had, oldest first, the current one last. */
  readonly history: readonly PostObject[]
  readonly withdrawn: boolean
  /** Its permalink on the blog, once the blog has confirmed the import. */
  readonly importedAt: string | null
}

/** Posts to show at `nowMs`, newest first; withdrawn ones included and marked, posts before their `showAt` left out. */
export function shownPosts(blog: BlogObjects, nowMs: number): readonly ShownPost[] {
  const roles = keyRolesOf(blog)
  if (roles === null) return []
  const good = goodPosts(blog, roles)
  const firsts = firstTexts(good, roles)
  const groups = new Map<Hash, PostObject[]>()
  for (const post of good) {
    if ((post.payload.showAt ?? 0) > nowMs) continue
    const first = firsts(post)
    const texts = groups.get(first)
    if (texts === undefined) groups.set(first, [post])
    else texts.push(post)
  }
  const links = permalinks(blog)
  const all = [...groups].map(([id, texts]) => shownPost(id, texts, links, roles))
  const shown = withoutCopies(all, roles)
  return shown.sort(
    (a, b) => b.history[0]!.payload.published - a.history[0]!.payload.published || (a.id < b.id ? 1 : -1),
  )
}

/**
 * Posts whose signer had the right to them. Of a delegated key's posts the first ones of each UTC day count, up to its
 * limit: members that learned of them in another order still show the same ones.
 */
export function goodPosts(blog: BlogObjects, roles: KeyRoles): readonly PostObject[] {
  const kept = new Map([...roles.revoked].map(([key, lastGood]) => [key, ancestry(blog.post, lastGood)]))
  const cancelled = cancelledPosts(blog)
  const allowed = blog.post.filter((post) => {
    const { key, time } = post.payload
    if (cancelled.has(post.id)) return false
    const stays = kept.get(key)
    return stays === undefined
      ? isPosting(roles, key) || delegated(roles, key, 'post', time) !== null
      : stays.has(post.id)
  })
  const past = new Set<Hash>()
  for (const own of Map.groupBy(allowed, dayOfKey).values()) {
    const { key } = own[0]!.payload
    const inTime = own.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    for (const [earlier, post] of inTime.entries()) {
      const power = isPosting(roles, key) ? null : delegated(roles, key, 'post', post.payload.time)
      if (power === null) continue
      if (earlier >= Math.min(power.payload.postsPerDay ?? delegatedPostsPerDay, delegatedPostsPerDay))
        past.add(post.id)
    }
  }
  return past.size === 0 ? allowed : allowed.filter((post) => !past.has(post.id))
}

/** Posts that whoever holds their cancel key has called back. They are not shown at all, and neither is the word that did it. */
function cancelledPosts(blog: BlogObjects): ReadonlySet<Hash> {
  const byId = new Map(blog.post.map((post) => [post.id, post]))
  const withdrawals = blog.post.filter((post) => cancels(post, byId.get(post.payload.replaces ?? '')))
  return new Set(withdrawals.map((withdrawal) => withdrawal.payload.replaces!))
}

/** `cancel` of a post is a key; an empty, withdrawn post by that key calls it back. It can say nothing else. */
export function cancels({ payload }: PostObject, before: PostObject | undefined): boolean {
  if (before === undefined || before.payload.cancel !== payload.key || before.id !== payload.replaces) return false
  const text = payload.title + payload.html + (payload.source ?? '')
  return payload.withdrawn === true && text === '' && payload.attachments.length === 0
}

function dayOfKey(post: PostObject): string {
  return `${post.payload.key} ${dayOf(post)}`
}

/** The UTC day of a post's signed time, counted from 1970. */
export function dayOf(post: PostObject): number {
  return Math.floor(post.payload.time / 86_400_000)
}

function isBefore(a: PostObject, b: PostObject): boolean {
  return a.payload.time < b.payload.time || (a.payload.time === b.payload.time && a.id < b.id)
}

function shownPost(
  id: Hash,
  texts: readonly PostObject[],
  links: ReadonlyMap<Hash, string>,
  roles: KeyRoles,
): ShownPost {
  const first = texts.find((post) => post.id === id)
  const byAuthor = first !== undefined && !isDelegated(first, roles)
  // A delegated twin of the author's own post shows as the same one, and changes nothing about it.
  const weak = (post: PostObject) => Number(byAuthor && !isDelegated(post, roles))
  const history = [...texts].sort(
    (a, b) => weak(a) - weak(b) || a.payload.published - b.payload.published || (a.id < b.id ? -1 : 1),
  )
  const current = history.at(-1)!
  const importedAt =
    history.map((version) => links.get(version.id)).find((url) => url !== undefined) ?? links.get(id) ?? null
  const ids = [...new Set([id, ...history.map((post) => post.id)])]
  return { id, ids, current, history, withdrawn: current.payload.withdrawn === true, importedAt }
}

/**
 * One mail sent to two gateways makes two posts by two delegated keys, of one draft and alike word for word: the one with
 * the lower id is shown. Nothing is joined, so neither key gains power over the other's post: an edit parts them again.
 */
function withoutCopies(shown: ShownPost[], roles: KeyRoles): ShownPost[] {
  const alone = shown.filter((shownPost) => shownPost.history.length === 1 && isDelegated(shownPost.current, roles))
  const groups = [...Map.groupBy(alone, (shownPost) => wordsOf(shownPost.current)).values()]
  const joined = groups.map((copies) => joinCopies([...copies].sort((a, b) => (a.id < b.id ? -1 : 1))))
  const others = new Set(alone)
  return [...shown.filter((shownPost) => !others.has(shownPost)), ...joined]
}

/** The first stands for all: it keeps their ids, and where one of them went. */
function joinCopies(copies: readonly ShownPost[]): ShownPost {
  const importedAt = copies.map((copy) => copy.importedAt).find((url) => url !== null) ?? null
  return { ...copies[0]!, ids: copies.flatMap((copy) => copy.ids), importedAt }
}

function wordsOf({ payload: { draft, title, html, withdrawn } }: PostObject): string {
  return JSON.stringify([draft, title, html, withdrawn === true])
}

function isDelegated({ payload: { key } }: PostObject, roles: KeyRoles): boolean {
  return !isPosting(roles, key) && roles.delegations.has(key)
}

/**
 * Says the public id of a post: the start of its `replaces` chain, or of those that share its draft the one with the
 * lowest id. Texts of one draft are one post where the author signed them, or the same delegated key; a delegated key's
 * text joins the author's, never another delegated key's: who has such a key cannot take over posts by naming drafts.
 */
function firstTexts(good: readonly PostObject[], roles: KeyRoles): (post: PostObject) => Hash {
  const byId = new Map(good.map((post) => [post.id, post]))
  const loose = good.filter((post) => post.payload.replaces === undefined)
  const byDraft = Map.groupBy(loose, (post) => post.payload.draft)
  return (post) => {
    let start = post
    while (start.payload.replaces !== undefined) {
      const before = byId.get(start.payload.replaces)
      if (before === undefined || !mayReplace(start, before, roles)) break
      start = before
    }
    const twins = byDraft.get(start.payload.draft) ?? []
    const byAuthor = twins.filter((twin) => !isDelegated(twin, roles))
    const same = byAuthor.length > 0 ? byAuthor : twins.filter((twin) => twin.payload.key === start.payload.key)
    return same.map((post) => post.id).sort()[0] ?? start.id
  }
}

/** Posting keys may replace any post, delegated keys only their own. */
export function mayReplace(post: PostObject, before: PostObject, roles: KeyRoles): boolean {
  return post.payload.key === before.payload.key || isPosting(roles, post.payload.key)
}

function permalinks(blog: BlogObjects): ReadonlyMap<Hash, string> {
  const newest = [...blog.imported].sort(byTime)
  return new Map(newest.flatMap((imported) => imported.payload.posts.map(({ post, url }) => [post, url] as const)))
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
    .sort((a, b) => byTime(b, a))
    .slice(0, 8)
    .map((post) => post.id)
}
