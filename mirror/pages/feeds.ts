/**
 * The blog's feed as a mirror gives it: the items of the blog's own feed under their own ids, and the emergency posts
 * under ids that never change, in Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1. While the blog is away, links lead to the
 * copies. Own ids are given on as they are, in every form: a reader that has an item must know it again, even where the
 * blog's id is no address.
 */
import { isAway } from '../../protocol/blog-state.ts'
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
  /** Articles of captured pages by the same path, as markup with absolute addresses. */
  readonly contents: ReadonlyMap<string, string | null>
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

/** The forms in which a mirror gives a feed, and where. */
export const feedForms = [
  { place: 'feed.xml', type: 'application/atom+xml', write: atomFeed },
  { place: 'feed.rss', type: 'application/rss+xml', write: rssFeed },
  { place: 'feed.json', type: 'application/feed+json', write: jsonFeed },
] as const

/** The id of an emergency post in every feed, and of the same post once the blog has imported it. */
export function postFeedId(post: Hash): string {
  return `urn:dgos:post:${post}`
}

export function atomFeed(model: PageModel, look: FeedLook): string {
  const entries = entriesOf(model, look)
  const self = `${look.url}${look.base}`
  return `<?xml version="1.0" encoding="utf-8"?>\n${
    html`<feed xmlns="http://www.w3.org/2005/Atom"${model.language === null ? null : html` xml:lang="${model.language}"`}>
<id>urn:dgos:blog:${model.blog}</id><title>${model.title}</title><updated>${iso(changed(model, entries))}</updated>
<link rel="self" type="application/atom+xml" href="${self}feed.xml"/><link rel="alternate" type="text/html" href="${homeOf(model, self)}"/>
${model.hubs.map((hub) => html`<link rel="hub" href="${hub}"/>\n`)}<author><name>${model.title}</name></author><generator>DGOS</generator>
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
${entry.html === null ? html`<summary>${entry.summary || entry.title}</summary>` : html`<content type="html">${entry.html}</content>`}</entry>
`
}

export function rssFeed(model: PageModel, look: FeedLook): string {
  const entries = entriesOf(model, look)
  const self = `${look.url}${look.base}`
  const atom = 'http://www.w3.org/2005/Atom'
  const content = 'http://purl.org/rss/1.0/modules/content/'
  return `<?xml version="1.0" encoding="utf-8"?>\n${
    html`<rss version="2.0" xmlns:atom="${atom}" xmlns:content="${content}"><channel>
<title>${model.title}</title><link>${homeOf(model, self)}</link><description>${model.title}</description>
<atom:link rel="self" type="application/rss+xml" href="${self}feed.rss"/>
${model.hubs.map((hub) => html`<atom:link rel="hub" href="${hub}"/>\n`)}${model.language === null ? null : html`<language>${model.language.toLowerCase()}</language>\n`}<lastBuildDate>${rfc822(changed(model, entries))}</lastBuildDate><generator>DGOS</generator>
${entries.map(rssItem)}</channel></rss>
`.markup
  }`
}

function rssItem(entry: Entry): Markup {
  return html`<item><title>${entry.title}</title><link>${entry.url}</link><guid isPermaLink="false">${entry.id}</guid>
<pubDate>${rfc822(entry.published)}</pubDate><description>${entry.summary || entry.title}</description>${
    entry.html === null ? null : html`\n<content:encoded>${entry.html}</content:encoded>`
  }</item>
`
}

export function jsonFeed(model: PageModel, look: FeedLook): string {
  const self = `${look.url}${look.base}`
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: model.title,
    home_page_url: homeOf(model, self),
    feed_url: `${self}feed.json`,
    ...(model.language === null ? {} : { language: model.language }),
    authors: [{ name: model.title }],
    ...(model.hubs.length === 0 ? {} : { hubs: model.hubs.map((url) => ({ type: 'WebSub', url })) }),
    _dgos: { blog: model.blog, state: model.state.state },
    items: entriesOf(model, look).map((entry) => ({
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
function entriesOf(model: PageModel, look: FeedLook): readonly Entry[] {
  const posts = model.posts.filter((post) => !post.withdrawn).map((post) => postEntry(post, look))
  const ids = new Set(posts.map((entry) => entry.id))
  const links = new Set(model.posts.flatMap((post) => (post.importedAt === null ? [] : [post.importedAt])))
  const own = model.items
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
  const content = item.path === undefined ? null : (look.contents.get(item.path) ?? null)
  const away = model.state.state === 'down'
  const copy = place === undefined || !away ? null : `${look.url}${look.base}${place}`
  const original = item.url ?? model.home
  const published = item.published ?? item.updated ?? model.copy?.capturedAt ?? 0
  return {
    id: item.id,
    url: copy ?? original,
    original: copy === null ? null : original,
    title: item.title,
    html: content,
    summary: content === null ? '' : postSummary(content),
    published,
    updated: item.updated ?? published,
    language: null,
    post: null,
  }
}

function changed(model: PageModel, entries: readonly Entry[]): Time {
  return Math.max(0, ...entries.map((entry) => entry.updated), model.copy?.capturedAt ?? 0)
}

function homeOf(model: PageModel, self: string): string {
  return isAway(model.state) ? self : model.home
}

function iso(timeMs: Time): string {
  return new Date(Math.min(timeMs, 8.64e15)).toISOString()
}

/** As RSS wants dates: "Fri, 20 Nov 2026 18:00:00 GMT". */
function rfc822(timeMs: Time): string {
  return new Date(Math.min(timeMs, 8.64e15)).toUTCString()
}
