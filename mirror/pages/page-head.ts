/** The head of a mirror page: what browsers, feed readers, search engines and link previews are told of it. */
import { icon } from './icon.ts'
import { html, type Markup, trusted } from './markup.ts'
import type { PageLook, PageModel, PagePost } from './model.ts'
import { pageStyle } from './page-style.ts'
import { hostText } from './status-sentence.ts'

export type Head = {
  readonly title: string
  readonly canonical: string
  readonly description: string
  /** Where this very page stands. */
  readonly url: string
  /** null on the blog's own page. */
  readonly post: PagePost | null
}

/** In the page itself, so that a page is one request. */
const iconUrl = `data:image/svg+xml,${encodeURIComponent(icon)}`

export function pageHead(model: PageModel, look: PageLook, head: Head): Markup {
  return html`<head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${head.title}</title>
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<meta name="description" content="${head.description}">
<link rel="canonical" href="${head.canonical}"><link rel="icon" href="${iconUrl}">
<link rel="alternate" type="application/atom+xml" title="${model.title}" href="${look.base}feed.xml">
<link rel="alternate" type="application/rss+xml" title="${model.title}" href="${look.base}feed.rss">
<link rel="alternate" type="application/feed+json" title="${model.title}" href="${look.base}feed.json">
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="${look.url}rsd/${encodeURIComponent(model.name)}"><link rel="micropub" href="${look.url}micropub">
${preview(model, look, head)}
<script type="application/ld+json">${linkedData(model, look, head)}</script>
<style>${trusted(pageStyle)}</style></head>`
}

/** Open Graph (ogp.me), which the social networks read before they show a link. */
function preview(model: PageModel, look: PageLook, { title, description, url, post }: Head): Markup {
  const picture = post === null ? null : pictureOf(post, look)
  return html`<meta property="og:title" content="${post === null ? model.title : post.title || title}"><meta property="og:type" content="${post === null ? 'website' : 'article'}">
<meta property="og:url" content="${url}"><meta property="og:site_name" content="${model.title}"><meta property="og:description" content="${description}">${
    post === null ? null : html`<meta property="article:published_time" content="${iso(post.published)}">`
  }${picture === null ? null : html`<meta property="og:image" content="${picture.url}"><meta property="og:image:alt" content="${picture.alt}">`}
<meta name="twitter:card" content="${picture === null ? 'summary' : 'summary_large_image'}">`
}

function pictureOf(post: PagePost, look: PageLook): { readonly url: string; readonly alt: string } | null {
  const first = post.attachments.find(
    (attachment) => attachment.type.startsWith('image/') && post.html.includes(attachment.blob),
  )
  return first === undefined
    ? null
    : { url: `${look.url}${look.base.slice(1)}blob/${first.blob}`, alt: first.alt ?? '' }
}

/** schema.org terms. "<" is written so that no text of a post can end the element. */
function linkedData(model: PageModel, look: PageLook, { url, description, post }: Head): Markup {
  const blog = { '@type': 'Blog', name: model.title, url: model.home, inLanguage: model.language ?? undefined }
  const posting = (pagePost: PagePost) => ({
    '@type': 'BlogPosting',
    headline: pagePost.title || undefined,
    url: `${look.url}${look.base.slice(1)}p/${pagePost.id}`,
    identifier: `urn:dgos:post:${pagePost.id}`,
    datePublished: iso(pagePost.published),
    dateModified: iso(pagePost.edited ?? pagePost.published),
    inLanguage: pagePost.language ?? undefined,
    author: { '@type': 'Person', name: model.title, url: model.home },
  })
  const recent = model.posts.filter((post) => !post.withdrawn).slice(0, 10)
  const said =
    post === null
      ? { ...blog, description, blogPost: recent.map(posting) }
      : { ...posting(post), description, mainEntityOfPage: url, isPartOf: blog }
  const text = JSON.stringify({ '@context': 'https://schema.org', ...said })
  return trusted(text.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'))
}

/** For a page without a text of its own to show: the sentence at its head, plain. */
export function plainSentence(sentence: Markup, model: PageModel): string {
  const text = sentence.markup
    .replace(/<[^<>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => plain[name] ?? '')
  return text.replace(/\s+/g, ' ').trim() || `A copy of ${hostText(model.home)}.`
}

const plain: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function iso(timeMs: number): string {
  return new Date(Math.min(timeMs, 8.64e15)).toISOString()
}
