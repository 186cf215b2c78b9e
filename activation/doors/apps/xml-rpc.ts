/**
 * XML-RPC as blogging apps speak it (xmlrpc.com/spec): a call is read into values, values are written as an answer. No
 * document types, no entities but the five of XML itself, no nesting beyond what a post needs.
 */

import { XMLParser } from 'fast-xml-parser'
import { decodeBase64, encodeBase64 } from '../../../protocol/base64.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { escapeMarkup } from '../../../protocol/post-html.ts'

export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue }
export type XmlCall = { readonly method: string; readonly params: readonly XmlValue[] }

/** An image of 10 MB in base64, and the words around it. */
export const xmlBytesMax = 15 * 1024 * 1024
const depthMax = 40
const paramsMax = 16

type Xml = { readonly [tag: string]: readonly Xml[] | string }

export function readCall(bytes: Uint8Array): Result<XmlCall> {
  if (bytes.length > xmlBytesMax) return refuse('TOO_LARGE')
  const text = decoded(bytes)
  if (text === null) return refuse('BAD_REQUEST', 'not UTF-8')
  if (text.includes('\u0000')) return refuse('BAD_REQUEST', 'a character that XML cannot hold')
  if (/<!(?!\[CDATA\[|--)/.test(text)) return refuse('BAD_REQUEST', 'document types and entities are not taken')
  try {
    const parser = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: true,
      parseTagValue: false,
      trimValues: false,
      processEntities: false,
      cdataPropName: '#cdata',
      commentPropName: '#comment',
      maxNestedTags: depthMax,
    })
    const cut = withoutBase64(text)
    const document = parser.parse(cut.text) as Xml[]
    const call = childNamed(document, 'methodCall')
    const method = call === null ? null : childNamed(call, 'methodName')
    if (call === null || method === null) return refuse('BAD_REQUEST', 'no methodCall')
    const params = (childNamed(call, 'params') ?? []).filter((xml) => 'param' in xml)
    if (params.length > paramsMax) return refuse('BAD_REQUEST', 'too many parameters')
    return ok({
      method: textOf(method).trim(),
      params: params.map((param) => readValue(childNamed(param.param as Xml[], 'value') ?? [], 0, cut.parts)),
    })
  } catch (error) {
    return refuse('BAD_REQUEST', `not XML-RPC: ${(error as Error).message.slice(0, 100)}`)
  }
}

/** Images are cut out before anything is parsed, and stand in their place by number: a parser would copy them again and again. */
function withoutBase64(text: string): { readonly text: string; readonly parts: readonly string[] } {
  const kept: string[] = []
  const parts: string[] = []
  let at = 0
  for (let open = text.indexOf(base64Open); open >= 0; open = text.indexOf(base64Open, at)) {
    const start = open + base64Open.length
    const end = text.indexOf('<', start)
    if (end < 0) break
    kept.push(text.slice(at, start), `\u0000${parts.length}\u0000`)
    parts.push(text.slice(start, end))
    at = end
  }
  return { text: [...kept, text.slice(at)].join(''), parts }
}

const base64Open = '<base64>'

function restored(text: string, parts: readonly string[]): string {
  return text.replace(/\u0000([0-9]{1,6})\u0000/g, (_, number: string) => parts[Number(number)] ?? '')
}

