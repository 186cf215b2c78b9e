/** Plain text as people write it in mails → the normal form: blank lines part paragraphs, line ends stay, addresses are links. */
import { escapeMarkup, linkGrammar } from '../../../protocol/post-html.ts'
import { element, type Node, writeNormalForm } from '../html-tree.ts'

const address = /https?:\/\/[^\s<>"]{1,1000}[^\s<>"'.,;:!?)\]}]/g

/** `after` stands at the end: images that came with the text. */
export function plainText(text: string, after: readonly Node[] = []): string {
  const parts = text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+/)
    .map((paragraph) => paragraph.replace(/^\n+/, '').trimEnd())
    .filter((paragraph) => paragraph.trim() !== '')
  return writeNormalForm([...parts.map((part) => element('p', lines(part))), ...after])
}

function lines(part: string): Node[] {
  return part.split('\n').flatMap((line, i) => [...(i > 0 ? [element('br')] : []), ...links(line)])
}

function links(line: string): Node[] {
  const out: Node[] = []
  let at = 0
  for (const found of line.matchAll(address)) {
    if (!linkGrammar.test(escapeMarkup(found[0]))) continue
    out.push(line.slice(at, found.index), element('a', [found[0]], [['href', found[0]]]))
    at = found.index + found[0].length
  }
  return [...out, line.slice(at)].filter((node) => node !== '')
}
