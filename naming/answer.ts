/** What a zone says to a question. Pure. Records as bytes, in the sections in which they stand. */

import { codes } from './query.ts'
import { byCanonicalName, isWithin, parentOf, type RecordType } from './records.ts'
import type { ServedSet, ServedZone } from './served-zone.ts'

export type Reply = {
  readonly code: number
  readonly isAuthoritative: boolean
  /** Several orders of the same records, each as good: the next question gets the next. */
  readonly answers: readonly (readonly Buffer[])[]
  readonly authorities: readonly Buffer[]
}

export const refusedReply: Reply = { code: codes.refused, isAuthoritative: false, answers: [[]], authorities: [] }

/** `type` as dns-packet names it. Names outside the zone are not asked here. */
export function replyOf(zone: ServedZone, name: string, type: string, wantsSignatures: boolean): Reply {
  const there = zone.names.get(name)
  const found = there?.get(type as RecordType)
  if (found !== undefined) return answered(found, wantsSignatures)
  const alias = there?.get('CNAME')
  if (alias !== undefined && type !== 'NSEC' && type !== 'RRSIG') return answered(alias, wantsSignatures)
  const exists = there !== undefined || zone.between.has(name)
  const proofs = !wantsSignatures ? [] : exists ? [nsecFor(zone, name)] : proofsOfAbsence(zone, name)
  const sets = [zone.soa, ...proofs.filter((set) => set !== undefined)]
  return {
    code: exists ? codes.ok : codes.noName,
    isAuthoritative: true,
    answers: [[]],
    authorities: sets.flatMap((set) => (wantsSignatures ? [...set.wire, ...set.signature] : set.wire)),
  }
}

/** The zone that a name lies in: the longest that holds it. */
export function zoneOf(zones: ReadonlyMap<string, ServedZone>, name: string): ServedZone | null {
  for (let place = name; ; place = parentOf(place)) {
    const zone = zones.get(place)
    if (zone !== undefined && isWithin(name, zone.apex)) return zone
    if (place === '') return null
  }
}

function answered({ wire, signature }: ServedSet, wantsSignatures: boolean): Reply {
  const turned = wire.map((_, i) => [...wire.slice(i), ...wire.slice(0, i)])
  const answers = turned.map((records) => (wantsSignatures ? [...records, ...signature] : records))
  return { code: codes.ok, isAuthoritative: true, answers, authorities: [] }
}

/** The link that starts at the name, or the one that passes over it. */
function nsecFor({ chain, names }: ServedZone, name: string): ServedSet | undefined {
  const before = chain.findLast((link) => byCanonicalName(link, name) <= 0) ?? chain.at(-1)!
  return names.get(before)!.get('NSEC')
}

/** Neither the name is there nor a wildcard that would stand for it (RFC 4035, section 3.1.3.2). */
function proofsOfAbsence(zone: ServedZone, name: string): readonly (ServedSet | undefined)[] {
  let encloser = parentOf(name)
  while (!zone.names.has(encloser) && !zone.between.has(encloser) && encloser !== zone.apex)
    encloser = parentOf(encloser)
  return [...new Set([nsecFor(zone, name), nsecFor(zone, `*.${encloser}`)])]
}
