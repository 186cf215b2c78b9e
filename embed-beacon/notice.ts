/**
 * The notice: a small card in the corner, in a shadow root, that the reader can close. It holds text and buttons only; its
 * style is a constructed sheet, so the page's content security policy needs no exception and its CSS does not reach in.
 */
export type NoticeRow = {
  readonly text: string
  /** The blog itself, where it may be reachable. */
  readonly home: string | null
  /** What is told while it works and where it failed: the row says it. Resolves to a link to a mirror, or null. */
  readonly follow: () => Promise<string | null>
}

const css = `:host{all:initial;position:fixed;inset:auto 12px 12px auto;z-index:2147483647;max-width:min(340px,calc(100vw - 24px));font:14px/1.45 system-ui,sans-serif;color:#222;color-scheme:light dark}
div{background:#fff;border:1px solid #bbb;border-radius:8px;box-shadow:0 2px 12px #0003;padding:10px 36px 10px 14px}
p{margin:4px 0}a,button{font:inherit;color:#0645ad;background:none;border:0;padding:0 10px 0 0;text-decoration:underline;cursor:pointer}
.x{position:absolute;top:6px;right:4px;padding:4px 10px;text-decoration:none;color:inherit}
@media(prefers-color-scheme:dark){:host{color:#eee}div{background:#222;border-color:#555}a,button{color:#8ab4f8}}
@media print{:host{display:none}}`

const name = 'dgos-notice'

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

function addRow(card: HTMLElement, { text, home, follow }: NoticeRow): void {
  add(card, 'p', text)
  const links = add(card, 'p')
  if (home !== null) link(links, 'The blog itself', home)
  const button = add(links, 'button', 'Read it on a mirror')
  button.onclick = async () => {
    button.disabled = true
    button.textContent = 'Checking the evidence …'
    const url = await follow()
    button.disabled = false
    button.textContent = url === null ? 'Could not be checked. Try again' : 'Read it on a mirror'
    if (url === null) return
    const found = link(links, 'Open the mirror', url)
    button.remove()
    found.click()
  }
}

function link(parent: HTMLElement, text: string, url: string): HTMLAnchorElement {
  const found = add(parent, 'a', text)
  found.rel = 'noreferrer'
  found.href = url
  return found
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
