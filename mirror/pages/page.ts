/** How a mirror page looks. It needs no script, and its own policy forbids one: the only `script` element holds data. */
import { html, type Markup, timeElement } from './markup.ts'
import type { PageLook, PageModel, PagePost } from './model.ts'
import { type Head, pageHead, plainSentence } from './page-head.ts'
import { postMarkup, postSummary } from './post-markup.ts'
import { hostText, statusSentence } from './status-sentence.ts'
import { trustSection } from './trust.ts'

/** Older posts of the blog that a page names. */
const recentMax = 10

/** `/m/<host>/`: emergency posts, the copy in its frame, and why to believe it. */
export function mirrorPage(model: PageModel, look: PageLook): string {
  const main = html`
    ${masthead(model, 1)}
    ${posts(model, look)}
    ${copy(model, look)}
    ${recent(model, look)}
    ${trustSection(model, look.base)}
    ${otherMirrors(model)}
    ${door(model, look)}`
  const description = plainSentence(statusSentence(model).text, model)
  const url = `${look.url}${look.base.slice(1)}`
  return document(model, look, { title: model.title, canonical: model.home, description, url, post: null }, main)
}

/** `/m/<host>/p/<post>`: one post, alone. */
export function postPage(model: PageModel, post: PagePost, look: PageLook): string {
  const main = html`
    ${masthead(model, 2)}
    ${article(post, model, look, 1)}
    <p class="no-print"><a href="${look.base}">All posts and the copy of ${model.title}</a></p>
    ${trustSection(model, look.base, post)}
    ${otherMirrors(model, `p/${post.id}`)}`
  const url = `${look.url}${look.base.slice(1)}p/${post.id}`
  const canonical = post.importedAt ?? url
  const title = post.title === '' ? model.title : `${post.title} · ${model.title}`
  return document(model, look, { title, canonical, description: postSummary(post.html, 160), url, post }, main)
}

function document(model: PageModel, look: PageLook, head: Head, main: Markup): string {
  return html`<!doctype html>
<html lang="${model.language ?? 'en'}" dir="${model.direction}">${pageHead(model, look, head)}
<body><a class="skip" href="#main">Skip to content</a>
<header class="top wrap" lang="en" dir="ltr"><span>Mirror kept by <a href="${look.url}">${look.memberName}</a></span><span class="no-print"><a href="${look.base}feed.xml">Feed</a> · <a href="${look.url}find">Find a blog</a></span></header>
<main id="main">${main}</main>
<footer class="foot wrap" lang="en" dir="ltr"><p>A DGOS mirror. This page sets no cookies, runs no script and asks nothing of anyone else. Posts are signed on their author’s own device; a mirror can neither write nor alter them.${complaints(look.contact)}</p></footer>
</body></html>
`.markup
}

/** To whoever keeps this mirror, not to the author: the law of many places asks for such a line. */
function complaints(contact: string): Markup | null {
  if (contact === '') return null
  const href = /^https?:\/\/\S+$/.test(contact)
    ? contact
    : /^[^\s@<>]+@[^\s@<>]+$/.test(contact)
      ? `mailto:${contact}`
      : null
  return html` Complaints about what this mirror shows: ${
    href === null ? contact : html`<a href="${href}" rel="nofollow noopener">${contact}</a>`
  }`
}

function masthead(model: PageModel, level: 1 | 2): Markup {
  const { tone, tag, text } = statusSentence(model)
  const heading = level === 1 ? html`<h1>${model.title}</h1>` : html`<p class="blog">${model.title}</p>`
  return html`<div class="masthead"><p class="host" dir="ltr"><span class="tag ${tone}" lang="en">${tag}</span> ${hostText(model.home)}</p>
${heading}<div class="notice ${tone}" lang="en" dir="ltr" role="status"><p>${text}</p></div></div>`
}

function posts(model: PageModel, look: PageLook): Markup {
  const shown = model.posts.filter((post) => !post.withdrawn || post.importedAt === null)
  const lost = model.withheld
  const note =
    lost === 0
      ? null
      : html`<div class="notice warn" lang="en" dir="ltr"><p>${lost === 1 ? 'One post' : `${lost} posts`} that others refer to ${
          lost === 1 ? 'has' : 'have'
        } not reached this mirror. Another mirror below may have more.</p></div>`
  if (shown.length === 0) {
    const quiet = model.state.state === 'down' || model.state.state === 'suspected'
    return html`${note}${quiet ? html`<p class="soft quiet" lang="en" dir="ltr">The author has not posted since. New posts appear here by themselves: reload, or follow the <a href="${look.base}feed.xml">feed</a>.</p>` : null}`
  }
  return html`<section aria-labelledby="posts"><h2 class="section" id="posts" lang="en">Posted since</h2>
${note}${shown.map((post) => article(post, model, look, 3))}</section>`
}

