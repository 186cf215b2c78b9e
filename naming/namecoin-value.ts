/**
 * What a Namecoin name (`d/ana`, for `ana.bit`) says, as records. Nobody checks values when they are written, so each part is
 * taken for itself and a bad one spoils no other (ifa-0001: `ip`, `ip6`, `map`, `ns`, `alias`, `translate`, `txt`, `import`).
 */
import { zoneName } from './records.ts'

export type BitNode = {
  readonly a: readonly string[]
  readonly aaaa: readonly string[]
  /** Servers of others: nothing else of the node counts then. */
  readonly ns: readonly string[]
  /** Another name that stands for this one; for `translate` for everything below it. */
  readonly alias: string | null
  readonly translate: string | null
  readonly txt: readonly string[]
  /** By one label; "*" for every other. */
  readonly map: ReadonlyMap<string, BitNode>
}
/** The value of another name, null where there is none. */
export type BitValue = (name: string) => Promise<string | null>

/** `import` leads at most this far (ifa-0001). */
const importsMax = 4
const [addressesMax, textsMax, labelsMax, depthMax] = [8, 16, 64, 8]
const textBytesMax = 255
const valueCharactersMax = 8_192
const importedName = /^(d|dd)\/[a-z0-9-]{1,63}$/
const four = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/
const six = /^[0-9a-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?$/

type Json = Readonly<Record<string, unknown>>

const empty: BitNode = { a: [], aaaa: [], ns: [], alias: null, translate: null, txt: [], map: new Map() }

/** The name's own node, with what it imports; null where it has no value that can be read. */
export async function readBitName(name: string, bitValue: BitValue): Promise<BitNode | null> {
  const text = await bitValue(name)
  const value = text === null ? null : parsed(text)
  if (value === null) return null
  return nodeOf(await withImports(value, bitValue, 0), `${name.replace(/^d\//, '')}.bit`, 0)
}

/** The node that answers for these labels below a name, nearest to the name last: `['www']`. null: there is none. */
export function nodeAt(root: BitNode, labels: readonly string[]): BitNode | null {
  let node: BitNode | undefined = root
  for (const label of [...labels].reverse()) node = node?.map.get(label) ?? node?.map.get('*')
  return node ?? null
}

function parsed(text: string): Json | null {
  if (text.length > valueCharactersMax) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null // anybody may write anything
  }
}

/** What the value says itself wins over what it imports, the first import over the second. */
async function withImports(value: Json, bitValue: BitValue, depth: number): Promise<Json> {
  if (depth >= importsMax) return value
  let merged = value
  for (const [name, labels] of importsOf(value.import)) {
    const text = await bitValue(name)
    const other = text === null ? null : parsed(text)
    if (other === null) continue
    const found = below(await withImports(other, bitValue, depth + 1), labels)
    if (found !== null) merged = { ...found, ...merged, map: { ...mapOf(found), ...mapOf(merged) } }
  }
  return merged
}

/** "d/x", ["d/x", "sub"], [["d/x", "sub"], ["d/y"]]. */
function importsOf(value: unknown): readonly (readonly [string, readonly string[]])[] {
  const list =
    typeof value === 'string' ? [[value]] : Array.isArray(value) ? (Array.isArray(value[0]) ? value : [value]) : []
  return list.slice(0, importsMax).flatMap((entry: unknown) => {
    const [name, sub = ''] = Array.isArray(entry) ? (entry as unknown[]) : []
    if (typeof name !== 'string' || !importedName.test(name) || typeof sub !== 'string') return []
    return [[name, sub === '' ? [] : sub.split('.')] as const]
  })
}

function below(value: Json, labels: readonly string[]): Json | null {
  let found: unknown = value
  for (const label of [...labels].reverse()) found = isObject(found) ? mapOf(found)[label] : null
  return isObject(found) ? found : null
}

function nodeOf(value: Json, self: string, depth: number): BitNode {
  const ns = names([...list(value.ns), ...list(value.dns)], self)
  if (ns.length > 0) return { ...empty, ns }
  const translate = nameOf(value.translate, self)
  if (translate !== null) return { ...empty, translate }
  const map = new Map(entriesOf(value, self, depth))
  const alias = nameOf(value.alias, self)
  if (alias !== null) return { ...empty, alias, map }
  const defaults = mapOf(value)['']
  const own = isObject(defaults) ? { ...defaults, ...value } : value
  return {
    ...empty,
    a: texts(own.ip)
      .filter((ip) => four.test(ip))
      .slice(0, addressesMax),
    aaaa: texts(own.ip6)
      .map((ip) => ip.toLowerCase())
      .filter((ip) => six.test(ip) && URL.canParse(`http://[${ip}]/`))
      .slice(0, addressesMax),
    txt: texts(own.txt)
      .filter((text) => Buffer.byteLength(text) <= textBytesMax)
      .slice(0, textsMax),
    map,
  }
}

function entriesOf(value: Json, self: string, depth: number): readonly (readonly [string, BitNode])[] {
  if (depth >= depthMax) return []
  return Object.entries(mapOf(value))
    .slice(0, labelsMax)
    .flatMap(([label, entry]) => {
      if (label !== '*' && (label.includes('.') || zoneName(label) === null)) return []
      const inner = typeof entry === 'string' ? { ip: entry } : entry
      return isObject(inner) ? [[label.toLowerCase(), nodeOf(inner, self, depth + 1)] as const] : []
    })
}

function mapOf(value: Json): Json {
  return isObject(value.map) ? value.map : {}
}

function names(values: readonly unknown[], self: string): readonly string[] {
  return values.flatMap((value) => nameOf(value, self) ?? []).slice(0, addressesMax)
}

/** With a final dot a name is whole; without one it lies below the name itself, as "@" is the name. */
function nameOf(value: unknown, self: string): string | null {
  if (typeof value !== 'string' || value === '') return null
  return zoneName(value.endsWith('.') ? value : value === '@' ? self : `${value}.${self}`)
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((text) => typeof text === 'string')
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
