/**
 * The reader of the vectors: one file, one case, one answer. Plain TypeScript that runs in Node and in browsers alike, so
 * that both are held to the same words. A second implementation reads the same JSON; docs/protocol.md says how.
 *
 * Texts too long to write out are given as {"$repeat": text, "times": n}, joined by {"$join": [text, …]}; lists of alike
 * items as {"$items": item, "times": n}.
 */
import type { Platform } from '../platform.ts'
import { blogRules } from './check-blogs.ts'
import { byteRules } from './check-bytes.ts'
import { listRules } from './check-lists.ts'
import { networkRules } from './check-network.ts'
import { openWorld, type Rule, type VectorCase, type VectorFile, type World } from './world.ts'

export type { VectorCase, VectorFile } from './world.ts'

export type Outcome = { readonly agrees: boolean; readonly found: unknown }

const rules: Readonly<Record<string, Rule>> = { ...byteRules, ...listRules, ...networkRules, ...blogRules }
const worlds = new WeakMap<VectorFile, Promise<World>>()

/** What this implementation says to a case, and whether it is what the vector expects. Throws only on a malformed vector. */
export async function checkCase(file: VectorFile, vectorCase: VectorCase, platform: Platform): Promise<Outcome> {
  const rule = rules[vectorCase.rule ?? file.rule]
  if (rule === undefined) throw new Error(`no rule "${vectorCase.rule ?? file.rule}"`)
  let world = worlds.get(file)
  if (world === undefined) {
    world = openWorld(file, platform)
    worlds.set(file, world)
  }
  const found = await rule(expand(vectorCase.input) as never, await world)
  return { agrees: canonical(found) === canonical(expand(vectorCase.expected)), found }
}

/** A value with its short notations written out. */
export function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand)
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Record<string, unknown>
  if (typeof fields.$repeat === 'string') return fields.$repeat.repeat(fields.times as number)
  if (Array.isArray(fields.$join)) return fields.$join.map(expand).join('')
  if ('$items' in fields) return Array.from({ length: fields.times as number }, () => expand(fields.$items))
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, expand(inner)]))
}

/** JSON with the names in order, for comparing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
