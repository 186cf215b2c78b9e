/** The line above a copy that was opened by itself: whose it is, how old, and where the rest is. */
import { html, type Markup, timeElement } from './markup.ts'
import type { PageModel } from './model.ts'
import { hostText } from './status-sentence.ts'

/** Set against whatever the page's own styles do; a page that hides it only harms its own readers' orientation. */
const style =
  'all:initial!important;display:block!important;box-sizing:border-box!important;width:fit-content!important;' +
  'max-width:100%!important;margin:8px auto!important;padding:4px 14px!important;border-radius:6px!important;' +
  'background:#1c6651!important;color:#fff!important;font:13px/1.5 system-ui,sans-serif!important;' +
  'direction:ltr!important;text-align:center!important'
const linkStyle =
  'all:unset!important;color:#fff!important;text-decoration:underline!important;cursor:pointer!important'

export function copyBar(model: PageModel, base: string): () => Markup {
  const at = model.copy === null ? null : html`, captured ${timeElement(model.copy.capturedAt)}`
  const bar = html`<div style="${style}" lang="en" role="note">Copy of ${hostText(model.home)}${at}. <a style="${linkStyle}" href="${base}?copy" target="_top">About this copy, and newer posts</a></div>`
  return () => bar
}
