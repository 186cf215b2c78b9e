/** Everything a member knows about one blog, by kind: the argument of every pure rule about blogs. */
import { blogKindNames } from './kinds.ts'
import type { Hash, Kind, SignedObject } from './objects.ts'

type BlogKind = Exclude<Kind, 'network' | 'member' | 'voucher' | 'contact'>

export type BlogObjects = { readonly blog: Hash } & {
  readonly [K in BlogKind]: readonly SignedObject<K>[]
}

/** Sorts objects of one blog by kind, each kind by id, so that the same set gives the same value everywhere. */
export function blogObjects(blog: Hash, objects: Iterable<SignedObject>): BlogObjects {
  const sorted = Object.fromEntries(blogKindNames.map((kind) => [kind, [] as SignedObject[]]))
  for (const object of objects) sorted[object.kind]?.push(object)
  for (const kind of blogKindNames) sorted[kind]!.sort((a, b) => (a.id < b.id ? -1 : 1))
  return { blog, ...sorted } as unknown as BlogObjects
}

/** The same with one object more. Costs what the object's own kind holds, not what the blog does. */
export function withObject(blog: BlogObjects, object: SignedObject): BlogObjects {
  const own = (blog as unknown as Record<string, readonly SignedObject[]>)[object.kind]
  if (own === undefined) return blog
  let [from, to] = [0, own.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (own[middle]!.id < object.id) from = middle + 1
    else to = middle
  }
  return { ...blog, [object.kind]: own.toSpliced(from, 0, object) }
}

/** All objects of a blog, kind by kind. */
export function objectsOf(blog: BlogObjects): SignedObject[] {
  return Object.values(blog).flatMap((value) => (Array.isArray(value) ? (value as SignedObject[]) : []))
}
