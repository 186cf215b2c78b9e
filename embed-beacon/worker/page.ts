/** The worker's shell: the author's posts as they were signed, and the ways to the mirrors. No script, no request. */

import type { Hash, Time } from '../../protocol/objects.ts'
import { escapeMarkup, htmlProblem } from '../../protocol/post-html.ts'
import type { ShownPost } from '../../protocol/posts.ts'
import type { Target } from '../evidence.ts'
import { copyOf } from '../journey.ts'

export const pagePolicy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

const postsMax = 20
const style =
  'body{max-width:40rem;margin:2rem auto;padding:0 1rem;font:17px/1.6 Georgia,serif;color:#222;background:#fff}header p,footer,.soft{font-family:system-ui,sans-serif;font-size:.85em;color:#555}h1{font-size:1.6rem;margin:.2em 0}article{border-top:1px solid #ccc;padding:1em 0}img{max-width:100%;height:auto}pre{overflow:auto}a{color:#0645ad}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}header p,footer,.soft{color:#aaa}a{color:#8ab4f8}article{border-color:#444}}'

export type PageFacts = { readonly url: string; readonly images: ReadonlyMap<Hash, string>; readonly nowMs: Time }

/** The whole document. */
export function pageOf(target: Target, { url, images, nowMs }: PageFacts): string {
  const posts = target.posts.filter((post) => !post.withdrawn).slice(0, postsMax)
  const place = `m/${target.hostPath}/`
  const copy = copyOf(target, url)
  const mirrors = target.mirrors.map(({ url: member }) => {
    const { host } = new URL(member)
    return `<li><a href="${escapeMarkup(`${member}${place}${copy}`)}" rel="noreferrer">${escapeMarkup(host)}</a></li>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeMarkup(target.title)}</title><style>${style}</style>
<header><h1>${escapeMarkup(target.title)}</h1><p>${escapeMarkup(sentence(target, nowMs))} What follows was signed by the author and checked on this device. <a href="${escapeMarkup(url)}">Try the blog again</a></p></header>
<main>${posts.map((post) => article(post, images)).join('')}</main>
<footer><p>Copies of the blog, kept by friends:</p><ul>${mirrors.join('')}</ul></footer></html>`
}

function sentence({ state, disputed, since, posts, hostPath }: Target, nowMs: Time): string {
  const host = hostPath.replace('/~', '/').replaceAll('+', '/')
  const count = posts.filter((post) => !post.withdrawn && post.importedAt === null).length
  const written = count === 0 ? '' : ` The author has posted ${count === 1 ? 'once' : `${count} times`} meanwhile.`
  if (state === 'returning') return `${host} is coming back.${written}`
  if (state !== 'down') return `${host} cannot be reached from here.${written}`
  if (disputed) return `${host} cannot be reached from everywhere.${written}`
  const from =
    since === null || since > nowMs ? '' : ` since ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `${host} has been unreachable${from}.${written}`
}

function article(post: ShownPost, images: ReadonlyMap<Hash, string>): string {
  const { title, html, language, direction, attachments } = post.current.payload
  const published = new Date(post.history[0]!.payload.published).toISOString()
  // Members accept only the normal form; it is checked again here, because what follows leans on it.
  const body = htmlProblem(html, attachments) === null ? placed(html, post.id, images) : `<p>${escapeMarkup(html)}</p>`
  const spoken = language === undefined ? '' : ` lang="${escapeMarkup(language)}"`
  return `<article${spoken} dir="${direction ?? 'auto'}"><h2>${escapeMarkup(title)}</h2><p class="soft"><time datetime="${published}">${published.slice(0, 16).replace('T', ' ')} UTC</time></p>${body}</article>`
}

function placed(html: string, id: Hash, images: ReadonlyMap<Hash, string>): string {
  return html.replace(/<(img|a|li|sup)( [^<>]*)>/g, (tag, name: string, attributes: string) => {
    if (name === 'img') {
      const blob = / src="blob:([0-9a-f]{64})"/.exec(attributes)!
      const dataUrl = images.get(blob[1]!)
      if (dataUrl !== undefined) return `<img${attributes.replace(blob[0], ` src="${dataUrl}"`)}>`
      const alt = / alt="([^"]*)"/.exec(attributes)?.[1] ?? ''
      return `<em>[A picture that has not come yet${alt === '' ? '' : `: ${alt}`}]</em>`
    }
    if (name === 'a' && !attributes.startsWith(' href="#')) return `<a${attributes} rel="noopener noreferrer nofollow">`
    return tag.replace(/ (id|href)="(#?)(f[nr]-)/, ` $1="$2${id.slice(0, 8)}-$3`)
  })
}
