/** "Down now, posting here", for a sidebar (mode "roll"): behind the tag or the element that `data-roll` names. */
import { add, shadowHost } from './element.ts'
import { addRow, type Row, type Speech } from './notice.ts'

const name = 'dgos-roll'
const css = ':host{display:block}h2{font-size:1em;margin:0 0 .3em}p{margin:0 0 .3em}'

/** Shows these rows in place of any before; none takes the list away. */
export function showSidebarList(own: HTMLElement, rows: readonly Row[], speech: Speech): void {
  document.querySelector(name)?.remove()
  if (rows.length === 0) return
  const { host, root } = shadowHost(name, css, speech)
  add(root, 'h2', speech.texts.roll)
  for (const row of rows) addRow(root, row, speech)
  const { roll } = own.dataset
  ;((roll && document.querySelector(roll)) || own).after(host)
}
