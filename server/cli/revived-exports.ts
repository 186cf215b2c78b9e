/** A revived blog as other software imports it: a WXR file for WordPress, or a folder of Markdown for Hugo, Jekyll and the like. */
import type { RevivedPost } from '../../mirror/archive/revived-posts.ts'
import { html, trusted } from '../../mirror/pages/markup.ts'
import { compareText, utf8 } from '../../protocol/bytes.ts'

export const revivedForms = ['site', 'wordpress', 'markdown'] as const
export type RevivedForm = (typeof revivedForms)[number]

export type ArchivedPost = RevivedPost & {
  /** Its path on the blog: "/2026/first/". */
  readonly path: string
}
export type RevivedBlog = { readonly title: string; readonly address: string; readonly language: string | null }

/** The last part of a path, as a name: "first-frost". */
export function slugOf(path: string): string {
  const part =
    path
      .split('?')[0]!
      .split('/')
      .filter((name) => name !== '' && !/^index\.html?$/.test(name))
      .at(-1) ?? ''
  return (
    part
      .replace(/\.html?$/, '')
      .replace(/[^A-Za-z0-9%_-]+/g, '-')
      .slice(0, 100) || 'page'
  )
}

/** WordPress → Tools → Import. What has a day is a post, everything else a page. Pictures lie inside, as `data:` addresses. */
export function wordpressExport(blog: RevivedBlog, posts: readonly ArchivedPost[]): Uint8Array {
  const items = posts.map((post, i) => {
    const date = stampOf(post).replace('T', ' ').replace('Z', '')
    return html`<item><title>${clean(post.title)}</title><pubDate>${new Date(post.dateMs ?? 0).toUTCString()}</pubDate>
<dc:creator>author</dc:creator><guid isPermaLink="false">${blog.address}${post.path.slice(1)}</guid><description></description>
<content:encoded>${cdata(post.html)}</content:encoded><excerpt:encoded></excerpt:encoded>
<wp:post_id>${i + 1}</wp:post_id><wp:post_date>${date}</wp:post_date><wp:post_date_gmt>${date}</wp:post_date_gmt>
<wp:comment_status>open</wp:comment_status><wp:ping_status>closed</wp:ping_status><wp:post_name>${slugOf(post.path)}</wp:post_name>
<wp:status>publish</wp:status><wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order>
<wp:post_type>${post.dateMs === null ? 'page' : 'post'}</wp:post_type><wp:post_password></wp:post_password><wp:is_sticky>0</wp:is_sticky></item>
`
  })
  const { markup } = html`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>${clean(blog.title)}</title><link>${blog.address}</link><description></description><language>${blog.language ?? ''}</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>${blog.address}</wp:base_site_url><wp:base_blog_url>${blog.address}</wp:base_blog_url>
<wp:author><wp:author_login>author</wp:author_login></wp:author>
${items}</channel></rss>
`
  return utf8(markup)
}

/** Name → text of each post, with front matter that Hugo, Jekyll, Eleventy and Pelican's YAML reader take. */
export function markdownExport(posts: readonly ArchivedPost[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const post of [...posts].sort((a, b) => compareText(a.path, b.path))) {
    const stem = `${post.dateMs === null ? '' : `${stampOf(post).slice(0, 10)}-`}${slugOf(post.path)}`
    let name = `${stem}.md`
    for (let i = 2; files.has(name); i++) name = `${stem}-${i}.md`
    const date = post.dateMs === null ? '' : `date: ${stampOf(post)}\n`
    const front = `title: ${JSON.stringify(post.title)}\n${date}url: ${JSON.stringify(post.path)}\npermalink: ${JSON.stringify(post.path)}\n`
    files.set(name, `---\n${front}---\n\n${asBlock(post.html)}\n`)
  }
  return files
}

/** HTML that Markdown leaves alone: no blank line ends the block, no indent makes it code, and what is preformatted stays so. */
function asBlock(markup: string): string {
  const parts: string[] = []
  let at = 0
  while (at < markup.length) {
    const from = markup.indexOf('<pre', at)
    const until = from < 0 ? -1 : markup.indexOf('</pre>', from)
    const plain = markup.slice(at, from < 0 || until < 0 ? markup.length : from)
    parts.push(
      plain
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .join('\n'),
    )
    if (from < 0 || until < 0) break
    parts.push(markup.slice(from, until).replaceAll('\n', '&#10;'), '</pre>\n')
    at = until + '</pre>'.length
  }
  return `<div>\n${parts.join('')}\n</div>`
}

function stampOf({ dateMs }: RevivedPost): string {
  return new Date(dateMs ?? 0).toISOString().replace(/\.[0-9]+Z$/, 'Z')
}

/** Without characters that XML 1.0 has no way to write. */
function clean(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
}

function cdata(text: string) {
  return trusted(`<![CDATA[${clean(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`)
}
