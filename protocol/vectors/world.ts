/** The shape of vector files, and the signed objects that the cases of one file name by alias. */
import { type BlogObjects, blogObjects } from '../blog-objects.ts'
import { open } from '../envelope.ts'
import { rosterOf } from '../membership.ts'
import type { Envelope, Hash, Key, SignedObject, Time } from '../objects.ts'
import type { Platform } from '../platform.ts'
import type { Roster } from '../roster.ts'

export type VectorCase = {
  readonly name: string
  readonly rule?: string
  /** One sentence: why this is the right answer. */
  readonly why: string
  readonly input: unknown
  readonly expected: unknown
}

export type VectorFile = {
  /** Which rule of the contract a case of the file is put to, unless it names another. */
  readonly rule: string
  readonly about: string
  /** What all cases share; its meaning is the rule's. */
  readonly shared?: Readonly<Record<string, unknown>>
  /** Signed objects by alias. Cases name objects by alias, in and out. */
  readonly objects?: Readonly<Record<string, { readonly id: Hash; readonly envelope: Envelope }>>
  /** Keys by alias, for reading. */
  readonly keys?: Readonly<Record<string, Key>>
  readonly cases: readonly VectorCase[]
}

export type World = {
  readonly platform: Platform
  readonly shared: Readonly<Record<string, unknown>>
  /** Throws on an alias that the file does not define. */
  object(alias: string): SignedObject
  /** The alias of an id or key; the id itself where it has none. */
  alias(id: string): string
  key(alias: string): Key
  /** Everything of one blog: `root1` is the alias of its first root. */
  blog(root1: string, aliases: readonly string[]): BlogObjects
  roster(aliases: readonly string[], nowMs: Time): Roster
}

/** What an implementation says to a case. May be asynchronous, since browsers verify asynchronously. */
export type Rule = (input: never, world: World) => unknown

/** Opens and verifies every object of a file. Throws where one does not open to the id that the file gives it. */
export async function openWorld(file: VectorFile, platform: Platform): Promise<World> {
  const objects = new Map<string, SignedObject>()
  const aliases = new Map<string, string>()
  for (const [alias, key] of Object.entries(file.keys ?? {})) aliases.set(key, alias)
  for (const [alias, { id, envelope }] of Object.entries(file.objects ?? {})) {
    const opened = await open(envelope, platform)
    if (!opened.ok) throw new Error(`${alias} does not open: ${opened.code} ${opened.detail}`)
    if (opened.value.id !== id) throw new Error(`${alias} has id ${opened.value.id}, not ${id}`)
    objects.set(alias, opened.value)
    aliases.set(id, alias)
  }
  const object = (alias: string) => {
    const found = objects.get(alias)
    if (found === undefined) throw new Error(`no object "${alias}"`)
    return found
  }
  return {
    platform,
    shared: file.shared ?? {},
    object,
    alias: (id) => aliases.get(id) ?? id,
    key: (alias) => file.keys?.[alias] ?? alias,
    blog: (root1, names) => blogObjects(object(root1).id, names.map(object)),
    roster: (names, nowMs) => {
      const all = names.map(object)
      const network = all.find((object) => object.kind === 'network')
      if (network === undefined) throw new Error('no network object')
      return rosterOf(network, all, nowMs, platform.sha256)
    },
  }
}
