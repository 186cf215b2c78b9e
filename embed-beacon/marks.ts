/**
 * Links of the page that lead to a downed blog: each gets a mark, and leads to the mirror's copy of the same page once the
 * evidence is checked. The link itself stays as the author wrote it, and the mark keeps the original within reach.
 */
import { add, shadowHost } from './element.ts'
import type { Speech } from './notice.ts'

const name = 'dgos-mark'
/** Links marked on one page. */
const marksMax = 200
const css =
  ':host{all:initial;margin-inline:.3em;unicode-bidi:isolate;font:inherit;font-size:.8em;color:inherit;opacity:.8}a{color:inherit}@media print{:host{display:none}}'

export type FallenLink = {
  readonly link: HTMLAnchorElement
  readonly follow: () => Promise<string | null>
}

let undo: (() => void)[] = []

/** Marks these links in place of those before. */
export function markLinks(links: readonly FallenLink[], speech: Speech): void {
  for (const step of undo) step()
  undo = links.slice(0, marksMax).map((link) => marked(link, speech))
}

function marked({ link, follow }: FallenLink, speech: Speech): () => void {
  const { host, root } = shadowHost(name, css, speech)
  add(root, 'span', `(${speech.texts.mark} · `)
  const original = add(root, 'a', speech.texts.original)
  original.href = link.href
  add(root, 'span', ')')
  let isBusy = false
  const lead = (event: MouseEvent) => {
    // A click with a key, or one that the page has answered itself, is not ours.
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (isBusy) return
    isBusy = true
    const home = link.href
    follow()
      .then((url) => {
        location.assign(url ?? home)
      })
      .finally(() => {
        isBusy = false
      })
  }
  link.addEventListener('click', lead)
  link.after(host)
  return () => {
    link.removeEventListener('click', lead)
    host.remove()
  }
}
