/** Elements of the beacon's own, in shadow roots: the page's CSS does not reach in, and its policy needs no exception. */

/** `<name>` with a shadow root styled by a constructed sheet. Not in the page yet. */
export function shadowHost(name: string, css: string, { language, isRtl }: { language: string; isRtl: boolean }) {
  const host = document.createElement(name)
  host.lang = language
  host.dir = isRtl ? 'rtl' : 'ltr'
  const root = host.attachShadow({ mode: 'open' })
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch {
    host.style.cssText = 'max-width:340px' // browsers before 2023: plain, but there
  }
  return { host, root }
}

export function add<K extends keyof HTMLElementTagNameMap>(parent: Node, tag: K, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.textContent = text
  parent.appendChild(element)
  return element
}
