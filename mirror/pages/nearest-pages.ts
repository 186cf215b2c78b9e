/** What readers see who follow a link to a page of a blog that this mirror does not keep: calm, and with a way on. */
import { html, trusted } from './markup.ts'
import { baseStyle } from './style.ts'

export type KeptPage = {
  /** Its path on the blog. */
  readonly path: string
  readonly title: string
  /** Below the mirror page of the blog. */
  readonly place: string
}

const nearestMax = 5

/** The pages whose address begins most like that one, then those that the blog names first. Pure. */
export function nearestPages(path: string, pages: readonly KeptPage[]): readonly KeptPage[] {
  const words = (text: string) =>
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 2)
  const wanted = words(path)
  const score = (page: KeptPage) => {
    const has = new Set(words(`${page.path} ${page.title}`))
    return wanted.filter((word) => has.has(word)).length
  }
  const others = pages.filter((page) => page.path !== '/')
  return [...others].sort((a, b) => score(b) - score(a)).slice(0, nearestMax)
}

export function notKeptPage(
  path: string,
  blog: { readonly title: string; readonly home: string; readonly up: boolean; readonly base: string },
  pages: readonly KeptPage[],
): string {
  const near = nearestPages(path, pages)
  const list = near.map((page) => html`<li><a href="${blog.base}${page.place}">${page.title}</a></li>`)
  const there = URL.parse(path.slice(1), blog.home)?.href ?? blog.home
  const why = blog.up
    ? html`This mirror keeps the newest pages of the blog “${blog.title}” only.`
    : html`The blog “${blog.title}” cannot be reached now, and this mirror keeps its newest pages only. The page will be back with the blog.`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>This page is not kept here</title>
<meta name="robots" content="noindex"><style>${trusted(baseStyle)}.alone{padding-block:16vh 4rem}</style></head>
<body><main class="alone"><h1>This page is not kept here</h1><p>${why}</p>
${near.length === 0 ? null : html`<p>Kept pages that may be near it:</p><ul>${list}</ul>`}
<p><a href="${blog.base}">All that is kept of the blog</a> · <a href="${there}" rel="noopener noreferrer nofollow">Try the page itself</a></p></main></body></html>
`.markup
}
