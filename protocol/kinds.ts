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
  readonly spreads?: 'all' | 'mirrors' | 'none'
}

const kinds = table.kinds as unknown as Readonly<Record<string, Shape>>
const defs = table.defs as unknown as Readonly<Record<string, Shape>>
const patterns = new Map<string, RegExp>()

export const kindNames = Object.keys(kinds) as readonly Kind[]

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name)
}

/** Whom objects of a kind are sent to: every member, the blog's mirrors, or nobody. */
export function spreadOf(kind: Kind): 'all' | 'mirrors' | 'none' {
  return kinds[kind]!.spreads!
}

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
