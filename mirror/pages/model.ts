/** The mirror page of a blog as a value: everything it says, decided; nothing of how it looks. Pure. */
import { mirrorPath } from '../../protocol/addresses.ts'
import type { BlogState } from '../../protocol/blog-state.ts'
import type { Trust } from '../../protocol/heads.ts'
import { isOnline } from '../../protocol/key-roles.ts'
import type { Attachment, FeedItem, Hash, Key, SignedObject, Time } from '../../protocol/objects.ts'
import type { ShownPost } from '../../protocol/posts.ts'
import type { BlogFacts } from './facts.ts'

export type PageOptions = {
  /** The member's own key and public url, with its final slash. */
  readonly self: Key
  readonly url: string
  /** Another origin for copies, with its final slash, where the operator has one. */
  readonly contentUrl: string | null
}

/** What pages are rendered with, beside the model. */
export type PageLook = Pick<PageOptions, 'url' | 'contentUrl'> & {
  /** "/m/example.org/" */
  readonly base: string
  /** The name of the member that shows the page. */
  readonly memberName: string
  /** Where to complain about what the member shows: an e-mail address, a URL or words; '' where it gives none. */
  readonly contact: string
  /** Copies of captured pages by their path on the blog. */
  readonly places: ReadonlyMap<string, string>
  /** The copy lacks pictures: it had reached its limits. */
  readonly lacksPictures?: boolean
}

export type PagePost = {
  readonly id: Hash
  /** The id first, then others under which links may name it. */
  readonly ids: readonly Hash[]
  readonly title: string
  readonly html: string
  readonly attachments: readonly Attachment[]
  readonly language: string | null
  readonly direction: 'ltr' | 'rtl'
  readonly published: Time
  /** When the text shown was signed, where it is not the first one. */
  readonly edited: Time | null
  readonly withdrawn: boolean
  readonly importedAt: string | null
  readonly signedBy: string
  readonly key: Key
  /** Operators of mirrors that say they hold it, and how many there are. */
  readonly held: number
}

export type PageCopy = {
  readonly capturedAt: Time
  readonly by: string
  readonly trust: Trust
  readonly files: number
  readonly id: Hash
}
export type PageMirror = {
  readonly name: string
  readonly url: string
  /** Public address of the member itself, and whose it is. */
  readonly member: string
  readonly operator: Key
  readonly self: boolean
}

export type PageModel = {
  readonly network: Hash
  readonly blog: Hash
  readonly name: string
  readonly title: string
  readonly language: string | null
  readonly direction: 'ltr' | 'rtl'
  /** Where the blog lives. */
  readonly home: string
  /** Whether `home` is proven: readers are sent only to such an address, or anybody's root would make us a redirector. */
  readonly homeProven: boolean
  readonly state: BlogState
  /** Votes behind a quorum's word. */
  readonly votes: readonly string[]
  readonly operators: number
  readonly posts: readonly PagePost[]
  readonly withheld: number
  readonly copy: PageCopy | null
  readonly confirming: number
  readonly needed: number
  readonly fresh: boolean
  readonly mirrors: readonly PageMirror[]
  readonly head: { readonly id: Hash; readonly rootVersion: number; readonly seq: number; readonly time: Time } | null
  readonly rootVersion: number
  readonly frozen: boolean
  readonly closed: boolean
  /** The blog's own feed as it was captured, newest first. */
  readonly items: readonly FeedItem[]
  /** Keys with which the author signs posts, and what the author calls them. */
  readonly posting: readonly { readonly key: Key; readonly name: string }[]
  /** WebSub hubs that the blog names. */
  readonly hubs: readonly string[]
  readonly nowMs: Time
}

