/** The one checker of payload fields. It interprets the small subset of JSON Schema that kinds.json is written in. */
import { byteLength } from './bytes.ts'
import type { Json } from './json.ts'
import table from './kinds.json' with { type: 'json' }
import { payloadBytesMax, postPayloadBytesMax, snapshotPayloadBytesMax } from './limits.ts'
import type { Kind, SignedObject } from './objects.ts'

type Shape = {
  readonly type?: string
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly minItems?: number
  readonly maxItems?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

/** The most that is kept of one kind: so many objects, and so many bytes of their payloads. */
export type Most = { readonly objects: number; readonly bytes: number }
/** What is kept of a kind that speaks of a blog, or of the network. Without numbers the kind has rules of its own. */
export type Kept = {
  /** Of one key: with one blog, or in the network. */
  readonly signer?: Most
  /** Of all keys together. */
  readonly all?: Most
}
/**
 * What of a blog hangs on objects of a kind: its `state`, as long as nobody doubts it; its `mirrors`; its `return`, which
 * is what a blog that is back must read to have its posts; its `pages`, the texts and copies that readers are shown;
 * and its `archive`, the bytes of the whole blog that mirrors keep.
 */
export type Change = 'state' | 'mirrors' | 'return' | 'pages' | 'archive'
/** What is known of a kind beside its fields. */
type Row = Shape & {
  /** Whom its objects are sent to: every member, the blog's mirrors, or nobody. */
  readonly spreads: 'all' | 'mirrors' | 'none'
  /**
   * What cannot wait for gossip: `spread` goes at once to whom it is meant for, `replication` has a road of its own
   * (activation/posts), `own-server` goes at once to the server of the blog itself and to nobody else.
   */
  readonly urgent: 'spread' | 'replication' | 'own-server' | 'no'
  /** Whether others cannot be judged without it: it is told first to a member that knows too little. */
  readonly foundation: boolean
  /**
   * What a stranger is shown who judges the blog: all that are live, only the current one, those of mirrors and stand-ins
   * where a verdict lasts, or none.
   */
  readonly evidence: 'live' | 'current' | 'seats' | 'no'
  /** What a new object of the kind may change of its blog, by itself: whoever keeps an answer asks again. */
  readonly changes: readonly Change[]
  readonly kept: {
    /** Bytes of one payload. */
    readonly bytesEach: number
    /** Absent where the kind never speaks of a blog. */
    readonly blog?: Kept
    /** Absent where it always does. With neither it is never kept: it travels inside other objects. */
    readonly network?: Kept
  }
}

const kinds = table.kinds as unknown as Readonly<Record<string, Row>>
const defs = table.defs as unknown as Readonly<Record<string, Shape>>
const patterns = new Map<string, RegExp>()

/** All kinds in the order in which they depend on each other: what stands earlier is needed to judge what stands later. */
export const kindNames = Object.keys(kinds) as readonly Kind[]
const places = new Map(kindNames.map((kind, place) => [kind, place]))

/**
 * Sorts objects so that none comes before what it hangs on: by kind, roots by version, the rest by time. What is of one
 * moment stays in the order in which it came.
 */
export function byDependency(a: SignedObject, b: SignedObject): number {
  const byKind = places.get(a.kind)! - places.get(b.kind)!
  if (byKind !== 0) return byKind
  const byVersion = a.kind === 'root' && b.kind === 'root' ? a.payload.version - b.payload.version : 0
  return byVersion || a.payload.time - b.payload.time
}

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name)
}

/** Whom objects of a kind are sent to: every member, the blog's mirrors, or nobody. */
export function spreadOf(kind: Kind): 'all' | 'mirrors' | 'none' {
  return kinds[kind]!.spreads
}

/** Told to one member only, and handed on to nobody. */
export function isPrivate(kind: Kind): boolean {
  return spreadOf(kind) === 'none'
}

/** How objects of a kind that were born here leave at once. */
export function urgencyOf(kind: Kind): Row['urgent'] {
  return kinds[kind]!.urgent
}

/** Whether a member must know these of a blog, or of the network, before it can judge others. */
export function isFoundation(kind: Kind): boolean {
  return kinds[kind]!.foundation
}

/** Which objects of a kind are shown to a stranger who judges the blog. */
export function evidenceOf(kind: Kind): Row['evidence'] {
  return kinds[kind]!.evidence
}

