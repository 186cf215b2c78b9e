/** What the writer of an inert page is told: where links lead, and how much it may cost. */
import type { Markup } from './markup.ts'

export type InertLinks = {
  /** Where readers get a captured file, named by its absolute URL; null where it was not captured. */
  file(url: string): string | null
  /** The same for a stylesheet, which readers get in its rebuilt form. */
  sheet(url: string): string | null
  /** The copy of a captured page, or null. */
  page(url: string): string | null
  /** The mirror's own address of a page of the blog that was not captured; null for other sites. */
  own?(url: string): string | null
  /** Keeps a drawing that the page holds in a `data:` URL and says where readers get it; null where it cannot be shown. */
  drawing(svg: string): string | null
}

export type InertOptions = {
  /** Where the page was captured, after redirects. */
  readonly url: string
  /** Its address on the blog, for `rel=canonical`. */
  readonly canonical: string
  /** What the page's own headers said of its styles. */
  readonly policy?: string
  /** Shown above the page: whose copy this is. */
  readonly bar: Markup
  /** Attributes that the page's styles ask about; found by `inertPage`. */
  readonly asked?: ReadonlySet<string>
  /** Texts of the captured stylesheets and drawings by their address: what only a script would show is told by them. */
  readonly texts?: ReadonlyMap<string, string>
}
