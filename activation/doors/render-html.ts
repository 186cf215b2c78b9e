/**
 * Post html in its normal form → html for a page of ours. The normal form is already safe to show; here images are
 * pointed at where they lie, links open without telling where the reader came from, and notes of several posts on
 * one page are kept apart. Only for html that `htmlProblem` accepted.
 */
export type RenderOptions = {
  /** Where an attachment lies, or null where it is not here: its alternative text is shown instead. */
  readonly urlOf: (blob: string) => string | null
  /** Put before the ids of notes. ASCII letters, digits and dashes. */
  readonly prefix: string
}

const image = /<img src="blob:([0-9a-f]{64})" alt="([^"]*)"((?: (?:width|height)="[0-9]+")*)>/g
const mark = /(<(?:li|sup) id="|<a href="#)(f[nr]-[0-9]+")/g
const link = /<a href="(?=https?:|mailto:)/g

export function renderHtml(html: string, options: RenderOptions): string {
  return html
    .replace(image, (_, blob: string, alt: string, size: string) => {
      const url = options.urlOf(blob)
      return url === null ? `<em>[${alt}]</em>` : `<img src="${quoted(url)}" alt="${alt}"${size} loading="lazy">`
    })
    .replace(mark, (_, before: string, rest: string) => `${before}${options.prefix}-${rest}`)
    .replace(link, '<a rel="nofollow noopener noreferrer" href="')
}

function quoted(url: string): string {
  return url.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
