/**
 * The blog's feed as a mirror gives it: the items of the blog's own feed under their own ids, and the emergency posts
 * under ids that never change, in Atom (RFC 4287) and JSON Feed 1.1. While the blog is away, links lead to the copies.
 */
import type { FeedItem, Hash, Time } from '../../protocol/objects.ts'
import { html, type Markup } from './markup.ts'
import type { PageModel, PagePost } from './model.ts'
import { postMarkup, postSummary } from './post-markup.ts'

/** Enough for readers that look in once a week. */
const itemsMax = 50

export type FeedLook = {
  /** Public address of the member, with its final slash; "m/example.org/" below it. */
  readonly url: string
  readonly base: string
  /** Copies of captured pages by their path on the blog: "/2026/first/" → "copy/2026/first/". */
  readonly places: ReadonlyMap<string, string>
}

type Entry = {
  readonly id: string
  readonly url: string
  readonly original: string | null
  readonly title: string
  readonly html: string | null
  readonly summary: string
  readonly published: Time
  readonly updated: Time
  readonly language: string | null
  readonly post: PagePost | null
}

/** The id of an emergency post in every feed, and of the same post once the blog has imported it. */
export function postFeedId(post: Hash): string {
  return `urn:dgos:post:${post}`
}

export function atomFeed(model: PageModel, items: readonly FeedItem[], look: FeedLook): string {
  const entries = entriesOf(model, items, look)
  const updated = Math.max(0, ...entries.map((entry) => entry.updated), model.copy?.capturedAt ?? 0)
  const self = `${look.url}${look.base}`
  return `<?xml version="1.0" encoding="utf-8"?>\n${
    html`<feed xmlns="http://www.w3.org/2005/Atom"${model.language === null ? null : html` xml:lang="${model.language}"`}>
<id>urn:dgos:blog:${model.blog}</id><title>${model.title}</title><updated>${iso(updated)}</updated>
<link rel="self" type="application/atom+xml" href="${self}feed.xml"/><link rel="alternate" type="text/html" href="${homeOf(model, self)}"/>
<author><name>${model.title}</name></author><generator>DGOS</generator>
${entries.map(atomEntry)}</feed>
`.markup
  }`
}

function atomEntry(entry: Entry): Markup {
  return html`<entry${entry.language === null ? null : html` xml:lang="${entry.language}"`}><id>${entry.id}</id><title>${entry.title}</title>
<link rel="alternate" type="text/html" href="${entry.url}"/>${
    entry.original === null ? null : html`<link rel="via" type="text/html" href="${entry.original}"/>`
  }
<published>${iso(entry.published)}</published><updated>${iso(entry.updated)}</updated>
${entry.html === null ? null : html`<content type="html">${entry.html}</content>`}</entry>
`
}

export function jsonFeed(model: PageModel, items: readonly FeedItem[], look: FeedLook): string {
  const self = `${look.url}${look.base}`
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: model.title,
    home_page_url: homeOf(model, self),
    feed_url: `${self}feed.json`,
    ...(model.language === null ? {} : { language: model.language }),
    authors: [{ name: model.title }],
    _dgos: { blog: model.blog, state: model.state.state },
    items: entriesOf(model, items, look).map((entry) => ({
      id: entry.id,
      url: entry.url,
      ...(entry.original === null ? {} : { external_url: entry.original }),
      title: entry.title,
      ...(entry.html === null ? { content_text: entry.title } : { content_html: entry.html }),
      ...(entry.summary === '' ? {} : { summary: entry.summary }),
      date_published: iso(entry.published),
      date_modified: iso(entry.updated),
      ...(entry.language === null ? {} : { language: entry.language }),
      ...(entry.post === null ? {} : { _dgos: { post: entry.post.id, key: entry.post.key } }),
    })),
  })
}

/** Newest first. An item that the blog made of an imported post is the same item, and keeps the post's id. */
function entriesOf(model: PageModel, items: readonly FeedItem[], look: FeedLook): readonly Entry[] {
  const posts = model.posts.filter((post) => !post.withdrawn).map((post) => postEntry(post, look))
  const ids = new Set(posts.map((entry) => entry.id))
  const links = new Set(model.posts.flatMap((post) => (post.importedAt === null ? [] : [post.importedAt])))
  const own = items
    .filter((item) => !ids.has(item.id) && !(item.url !== undefined && links.has(item.url)))
    .map((item) => ownEntry(item, model, look))
  return [...posts, ...own].sort((a, b) => b.published - a.published || (a.id < b.id ? -1 : 1)).slice(0, itemsMax)
}

function postEntry(post: PagePost, look: FeedLook): Entry {
  const base = `${look.url}${look.base}`
  const markup = postMarkup(post.html, post.attachments, { base, idPrefix: '' })
  return {
    id: postFeedId(post.id),
    url: post.importedAt ?? `${base}p/${post.id}`,
    original: null,
    title: post.title === '' ? postSummary(post.html, 60) : post.title,
    html: markup.markup,
    summary: postSummary(post.html),
    published: post.published,
    updated: post.edited ?? post.published,
    language: post.language,
    post,
  }
}

function ownEntry(item: FeedItem, model: PageModel, look: FeedLook): Entry {
  const place = item.path === undefined ? undefined : look.places.get(item.path)
  const away = model.state.state === 'down' || model.state.state === 'suspected'
  const copy = place === undefined || !away ? null : `${look.url}${look.base}${place}`
  const original = item.url ?? model.home
  const published = item.published ?? item.updated ?? model.copy?.capturedAt ?? 0
  return {
    id: item.id,
    url: copy ?? original,
    original: copy === null ? null : original,
    title: item.title,
    html: null,
    summary: '',
    published,
    updated: item.updated ?? published,
    language: null,
    post: null,
  }
}

function homeOf(model: PageModel, self: string): string {
  return model.state.state === 'up' ? model.home : self
}

function iso(timeMs: Time): string {
  return new Date(Math.min(timeMs, 8.64e15)).toISOString()
}
