/** A post's html as pages and feeds show it: the normal form with the pictures' addresses put in. */
import type { Attachment } from '../../protocol/objects.ts'
import { htmlProblem } from '../../protocol/post-html.ts'
import { escapeText, html, type Markup, trusted } from './markup.ts'

export type PostPlace = {
  /** Where pictures are: "/m/example.org/", absolute in feeds. */
  readonly base: string
  /** Put before the ids of footnotes, since several posts share a page. */
  readonly idPrefix: string
}

/**
 * Members accept a post only in the normal form, where every tag has one spelling; it is checked again here, because what
 * follows leans on it: a text that is not in it is shown as text.
 */
export function postMarkup(text: string, attachments: readonly Attachment[], { base, idPrefix }: PostPlace): Markup {
  if (htmlProblem(text, attachments) !== null) return html`<p>${text.replace(/<[^<>]*>/g, ' ')}</p>`
  const placed = text.replace(/<(img|a|li|sup)( [^<>]*)>/g, (_tag, name: string, attributes: string) => {
    if (name === 'img') {
      const found = / src="blob:([0-9a-f]{64})"/.exec(attributes)!
      return `<img${attributes.replace(found[0], ` src="${escapeText(base)}blob/${found[1]}"`)} loading="lazy">`
    }
    if (name === 'a' && !attributes.startsWith(' href="#'))
      return `<a${attributes} rel="noopener noreferrer nofollow ugc">`
    return `<${name}${attributes.replace(/ (id|href)="(#?)(f[nr]-)/, ` $1="$2${idPrefix}$3`)}>`
  })
  return trusted(placed)
}

/** The first words of a post, for feeds and descriptions. */
export function postSummary(text: string, characters = 240): string {
  const plain = text
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim()
  return plain.length <= characters ? plain : `${plain.slice(0, characters - 1).trimEnd()}…`
}
