/** Posts in the two XML formats that blog hosts import: Blogger's Atom, and WXR 1.2 of WordPress. */
import { html, trusted } from '../../../mirror/pages/markup.ts'
import { utf8 } from '../../../protocol/bytes.ts'
import {
  type ExportBlog,
  type ExportFile,
  type ExportPost,
  fileStem,
  htmlWithImages,
  isoOf,
  publishedMs,
} from './export-post.ts'

const kind = 'http://schemas.google.com/g/2005#kind'
const post = 'http://schemas.google.com/blogger/2008/kind#post'

/** Blogger → Settings → Import content. Its importer wants the generator's name and numbers as ids. */
export function bloggerFile(blog: ExportBlog, posts: readonly ExportPost[]): ExportFile {
  const entries = posts.map(
    (exportPost) => html`<entry><id>tag:blogger.com,1999:blog-1.post-${numberOf(exportPost)}</id>
<published>${isoOf(publishedMs(exportPost))}</published><updated>${isoOf(exportPost.shown.current.payload.published)}</updated>
<category scheme="${kind}" term="${post}"/>
<title type="text">${exportPost.shown.current.payload.title}</title>
<content type="html">${htmlWithImages(exportPost)}</content>
<author><name>${blog.title}</name></author></entry>
`,
  )
  const { markup } = html`<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:blogger.com,1999:blog-1.archive</id>
<updated>${isoOf(blog.nowMs)}</updated><title type="text">${blog.title}</title>
<generator version="7.00" uri="http://www.blogger.com">Blogger</generator>
${entries}</feed>
`
  return { name: 'blogger.xml', bytes: utf8(markup) }
}

/** WordPress → Tools → Import. Posts keep their date; `dgos_post` keeps the id, so that importing twice can be told. */
export function wordpressFile(blog: ExportBlog, posts: readonly ExportPost[]): ExportFile {
  const items = posts.map((post, i) => {
    const { title } = post.shown.current.payload
    const date = isoOf(publishedMs(post)).replace('T', ' ').replace('Z', '')
    return html`<item><title>${title}</title><pubDate>${new Date(publishedMs(post)).toUTCString()}</pubDate>
<dc:creator>author</dc:creator><guid isPermaLink="false">urn:dgos:post:${post.shown.id}</guid><description></description>
<content:encoded>${cdata(htmlWithImages(post))}</content:encoded><excerpt:encoded></excerpt:encoded>
<wp:post_id>${i + 1}</wp:post_id><wp:post_date>${date}</wp:post_date><wp:post_date_gmt>${date}</wp:post_date_gmt>
<wp:comment_status>open</wp:comment_status><wp:ping_status>closed</wp:ping_status>
<wp:post_name>${fileStem(post).slice(11)}</wp:post_name><wp:status>publish</wp:status><wp:post_parent>0</wp:post_parent>
<wp:menu_order>0</wp:menu_order><wp:post_type>post</wp:post_type><wp:post_password></wp:post_password><wp:is_sticky>0</wp:is_sticky>
<wp:postmeta><wp:meta_key>dgos_post</wp:meta_key><wp:meta_value>${post.shown.id}</wp:meta_value></wp:postmeta></item>
`
  })
  const { markup } = html`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>${blog.title}</title><link>${blog.address}</link><description></description>
<pubDate>${new Date(blog.nowMs).toUTCString()}</pubDate><language>${blog.language ?? 'en'}</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>${blog.address}</wp:base_site_url><wp:base_blog_url>${blog.address}</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login>author</wp:author_login><wp:author_email></wp:author_email><wp:author_display_name>${blog.title}</wp:author_display_name></wp:author>
${items}</channel></rss>
`
  return { name: 'wordpress.xml', bytes: utf8(markup) }
}

/** Blogger's ids are numbers. The first bits of ours: the same post always gets the same one. */
function numberOf({ shown }: ExportPost): string {
  return BigInt(`0x${shown.id.slice(0, 15)}`).toString()
}

/** Our html has no CDATA end of its own making, but text may: it is split there, as XML prescribes. */
function cdata(text: string) {
  return trusted(`<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`)
}
