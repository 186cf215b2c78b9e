/**
 * Which addresses a blog's name has at a moment. Pure: what is known of the blog and of each address → the record set.
 *
 *   up, suspected, returning ──▶ the blog's own addresses          down ──▶ mirrors that its root trusts, each of another operator
 *
 * A browser moves on from a dead address only where the connection fails at once: two silent ones in a row cost a reader two
 * minutes. So there are few, and the dead are withdrawn; but never the last: an old answer may help, an empty one cannot.
 */
import type { BlogFacts } from '../mirror/pages/facts.ts'
import type { Key } from '../protocol/objects.ts'
import type { MemberView } from '../protocol/roster.ts'

/** What a resolver may keep. */
export const ttlSeconds = 30
/** Addresses of one family that a name has at one time. */
export const addressesMax = 3

export type Place = {
  readonly address: string
  /** null for the blog's own server. */
  readonly member: MemberView | null
  /** What a look asks for there: the member's url, or the blog's address. */
  readonly url: string
}

/** Where readers of a name could be sent, best first. */
export type NamePlaces = {
  /** Readers go to mirrors. */
  readonly isAway: boolean
  readonly home: readonly Place[]
  readonly mirrors: readonly Place[]
}

/** The record set, and the places from which it came. */
export type NameAddresses = { readonly a: readonly string[]; readonly aaaa: readonly string[] }

/** True while readers belong to mirrors. A disputed word moves no name, and an exercise neither. */
export function isAway({ state }: BlogFacts): boolean {
  return state.state === 'down' && !state.disputed && !state.exercise
}

/**
 * Members that may answer under the blog's own name, in the order of its mirror list: named in its root, active, staying,
 * of different operators, and on the port of the blog's address, since a name leads to an address and not to a port.
 */
export function trustedMirrors({ roles, head, roster, nowMs }: BlogFacts, port: string): readonly MemberView[] {
  const { trusted = [], closed } = roles.chain.current.payload
  const named = new Set(trusted.flatMap((key) => roster.memberOf(key)?.id ?? []))
  if (head === null || closed === true) return []
  const operators = new Set<Key>()
  return head.payload.mirrors.flatMap((key) => {
    const member = roster.memberOf(key)
    if (member === null || !named.has(member.id) || member.passive || member.leaving) return []
    if (member.expires <= nowMs || portOf(member.url) !== port || operators.has(member.operator)) return []
    operators.add(member.operator)
    return [member]
  })
}

/** "443" for https without a port. */
export function portOf(url: string): string {
  const { port, protocol } = new URL(url)
  return port !== '' ? port : protocol === 'https:' ? '443' : '80'
}

/** `before` is what the name had last: it decides only where everything is withdrawn. */
export function addressesOf(
  { isAway, home, mirrors }: NamePlaces,
  isWithdrawn: (place: Place) => boolean,
  before: NameAddresses,
): NameAddresses {
  // where nobody is trusted with the name, a dead home is the truth
  const places = isAway && mirrors.length > 0 ? mirrors : home.length > 0 ? home : mirrors
  const living = places.filter((place) => !isWithdrawn(place))
  const chosen = living.length > 0 ? living : stillThere(places, before)
  const addresses = (family: 4 | 6) =>
    [...new Set(chosen.map((place) => place.address))]
      .filter((address) => address.includes(':') === (family === 6))
      .slice(0, addressesMax)
  return { a: addresses(4), aaaa: addresses(6) }
}

/** All are withdrawn: those shown last, as far as they may still be shown, else all. */
function stillThere(places: readonly Place[], before: NameAddresses): readonly Place[] {
  const shown = new Set([...before.a, ...before.aaaa])
  const kept = places.filter((place) => shown.has(place.address))
  return kept.length > 0 ? kept : places
}