function article(post: PagePost, model: PageModel, look: PageLook, level: 1 | 3): Markup {
  const place = `${look.base}p/${post.id}`
  if (post.withdrawn) {
    return html`<article class="card gone" lang="en" dir="ltr"><p class="soft">A post of ${timeElement(post.published)} was withdrawn by its author.</p></article>`
  }
  const markup = postMarkup(post.html, post.attachments, { base: look.base, idPrefix: `p${post.id.slice(0, 8)}-` })
  const title =
    post.title === ''
      ? null
      : level === 1
        ? html`<h1>${post.title}</h1>`
        : html`<h3><a href="${place}">${post.title}</a></h3>`
  const safe =
    post.held === 0 ? null : html`<span>kept by ${post.held} of ${Math.max(model.operators, post.held)} mirrors</span>`
  return html`<article class="card post" data-post="${post.id}" lang="${post.language}" dir="${post.direction}">
<header>${title}<p class="meta" lang="en" dir="ltr"><a href="${place}">${timeElement(post.published)}</a>${
    post.edited === null ? null : html`<span>changed ${timeElement(post.edited)}</span>`
  }<span>signed with “${post.signedBy}”</span>${safe}${
    post.importedAt === null ? null : html`<a href="${post.importedAt}">now on the blog</a>`
  }</p></header>
<div class="prose">${markup}</div></article>`
}

function copy(model: PageModel, look: PageLook): Markup | null {
  if (model.copy === null) {
    const isMirror = model.mirrors.some((mirror) => mirror.self)
    const why = isMirror
      ? 'This mirror has no copy of the blog yet.'
      : 'This member keeps the posts, not the copy: the mirrors below have it.'
    return html`<section lang="en" dir="ltr"><h2 class="section">The copy</h2><p class="soft">${why}</p></section>`
  }
  const source = `${look.contentUrl ?? '/'}${look.base.slice(1)}copy/`
  return html`<section class="copy no-print" lang="en" dir="ltr" aria-labelledby="copy"><h2 class="section" id="copy">The blog as it was on ${timeElement(model.copy.capturedAt)}</h2>
<iframe src="${source}" title="Copy of ${model.title}" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" referrerpolicy="no-referrer" loading="lazy"></iframe>
<p class="small soft"><a href="${source}?copy">Open the copy on its own</a> · pictures, texts and looks only: scripts, forms and videos are left out.${look.lacksPictures === true ? ' Some pictures are missing: the copy has reached its limit.' : null}</p></section>`
}

/** Titles that the copy or the blog's feed holds, each leading to its copy where there is one. */
function recent(model: PageModel, look: PageLook): Markup | null {
  const items = model.items.filter((item) => item.title !== '').slice(0, recentMax)
  if (items.length === 0) return null
  const rows = items.map((item) => {
    const place = item.path === undefined ? undefined : look.places.get(item.path)
    const target = place === undefined ? item.url : `${look.contentUrl ?? '/'}${look.base.slice(1)}${place}?copy`
    const time = item.published ?? item.updated
    return html`<li>${target === undefined ? item.title : html`<a href="${target}">${item.title}</a>`}${
      time === undefined ? null : html` <span class="soft small" lang="en" dir="ltr">${timeElement(time)}</span>`
    }${place === undefined && target !== undefined ? html` <span class="soft small" lang="en" dir="ltr">(on the blog only)</span>` : null}</li>`
  })
  return html`<section aria-labelledby="recent"><h2 class="section" id="recent" lang="en">Recent posts of the blog</h2>
<ul class="bare recent">${rows}</ul></section>`
}

function otherMirrors(model: PageModel, rest = ''): Markup | null {
  const others = model.mirrors.filter((mirror) => !mirror.self)
  if (others.length === 0) return null
  return html`<section class="no-print" lang="en" dir="ltr" aria-labelledby="mirrors"><h2 class="section" id="mirrors">Other mirrors of this blog</h2>
<ul class="bare mirrors">${others.map((mirror) => html`<li><a href="${mirror.url}${rest}" rel="noopener">${mirror.name}</a> <span class="soft small">${hostText(new URL(mirror.url).origin)}</span></li>`)}</ul></section>`
}

/** By whole addresses: under the blog's own name these paths are the blog's. */
function door(model: PageModel, look: PageLook): Markup {
  return html`<section class="card door no-print" lang="en" dir="ltr"><h2>Is this your blog?</h2>
<p>You can post from here while it is down, with your passphrase, a signed file or your kit.</p><p><a class="button quiet" href="${look.url}post/${model.name}">Write a post</a></p>
<p class="small"><a href="${look.url}before/${model.name}">Tell your readers of this address before the day</a></p></section>`
}
