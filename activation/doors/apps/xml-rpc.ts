/**
 * XML-RPC as blogging apps speak it (xmlrpc.com/spec): a call is read into values, values are written as an answer. No
 * document types, no entities but the five of XML itself, no nesting beyond what a post needs.
 */

import { XMLParser } from 'fast-xml-parser'
import { encodeBase64 } from '../../../protocol/base64.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { escapeMarkup } from '../../../protocol/post-html.ts'
import { cutPictures } from './xml-rpc-scan.ts'

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
  const cut = cutPictures(bytes)
  if (!cut.ok) return cut
  const { pictures } = cut.value
  const text = decoded(cut.value.text)
  if (text === null) return refuse('BAD_REQUEST', 'not UTF-8')
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
    const document = parser.parse(text) as Xml[]
    const call = childNamed(document, 'methodCall')
    const method = call === null ? null : childNamed(call, 'methodName')
    if (call === null || method === null) return refuse('BAD_REQUEST', 'no methodCall')
    const params = (childNamed(call, 'params') ?? []).filter((xml) => 'param' in xml)
    if (params.length > paramsMax) return refuse('BAD_REQUEST', 'too many parameters')
    return ok({
      method: textOf(method).trim(),
      params: params.map((param) => readValue(childNamed(param.param as Xml[], 'value') ?? [], pictures, 0)),
    })
  } catch (error) {
    return refuse('BAD_REQUEST', `not XML-RPC: ${(error as Error).message.slice(0, 100)}`)
  }
}

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

function readValue(nodes: readonly Xml[], pictures: readonly Uint8Array[], depth: number): XmlValue {
  if (depth > depthMax) throw new Error('too deep')
  const typed = nodes.find((node) => !Object.keys(node)[0]!.startsWith('#'))
  if (typed === undefined) return textOf(nodes)
  const [type] = Object.keys(typed) as [string]
  const inside = typed[type] as readonly Xml[]
  const text = () => textOf(inside)
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
      return pictureOf(text().trim(), pictures)
    case 'nil':
      return ''
    case 'array':
      return (childNamed(inside, 'data') ?? [])
        .filter((xml) => 'value' in xml)
        .map((xml) => readValue(xml.value as readonly Xml[], pictures, depth + 1))
    case 'struct':
      return structOf(inside, pictures, depth)
    default:
      throw new Error(`no type <${type.slice(0, 20)}>`)
  }
}

function structOf(members: readonly Xml[], pictures: readonly Uint8Array[], depth: number): XmlValue {
  const out: Record<string, XmlValue> = Object.create(null)
  for (const member of members) {
    if (!('member' in member)) continue
    const inside = member.member as readonly Xml[]
    out[textOf(childNamed(inside, 'name') ?? [])] = readValue(childNamed(inside, 'value') ?? [], pictures, depth + 1)
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

/** The number that stands in place of a picture. */
function pictureOf(text: string, pictures: readonly Uint8Array[]): Uint8Array {
  const picture = /^[0-9]$/.test(text) ? pictures[Number(text)] : undefined
  if (picture === undefined) throw new Error('bad base64')
  return picture
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