/** Whether a new object of a kind may change what a blog shows, where it is kept, or what is said of it. */
export function isShown(kind: Kind): boolean {
  return evidenceOf(kind) === 'live' || evidenceOf(kind) === 'current'
}

/** Whether a new object of a kind may change the state of its blog, its mirrors, or what returns to it. */
export function changes(kind: Kind, what: Change): boolean {
  return kinds[kind]!.changes.includes(what)
}

/** Whether a stranger who judges a blog looks at objects of a kind: what is shown of it, and the network it lives in. */
export function isJudged(kind: Kind): boolean {
  return evidenceOf(kind) !== 'no' || keptOf(kind, 'network') !== null
}

/** The most that are kept of a kind, of the network or of one blog. null where it is not kept there at all. */
export function keptOf(kind: Kind, of: 'network' | 'blog'): Kept | null {
  return kinds[kind]!.kept[of] ?? null
}

/** Bytes of one payload of a kind that is kept. */
export function bytesEachOf(kind: Kind): number {
  return kinds[kind]!.kept.bytesEach
}

/** Whether objects of a kind are kept by themselves: others only travel inside objects that are. */
export function isKept(kind: Kind): boolean {
  return keptOf(kind, 'network') !== null || keptOf(kind, 'blog') !== null
}

/** Kinds that a member keeps of every blog it knows: not what it is told alone. */
export const blogKindNames: readonly Kind[] = kindNames.filter(
  (kind) => keptOf(kind, 'blog') !== null && !isPrivate(kind),
)

/**
 * Whom one object is sent to. As its kind says; but an observation that bears a life is everybody's, since whoever serves
 * an outage list must know of a dispute.
 */
export function spreadsTo(object: SignedObject): 'all' | 'mirrors' | 'none' {
  return object.kind === 'observation' && object.payload.life !== undefined ? 'all' : spreadOf(object.kind)
}

/** Bytes a payload of this kind may have. */
export function payloadLimit(kind: Kind): number {
  if (kind === 'post') return postPayloadBytesMax
  return kind === 'snapshot' ? snapshotPayloadBytesMax : payloadBytesMax
}

/** null where the value has the fields of its kind, else the path of the first field that has not. Unknown fields pass. */
export function badField(kind: Kind, value: Json): string | null {
  return mismatch(kinds[kind]!, value, '')
}

function mismatch(shape: Shape, value: Json, path: string): string | null {
  if (shape.$ref !== undefined) return mismatch(defs[shape.$ref]!, value, path)
  if (shape.type === 'string') return typeof value === 'string' && stringFits(shape, value) ? null : path
  if (shape.type === 'integer')
    return typeof value === 'number' && value >= shape.minimum! && value <= shape.maximum! ? null : path
  if (shape.type === 'boolean') return typeof value === 'boolean' ? null : path
  if (shape.type === 'array') return arrayMismatch(shape, value, path)
  return objectMismatch(shape, value, path)
}

function stringFits(shape: Shape, value: string): boolean {
  if (shape.enum !== undefined) return shape.enum.includes(value)
  const length = byteLength(value)
  if (length < (shape.minBytes ?? 0) || length > (shape.maxBytes ?? Number.POSITIVE_INFINITY)) return false
  return shape.pattern === undefined || patternOf(shape.pattern).test(value)
}

function patternOf(source: string): RegExp {
  let pattern = patterns.get(source)
  if (pattern === undefined) {
    pattern = new RegExp(source, 'u')
    patterns.set(source, pattern)
  }
  return pattern
}

function arrayMismatch(shape: Shape, value: Json, path: string): string | null {
  if (!Array.isArray(value) || value.length > shape.maxItems! || value.length < (shape.minItems ?? 0)) return path
  for (const [i, item] of value.entries()) {
    const wrong = mismatch(shape.items!, item, `${path}/${i}`)
    if (wrong !== null) return wrong
  }
  return null
}

function objectMismatch(shape: Shape, value: Json, path: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return path
  const fields = value as Readonly<Record<string, Json>>
  for (const name of shape.required ?? []) if (!Object.hasOwn(fields, name)) return `${path}/${name}`
  for (const [name, inner] of Object.entries(shape.properties ?? {})) {
    if (!Object.hasOwn(fields, name)) continue
    const wrong = mismatch(inner, fields[name]!, `${path}/${name}`)
    if (wrong !== null) return wrong
  }
  return null
}
