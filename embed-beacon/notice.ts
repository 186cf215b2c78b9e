/** The notice: a small card in the corner that the reader can close. It holds text, links and a button only. */
import { add, shadowHost } from './element.ts'
import type { textsOf } from './texts.ts'

export type Row = {
  readonly text: string
  /** The link to the blog itself, where the page has one. */
  readonly home: string | null
  /** Whether the blog may answer all the same: then its own link is offered too. */
  readonly mayAnswer: boolean
  /** The reader follows: resolves to the address of a living mirror, or null where the evidence does not hold. */
  readonly follow: () => Promise<string | null>
}
export type Speech = ReturnType<typeof textsOf>

const css = `:host{all:initial;position:fixed;inset:auto 12px 12px auto;z-index:2147483647;max-width:min(340px,calc(100vw - 24px));font:14px/1.45 system-ui,sans-serif;color:#222;color-scheme:light dark}
div{background:#fff;border:1px solid #bbb;border-radius:8px;box-shadow:0 2px 12px #0003;padding:10px 14px;padding-inline-end:36px}
p{margin:4px 0}a,button{font:inherit;color:#0645ad;background:none;border:0;padding:0;margin-inline-end:10px;text-decoration:underline;cursor:pointer}
.x{position:absolute;top:6px;inset-inline-end:4px;margin:0;padding:4px 10px;text-decoration:none;color:inherit}
@media(prefers-color-scheme:dark){:host{color:#eee}div{background:#222;border-color:#555}a,button{color:#8ab4f8}}
@media print{:host{display:none}}`

const name = 'dgos-beacon'

/** Shows these rows in place of any before; none takes the notice away. */
export function showNotice(rows: readonly Row[], speech: Speech, onClose: () => void): void {
  document.querySelector(name)?.remove()
  if (rows.length === 0) return
  const { host, root } = shadowHost(name, css, speech)
  host.dir = speech.isRtl ? 'rtl' : 'ltr'
  const card = add(root, 'div')
  card.setAttribute('role', 'status')
  for (const row of rows) addRow(card, row, speech)
  const close = add(card, 'button', '×')
  close.className = 'x'
  close.setAttribute('aria-label', speech.texts.close)
  close.onclick = () => {
    host.remove()
    onClose()
  }
  document.body.append(host)
}

/** A line of text, the way to a mirror, and the blog's own link where it may answer. */
export function addRow(card: Node, { text, home, mayAnswer, follow }: Row, { texts }: Speech): void {
  add(card, 'p', text)
  const links = add(card, 'p')
  const mirror = add(links, 'a', texts.read)
  mirror.rel = 'noreferrer'
  // Until the evidence is checked the link leads nowhere but home.
  mirror.href = home ?? '#'
  let isChecked = false
  let isBusy = false
  mirror.onclick = async (event) => {
    if (isChecked) return
    event.preventDefault()
    if (isBusy) return
    isBusy = true
    mirror.textContent = texts.checking
    const url = await follow()
    isBusy = false
    mirror.textContent = url === null ? texts.failed : texts.read
    if (url === null) return
    isChecked = true
    mirror.href = url
    mirror.click()
  }
  if (home !== null && mayAnswer) add(links, 'a', texts.home).href = home
}
