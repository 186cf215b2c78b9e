/**
 * Markup that is nearly XML, made well-formed: what browsers and feed readers forgive and XML parsers do not. Pure, one
 * pass. Unclosed elements are closed, lone ampersands escaped, what stands before and after the document left out.
 */

import { Parser } from 'htmlparser2'
import { escapeMarkup } from '../../protocol/post-html.ts'

/** The first tag of a feed, whatever its namespace prefix. */
const feedRoot = /<(?:[A-Za-z][\w.-]{0,40}:)?(?:rss|feed|RDF)[\s>]/
const pageStart = /<(?:!doctype\s+html|html|head|body)[\s>]/i
/** Notices that programs print before the document are short. */
const noticeMax = 16 * 1024

/** From the root element of a feed to its end: without notices before and after. null where there is no feed. */
export function feedMarkup(text: string): string | null {
  const head = text.slice(0, noticeMax)
  const at = head.search(feedRoot)
  if (at === -1 || pageStart.test(head.slice(0, at))) return null
  const name = /^<([\w:.-]{1,60})/.exec(head.slice(at))![1]!
  const end = text.lastIndexOf(`</${name}>`)
  return end < at ? text.slice(at) : text.slice(at, end + name.length + 3)
}

/** Elements of feeds that hold text or encoded markup, never an element of the feed: one that begins inside ends them. */
const leaves = new Set(['title', 'link', 'guid', 'pubdate', 'id', 'updated', 'published', 'category', 'dc:date'])
const depthMax = 200

/** The same feed with every element closed. */
export function closedFeed(markup: string): string {
  const out: string[] = []
  const open: string[] = []
  const close = () => out.push(`</${open.pop()!}>`)
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (leaves.has(open.at(-1)?.toLowerCase() ?? '') && leaves.has(name.toLowerCase())) close()
        if (open.length >= depthMax) return
        open.push(name)
        const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(value)}"`)
        out.push(`<${name}${pairs.join('')}>`)
      },
      ontext: (text) => out.push(escapeMarkup(text)),
      onclosetag(name) {
        const at = open.lastIndexOf(name)
        while (at !== -1 && open.length > at) close()
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(markup)
  while (open.length > 0) close()
  return out.join('')
}

/**
 * A page that is XML, in the spelling of HTML: its empty elements would swallow what follows them. Void elements stay
 * open, all others are closed, CDATA becomes text.
 */
export function xhtmlAsHtml(text: string): string {
  const out: string[] = []
  let raw: string | null = null
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (/^(script|style)$/i.test(name)) raw = name
        const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(value)}"`)
        out.push(`<${name}${pairs.join('')}>`)
      },
      ontext: (part) => out.push(raw === null ? escapeMarkup(part) : part.replace(/<\//g, '<\\/')),
      onclosetag(name) {
        raw = null
        if (!voids.has(name.toLowerCase())) out.push(`</${name}>`)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(text)
  return `<!DOCTYPE html>${out.join('')}`
}

const voids = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))

/** Text of an XML element without children: its five entities read. */
export function xmlText(text: string): string {
  return text
    .trim()
    .replace(
      /&(amp|lt|gt|quot|apos);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[name]!,
    )
}