/** Values at the beginning of a call that may be its password: printable words, as they stand. At most so many. */
export function shownWords(head: Uint8Array): readonly string[] {
  const text = String.fromCharCode(...head.subarray(0, headBytesMax))
  const values = [...text.matchAll(/<(?:value|string)>\s*([!-;=-~]+)\s*<\//g)].map(([, word]) => word!)
  return [...new Set(values)].filter((word) => word.length >= wordMin && word.length <= wordMax).slice(0, wordsMax)
}

const headBytesMax = 16 * 1024
/** Tokens are longer than blog ids and user names, and none is longer than this. */
const wordMin = 8
const wordMax = 200
const wordsMax = 6

/** UTF-8, or Latin-1 where the document says so: old apps still do. */
function decoded(bytes: Uint8Array): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 100))
  const name = /^<\?xml[^>]*encoding=["']([A-Za-z0-9_-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8'
  if (name !== 'utf-8' && name !== 'utf8' && name !== 'us-ascii' && name !== 'iso-8859-1') return null
  try {
    return new TextDecoder(name === 'iso-8859-1' ? 'latin1' : 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null // broken UTF-8
  }
}

function childNamed(nodes: readonly Xml[], name: string): readonly Xml[] | null {
  const found = nodes.find((node) => Object.hasOwn(node, name))?.[name]
  return Array.isArray(found) ? found : null
}

function textOf(nodes: readonly Xml[]): string {
  return nodes
    .map((node) => {
      if (typeof node['#text'] === 'string') return unescaped(node['#text'])
      const data = node['#cdata']
      return Array.isArray(data) ? data.map((part: Xml) => String(part['#text'] ?? '')).join('') : ''
    })
    .join('')
}

function readValue(nodes: readonly Xml[], depth: number, parts: readonly string[]): XmlValue {
  if (depth > depthMax) throw new Error('too deep')
  const typed = nodes.find((node) => !Object.keys(node)[0]!.startsWith('#'))
  if (typed === undefined) return restored(textOf(nodes), parts)
  const [type] = Object.keys(typed) as [string]
  const inside = typed[type] as readonly Xml[]
  const text = () => restored(textOf(inside), parts)
  switch (type) {
    case 'string':
      return text()
    case 'i4':
    case 'int':
    case 'i8':
    case 'double':
      return numberOf(text().trim())
    case 'boolean':
      return text().trim() === '1' || text().trim() === 'true'
    case 'dateTime.iso8601':
      return dateOf(text().trim())
    case 'base64':
      return bytesOf(text())
    case 'nil':
      return ''
    case 'array':
      return (childNamed(inside, 'data') ?? [])
        .filter((xml) => 'value' in xml)
        .map((xml) => readValue(xml.value as readonly Xml[], depth + 1, parts))
    case 'struct':
      return structOf(inside, depth, parts)
    default:
      throw new Error(`no type <${type.slice(0, 20)}>`)
  }
}

function structOf(members: readonly Xml[], depth: number, parts: readonly string[]): XmlValue {
  const out: Record<string, XmlValue> = Object.create(null)
  for (const member of members) {
    if (!('member' in member)) continue
    const inside = member.member as readonly Xml[]
    out[textOf(childNamed(inside, 'name') ?? [])] = readValue(childNamed(inside, 'value') ?? [], depth + 1, parts)
  }
  return out
}

function numberOf(text: string): number {
  if (!/^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text)) throw new Error('bad number')
  return Number(text)
}

function dateOf(text: string): Date {
  const found = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)/.exec(text)
  if (found === null) throw new Error('bad date')
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second))
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64(text.replace(/[\s]+/g, ''))
  if (bytes === null) throw new Error('bad base64')
  return bytes
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{1,5}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

export function writeAnswer(value: XmlValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse><params><param>${written(value)}</param></params></methodResponse>\n`
}

export function writeFault(code: number, message: string): string {
  const value = written({ faultCode: code, faultString: message })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse><fault>${value}</fault></methodResponse>\n`
}

function written(value: XmlValue): string {
  return `<value>${typed(value)}</value>`
}

function typed(value: XmlValue): string {
  if (typeof value === 'string') return `<string>${escapeXml(value)}</string>`
  if (typeof value === 'number') return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`
  if (value instanceof Date)
    return `<dateTime.iso8601>${value
      .toISOString()
      .replace(/-/g, '')
      .replace(/\.\d+Z$/, '')}</dateTime.iso8601>`
  if (value instanceof Uint8Array) return `<base64>${encodeBase64(value)}</base64>`
  if (Array.isArray(value)) return `<array><data>${value.map(written).join('')}</data></array>`
  const members = Object.entries(value as Record<string, XmlValue>)
  return `<struct>${members.map(([name, xmlValue]) => `<member><name>${escapeXml(name)}</name>${written(xmlValue)}</member>`).join('')}</struct>`
}

/** Also what XML cannot hold is left out: control characters and lone surrogates. */
export function escapeXml(text: string): string {
  return escapeMarkup(text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''))
}
