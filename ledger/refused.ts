/** What one member's refusals amount to: of its words about one thing the newest counts. Pure. */
import { byTime, type Hash, type Refusal, type SignedObject } from '../protocol/objects.ts'

type RefusalObject = SignedObject<'refusal'>

/** The words that stand. `words` are of one member and one blog. */
export function standing(refusals: readonly RefusalObject[]): readonly Refusal[] {
  const inTime = [...refusals].sort(byTime)
  const newest = new Map(inTime.map(({ payload }) => [`${payload.blob} ${payload.post}`, payload]))
  return [...newest.values()].filter((refusal) => refusal.lifted !== true)
}

/** Whether nothing of the blog is kept or shown. Want of room is another matter: what is here stays readable. */
export function refusesAll(refusals: readonly RefusalObject[]): boolean {
  return standing(refusals).some(
    (refusal) => refusal.blob === undefined && refusal.post === undefined && refusal.reason !== 'capacity',
  )
}

export function refusedPosts(refusals: readonly RefusalObject[]): ReadonlySet<Hash> {
  return new Set(standing(refusals).flatMap((refusal) => refusal.post ?? []))
}
