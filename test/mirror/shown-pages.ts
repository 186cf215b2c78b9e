/** What a rebuilt page holds: its words, and the pictures that it names. */
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { attribute, elementsOf, openShadows } from '../../mirror/capture/html-resources.ts'

type Node = DefaultTreeAdapterMap['node']

const unseen = new Set(['head', 'style', 'template', 'script'])

/** Words between the tags, attributes that are read (labels of groups) among them. */
export function wordsOf(html: string): string {
  const document = parse(html, { scriptingEnabled: false })
  openShadows(document)
  const parts: string[] = []
  const stack: Node[] = [document]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) parts.push(node.value)
    if ('tagName' in node) {
      if (unseen.has(node.tagName)) continue
      if (!/^(a|b|i|em|sub|sup|bdi|rt|span)$/.test(node.tagName)) parts.push(' ')
    }
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse())
  }
  return parts.join('').replace(/\s+/g, ' ').trim()
}

/** Whether each is found after the one before it; the first that is not, or null. */
export function missingOf(text: string, words: readonly string[]): string | null {
  let at = 0
  for (const word of words) {
    const found = text.indexOf(word, at)
    if (found === -1) return word
    at = found + word.length
  }
  return null
}

/** Addresses of pictures that the page shows, each once. */
export function picturesOf(html: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const element of elementsOf(parse(html, { scriptingEnabled: false }))) {
    if (element.tagName === 'img') found.add(attribute(element, 'src') ?? '')
    if (element.tagName === 'source') found.add((attribute(element, 'srcset') ?? '').split(' ', 1)[0]!)
    const style = attribute(element, 'style') ?? ''
    for (const [, url] of style.matchAll(/url\("([^"]+)"\)/g)) found.add(url!)
    found.add(attribute(element, 'background') ?? '')
  }
  return new Set([...found].filter((url) => url !== '' && !url.startsWith('data:')))
}
