/** What one member's refusals amount to: of its words about one thing the newest counts. Pure. */
import type { Hash, Refusal, SignedObject } from '../protocol/objects.ts'

type Word = SignedObject<'refusal'>

/** The words that stand. `words` are of one member and one blog. */
export function standing(words: readonly Word[]): readonly Refusal[] {
  const inTime = [...words].sort((a, b) => a.payload.time - b.payload.time || (a.id < b.id ? -1 : 1))
  const newest = new Map(inTime.map(({ payload }) => [`${payload.blob} ${payload.post}`, payload]))
  return [...newest.values()].filter((one) => one.lifted !== true)
}

/** Whether nothing of the blog is kept or shown. Want of room is another matter: what is here stays readable. */
export function refusesAll(words: readonly Word[]): boolean {
  return standing(words).some((one) => one.blob === undefined && one.post === undefined && one.reason !== 'capacity')
}

export function refusedPosts(words: readonly Word[]): ReadonlySet<Hash> {
  return new Set(standing(words).flatMap((one) => one.post ?? []))
}