export function pageModel(facts: BlogFacts, options: PageOptions): PageModel {
  const { blog, roles, head, copy, roster, state } = facts
  const root = roles.chain.current.payload
  const title = root.title || copy?.snapshot.payload.title || facts.name
  const language = root.language ?? copy?.snapshot.payload.language ?? null
  const direction = directionOf(language)
  const listed = (head?.payload.mirrors ?? []).flatMap((key) => roster.memberOf(key) ?? [])
  return {
    network: roster.network.id,
    blog: blog.blog,
    name: facts.name,
    title,
    language,
    direction,
    homeProven: facts.proven.length > 0,
    home: facts.proven[0]?.address ?? root.addresses[0] ?? copy?.snapshot.payload.address ?? '',
    state,
    votes: (state.declaration?.payload.votes ?? []).map((vote) => nameOf(facts, vote.signatures[0]!.keyid)),
    operators: new Set(listed.map((member) => member.operator)).size,
    posts: facts.posts.map((post) => pagePost(post, facts, { language, direction })),
    withheld: facts.withheld,
    copy: copy === null ? null : pageCopy(copy, facts),
    confirming: facts.freshness.confirming,
    needed: facts.freshness.needed,
    fresh: facts.freshness.fresh,
    mirrors: listed.map((member) => ({
      name: member.name,
      url: member.url + mirrorPath(facts.name),
      member: member.url,
      operator: member.operator,
      self: member.id === (roster.memberOf(options.self)?.id ?? options.self),
    })),
    head:
      head === null
        ? null
        : { id: head.id, rootVersion: head.payload.rootVersion, seq: head.payload.seq, time: head.payload.time },
    rootVersion: root.version,
    frozen: roles.chain.rivals.length > 0,
    closed: root.closed === true,
    items: copy?.snapshot.payload.feed?.items ?? [],
    posting: root.posting,
    hubs: root.hubs ?? [],
    nowMs: facts.nowMs,
  }
}

function pageCopy(copy: NonNullable<BlogFacts['copy']>, facts: BlogFacts): PageCopy {
  const { snapshot, trust } = copy
  const { key, time, pages, assets } = snapshot.payload
  const by = isOnline(facts.roles, key) ? 'the blog itself' : nameOf(facts, key)
  return { capturedAt: time, by, trust, files: pages.length + assets.length, id: snapshot.id }
}

function pagePost(
  post: ShownPost,
  facts: BlogFacts,
  blog: { readonly language: string | null; readonly direction: 'ltr' | 'rtl' },
): PagePost {
  const { payload, id } = post.current
  const first = post.history[0]!.payload
  return {
    id: post.id,
    ids: post.ids,
    title: payload.title,
    html: payload.html,
    attachments: payload.attachments,
    language: payload.language ?? blog.language,
    direction: payload.direction ?? (payload.language === undefined ? blog.direction : directionOf(payload.language)),
    published: first.published,
    edited: post.history.length > 1 ? payload.published : null,
    withdrawn: post.withdrawn,
    importedAt: post.importedAt,
    signedBy: nameOfPoster(post.current, facts),
    key: payload.key,
    held: holders(id, facts),
  }
}

/** Operators whose mirrors signed a receipt for this text. */
function holders(id: Hash, { blog, roster }: BlogFacts): number {
  const receipts = blog.receipt.filter((receipt) => receipt.payload.post === id)
  return new Set(receipts.flatMap((receipt) => roster.memberOf(receipt.payload.key)?.operator ?? [])).size
}

function nameOfPoster({ payload }: SignedObject<'post'>, { roles }: BlogFacts): string {
  const posting = roles.chain.current.payload.posting.find((posting) => posting.key === payload.key)
  if (posting !== undefined) return posting.name
  const name = roles.delegations.get(payload.key)?.payload.name ?? 'a delegated key'
  return payload.through === undefined ? name : `${name}, ${payload.through}`
}

function nameOf({ roster }: BlogFacts, key: Key): string {
  return roster.memberOf(key)?.name ?? `key ${key.slice(0, 8)}`
}

const rightToLeft = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'nqo', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi'])

export function directionOf(language: string | null): 'ltr' | 'rtl' {
  const main = language?.toLowerCase().split('-', 1)[0] ?? ''
  return rightToLeft.has(main) ? 'rtl' : 'ltr'
}
