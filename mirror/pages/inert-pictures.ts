/** Pictures of a page: what a lazy script would have put in their place is there at once. */
import { attribute, type Element } from '../capture/html-resources.ts'
import { isPlaceholderSet, lazyPictures } from '../capture/lazy-pictures.ts'
import { srcsetCandidates } from '../capture/srcset.ts'
import { resolveUrl } from '../capture/url.ts'
import { inertDataUrl, svgInDataUrl } from './inert-data.ts'
import type { InertLinks } from './inert-links.ts'
import { escapeText } from './markup.ts'

export class InertPictures {
  readonly #links: InertLinks
  /** Changes where the page's `<base>` is met. */
  base: string
  /** Pictures that a lazy image already shows: its `<noscript>` twin is left out. */
  readonly #shown = new Set<string>()

  constructor(links: InertLinks, base: string) {
    this.#links = links
    this.base = base
  }

  /** Markup of an `img`; '' for the twin of one that is already shown. `attributes`: its other attributes. */
  image(element: Element, unscripted: boolean, attributes: string): string {
    const late = lazyPictures(element)
    const lazy = late.sources.map((reference) => this.file(reference)).find((path) => path !== null)
    const own = attribute(element, 'srcset') ?? ''
    const isPlaceholder = isPlaceholderSet(own, attribute(element, 'src') ?? '')
    const sets = [isPlaceholder ? '' : own, ...late.sets]
    const srcset =
      sets
        .map((set) => this.#srcset(set))
        .filter((set) => set !== '')
        .at(-1) ?? ''
    const first = srcset.split(' ', 1)[0]!
    const plain = this.file(attribute(element, 'src') ?? '')
    const placeholder = plain === null || plain.startsWith('data:')
    const src = lazy ?? (placeholder && first !== '' ? first : plain)
    if (unscripted && src !== null && this.#shown.has(src)) return ''
    if (src !== null) this.#shown.add(src)
    const set = srcset === '' ? '' : ` srcset="${escapeText(srcset)}"`
    return `<img${src === null ? '' : ` src="${escapeText(src)}"`}${set}${attributes}>`
  }

  /** Markup of a `source` of a `picture`, '' where none of its files was kept. */
  source(element: Element, attributes: string): string {
    const sets = [attribute(element, 'srcset') ?? '', ...lazyPictures(element).sets].map((set) => this.#srcset(set))
    const srcset = sets.find((set) => set !== '')
    return srcset === undefined ? '' : `<source srcset="${escapeText(srcset)}"${attributes}>`
  }

  #srcset(value: string): string {
    const kept = srcsetCandidates(value).flatMap(({ reference, descriptor }) => {
      const path = /^data:/i.test(reference) ? null : this.file(reference)
      return path === null || !/^[0-9.]{0,12}[wxh]?$/.test(descriptor) ? [] : [`${path} ${descriptor}`.trim()]
    })
    return kept.join(', ')
  }

  /** The still picture of a video. */
  poster(element: Element): string | null {
    const names = ['poster', 'data-poster']
    return names.map((name) => this.file(attribute(element, name) ?? '')).find((path) => path !== null) ?? null
  }

  /** The picture that a script would have put behind the element, as a declaration. */
  background(element: Element): string {
    const path =
      lazyPictures(element)
        .backgrounds.map((reference) => this.file(reference))
        .find((file) => file !== null) ?? null
    return path === null ? '' : `;background-image:url("${path}")`
  }

  /** Where readers get a picture or font that the page names; null where they cannot. */
  file(reference: string): string | null {
    if (/^\s*data:/i.test(reference)) {
      const svg = svgInDataUrl(reference)
      return svg === null ? inertDataUrl(reference) : this.#links.drawing(svg)
    }
    const url = resolveUrl(reference, this.base)
    const path = url === null ? null : this.#links.file(url)
    const fragment = /#[\w.:-]{1,100}$/.exec(reference.trim())?.[0] ?? ''
    return path === null ? null : path + fragment
  }
}
