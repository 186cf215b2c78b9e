/** What a page says to those without scripts. In a copy nothing runs, yet "please enable JavaScript" is no help to its readers. */
import type { Element, Node } from '../capture/html-resources.ts'

/** Longer texts are content that a script would else have brought. */
const noticeLettersMax = 240
const shows = /^(img|picture|svg|video|audio|iframe|object|embed|table|ul|ol|form|input|link|style)$/

/** Whether a `<noscript>` holds only a short notice: no picture, no list, few letters. An original with scripts shows none of it. */
export function isNotice(noscript: Element): boolean {
  let letters = 0
  const stack: Node[] = [...noscript.childNodes]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) letters += [...node.value.replace(/\s+/g, '')].length
    if ('tagName' in node && shows.test(node.tagName)) return false
    if (letters > noticeLettersMax) return false
    if ('childNodes' in node) stack.push(...node.childNodes)
  }
  return true
}
