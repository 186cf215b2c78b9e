/**
 * The notice: a small card in the corner, in a shadow root, that the reader can close. It holds text and buttons only; its
 * style is a constructed sheet, so the page's content security policy needs no exception and its CSS does not reach in.
 */
export type NoticeRow = {
  readonly text: string
  /** The link to the blog itself, where the page has one. */
  readonly home: string | null
  /** Whether the blog may answer all the same: then its own link is offered too. */
  readonly mayAnswer: boolean
  /** The reader follows: resolves to the address of a living mirror, or null where the evidence does not hold. */
  readonly follow: () => Promise<string | null>
}

const css = `:host{all:initial;position:fixed;inset:auto 12px 12px auto;z-index:2147483647;max-width:min(340px,calc(100vw - 24px));font:14px/1.45 system-ui,sans-serif;color:#222;color-scheme:light dark}
div{background:#fff;border:1px solid #bbb;border-radius:8px;box-shadow:0 2px 12px #0003;padding:10px 36px 10px 14px}
p{margin:4px 0}a,button{font:inherit;color:#0645ad;background:none;border:0;padding:0 10px 0 0;text-decoration:underline;cursor:pointer}
.x{position:absolute;top:6px;right:4px;padding:4px 10px;text-decoration:none;color:inherit}
@media(prefers-color-scheme:dark){:host{color:#eee}div{background:#222;border-color:#555}a,button{color:#8ab4f8}}
@media print{:host{display:none}}`

const name = 'dgos-beacon'

/** Shows these rows in place of any before; none takes the notice away. */
export function showNotice(rows: readonly NoticeRow[], onClose: () => void): void {
  document.querySelector(name)?.remove()
  if (rows.length === 0) return
  const host = document.createElement(name)
  const root = host.attachShadow({ mode: 'open' })
  const card = add(root, 'div')
  card.setAttribute('role', 'status')
  for (const row of rows) addRow(card, row)
  const close = add(card, 'button', '×')
  close.className = 'x'
  close.setAttribute('aria-label', 'Close this notice')
  close.onclick = () => {
    host.remove()
    onClose()
  }
  style(root, host)
  document.body.append(host)
}

function addRow(card: HTMLElement, { text, home, mayAnswer, follow }: NoticeRow): void {
  add(card, 'p', text)
  const links = add(card, 'p')
  const mirror = add(links, 'a', 'Read it on a mirror')
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
    mirror.textContent = 'Checking the evidence …'
    const url = await follow()
    isBusy = false
    mirror.textContent = url === null ? 'Could not be checked. Try again' : 'Read it on a mirror'
    if (url === null) return
    isChecked = true
    mirror.href = url
    mirror.click()
  }
  if (home !== null && mayAnswer) add(links, 'a', 'Try the blog itself').href = home
}

function add<K extends keyof HTMLElementTagNameMap>(parent: Node, tag: K, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.textContent = text
  parent.appendChild(element)
  return element
}

function style(root: ShadowRoot, host: HTMLElement): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch {
    host.style.cssText = 'position:fixed;right:12px;bottom:12px;max-width:340px' // browsers before 2023: plain, but there
  }
}
