/**
 * Who is a member, computed by everyone from the network's own objects: founders, vouchers and member records.
 *
 * An operator is a key named in vouchers. A voucher counts where its operator has had full standing for 30 days (founders
 * at once, an operator for its own further members at once) and gave fewer than three in the 30 days before (a founder
 * fewer than twenty, while fewer than twenty operators are full). Needed are
 * min(2, operators that could vouch at that time); with one that is not yet enough a member is a guest. Standing comes
 * from vouchers alone, in order of time, and so never depends on who happens to be online.
 *
 * A member's record is signed by its current key. Its first key is its lasting name; key k2 follows k where a record of k
 * committed to SHA-256(k2). The placement id is that of the first key and the voucher nonces, so keys cannot be ground.
 */
import { compareText, concat, fromHex, toHex } from './bytes.ts'
import {
  aheadMsMax,
  founderVouchersPerMonth,
  memberUntilMsMax,
  smallNetworkOperators,
  voucherAgeMs,
  vouchersPerMonth,
} from './limits.ts'
import { byTime, type Hash, type Key, type SignedObject, type Time } from './objects.ts'
import type { Sha256 } from './platform.ts'
import type { MemberView, Roster } from './roster.ts'

type MemberObject = SignedObject<'member'>
type VoucherObject = SignedObject<'voucher'>
type NetworkObject = SignedObject<'network'>

type Standing = { readonly full: boolean; readonly since: Time; readonly vouchers: readonly VoucherObject[] }

/** SHA-256 of the member's first key and the nonces of its vouchers in order of text; founders have the network's id instead. */
export function placementId(key: Key, voucherNonces: readonly Hash[], networkId: Hash, sha256: Sha256): Hash {
  const nonces = voucherNonces.length === 0 ? [networkId] : [...voucherNonces].sort(compareText)
  return toHex(sha256(concat(fromHex(key), ...nonces.map(fromHex))))
}

/** The roster at a minute. Pure: the same objects give the same roster in any order of arrival. Other kinds are ignored. */
export function rosterOf(
  network: NetworkObject,
  objects: readonly SignedObject[],
  nowMs: Time,
  sha256: Sha256,
): Roster {
  const { current, standings } = standingsAt(network, objects, nowMs, sha256)
  const views: MemberView[] = []
  const byKey = new Map<Key, MemberView>()
  for (const [id, { record, keys }] of [...current].sort(([a], [b]) => compareText(a, b))) {
    const view = viewOf(id, record, network, standings, sha256)
    if (view === null) continue
    views.push(view)
    for (const key of keys) if (!byKey.has(key)) byKey.set(key, view)
  }
  const members = views.filter((view) => view.expires > nowMs && !view.leaving)
  const full = members.filter((member) => member.standing === 'full')
  const operators = [...new Set(full.map((member) => member.operator))].sort(compareText)
  return { network, members, operators, memberOf: (key) => byKey.get(key) ?? null }
}

/**
 * The vouchers that count for a member under an operator, in order of time: what its record names and its placement is
 * made of. A second word of one operator, or one of an operator that may not vouch yet, is kept by members and counts
 * for nothing; a placement made of it fits no roster.
 */
export function countedVouchers(
  network: NetworkObject,
  objects: readonly SignedObject[],
  nowMs: Time,
  who: { readonly member: Key; readonly operator: Key },
  sha256: Sha256,
): readonly VoucherObject[] {
  return standingsAt(network, objects, nowMs, sha256).standings.of(who.member, who.operator)?.vouchers ?? []
}

/** The moment from which a voucher of this operator counts again, now or in the past where it counts at once; null where it may not vouch at all. */
export function mayVouchFrom(
  network: NetworkObject,
  objects: readonly SignedObject[],
  nowMs: Time,
  operator: Key,
  sha256: Sha256,
): Time | null {
  return standingsAt(network, objects, nowMs, sha256).standings.mayVouchFrom(operator)
}

type Current = ReadonlyMap<Key, { readonly record: MemberObject; readonly keys: readonly Key[] }>

function standingsAt(
  network: NetworkObject,
  objects: readonly SignedObject[],
  nowMs: Time,
  sha256: Sha256,
): { readonly current: Current; readonly standings: Standings } {
  const known = objects.filter((object) => 'network' in object.payload && object.payload.network === network.id)
  const inTime = known.filter((object) => object.payload.time <= nowMs + aheadMsMax).sort(byTime)
  const current = new Map<Key, { record: MemberObject; keys: readonly Key[] }>()
  for (const [id, own] of recordsByMember(inTime.filter((object) => object.kind === 'member'))) {
    const walked = walkKeys(id, own, sha256)
    if (walked !== null) current.set(id, walked)
  }
  const vouchers = inTime.filter((object) => object.kind === 'voucher')
  return { current, standings: standingsOf(vouchers, foundingOperators(network, current)) }
}

function recordsByMember(records: readonly MemberObject[]): Map<Key, MemberObject[]> {
  const byMember = new Map<Key, MemberObject[]>()
  for (const record of records) {
    if (record.payload.expires > record.payload.time + memberUntilMsMax) continue
    const own = byMember.get(record.payload.member)
    if (own === undefined) byMember.set(record.payload.member, [record])
    else own.push(record)
  }
  return byMember
}

/**
 * Follows the key from the first one to the last, and takes the newest record of the last. `own` is in order of time. Each
 * record is looked at a few times, however long the chain.
 */
function walkKeys(
  id: Key,
  own: readonly MemberObject[],
  sha256: Sha256,
): { record: MemberObject; keys: readonly Key[] } | null {
  const byPrevious = Map.groupBy(own, (member) => member.payload.previous)
  const keys = new Set([id])
  let last = id
  let signed = (byPrevious.get(undefined) ?? []).filter((member) => member.payload.key === id)
  if (signed.length === 0) return null
  for (;;) {
    const followers = byPrevious.get(last) ?? []
    const next = successorOf(last, signed, followers, sha256)
    if (next === null || keys.has(next)) return { record: signed.at(-1)!, keys: [...keys] }
    signed = followers.filter((member) => member.payload.key === next)
    keys.add(next)
    last = next
  }
}

/**
 * The key to which a record of `last` committed and which has signed since. The earliest commitment decides. `signed`: the
 * records of `last` itself, `own`: all of this member, both in order of time. null for none.
 */
export function successorOf(
  last: Key,
  signed: readonly MemberObject[],
  own: readonly MemberObject[],
  sha256: Sha256,
): Key | null {
  const claims = new Map<Hash, Key>()
  for (const member of own) {
    if (member.payload.previous === last) claims.set(toHex(sha256(fromHex(member.payload.key))), member.payload.key)
  }
  for (const member of signed) {
    const next = claims.get(member.payload.next)
    if (next !== undefined) return next
  }
  return null
}

/** `founders` names first keys of members, or operators themselves. Either way these operators stand from the beginning. */
function foundingOperators(network: NetworkObject, current: Current): ReadonlySet<Key> {
  return new Set(network.payload.founders.map((key) => current.get(key)?.record.payload.operator ?? key))
}

type Standings = {
  readonly of: (member: Key, operator: Key) => Standing | null
  /** Operators whose vouchers brought this operator in, first its inviter. Empty for founders, null for guests. */
  readonly invitersOf: (operator: Key) => readonly Key[] | null
  /** From when a voucher of this operator counts; null where it has no full standing. */
  readonly mayVouchFrom: (operator: Key) => Time | null
}

function standingsOf(vouchers: readonly VoucherObject[], founding: ReadonlySet<Key>): Standings {
  const since = new Map<Key, Time>([...founding].map((key) => [key, 0]))
  const inviters = new Map<Key, readonly Key[]>([...founding].map((key) => [key, []]))
  const given = new Map<Key, Time[]>()
  const standings = new Map<string, Standing>()
  const mayVouch = (key: Key, time: Time) => {
    const from = since.get(key)
    return from !== undefined && (founding.has(key) || time >= from + voucherAgeMs)
  }
  const most = (key: Key) =>
    founding.has(key) && since.size < smallNetworkOperators ? founderVouchersPerMonth : vouchersPerMonth
  for (const voucher of vouchers) {
    const { key, operator, invited, time } = voucher.payload
    const itself = key === operator && since.has(operator) && since.get(operator)! <= time
    if (!itself && !mayVouch(key, time)) continue
    const name = `${invited} ${operator}`
    const before = standings.get(name)
    if (before?.vouchers.some((voucher) => voucher.payload.key === key)) continue
    const lately = (given.get(key) ?? []).filter((number) => number > time - voucherAgeMs)
    if (lately.length >= most(key)) continue
    given.set(key, [...lately, time])
    const counted = [...(before?.vouchers ?? []), voucher]
    const able = [...since.keys()].filter((other) => other !== operator && mayVouch(other, time)).length
    const full = before?.full === true || itself || counted.length >= Math.min(2, able)
    standings.set(name, { full, since: before?.full === true ? before.since : time, vouchers: counted })
    if (full && !since.has(operator)) {
      since.set(operator, time)
      inviters.set(
        operator,
        counted.map((voucher) => voucher.payload.key),
      )
    }
  }
  return {
    of: (member, operator) => standings.get(`${member} ${operator}`) ?? null,
    invitersOf: (operator) => inviters.get(operator) ?? null,
    mayVouchFrom: (key) => {
      const from = since.get(key)
      if (from === undefined) return null
      const freed = (given.get(key) ?? []).at(-most(key))
      return Math.max(founding.has(key) ? from : from + voucherAgeMs, freed === undefined ? 0 : freed + voucherAgeMs)
    },
  }
}

function viewOf(
  id: Key,
  record: MemberObject,
  network: NetworkObject,
  standings: Standings,
  sha256: Sha256,
): MemberView | null {
  const { payload } = record
  const founder = network.payload.founders.includes(id)
  const standing = standings.of(id, payload.operator)
  if (!founder && standing === null) return null
  const counted = standing?.vouchers ?? []
  const named = counted
    .filter((voucher) => payload.vouchers.includes(voucher.id))
    .map((voucher) => voucher.payload.nonce)
  // A guest's first record fixed its placement before the second voucher came: some of the nonces are good too.
  const possible = founder ? [[]] : subsetsOf(named.slice(0, 4)).filter((nonces) => nonces.length > 0)
  if (!possible.some((nonces) => placementId(id, nonces, network.id, sha256) === payload.placement)) return null
  return {
    id,
    key: payload.key,
    name: payload.name,
    url: payload.url,
    contentUrl: payload.contentUrl ?? null,
    operator: payload.operator,
    passive: payload.passive,
    weight: payload.weight,
    region: counted[0]?.payload.region ?? '',
    block: counted[0]?.payload.block ?? '',
    inviters: standings.invitersOf(payload.operator) ?? counted.map((voucher) => voucher.payload.key),
    placement: payload.placement,
    standing: founder || standing?.full === true ? 'full' : 'guest',
    since: founder ? network.payload.time : standing!.since,
    expires: payload.expires,
    leaving: payload.leaving === true,
    record,
  }
}

function subsetsOf(items: readonly Hash[]): Hash[][] {
  const sets: Hash[][] = [[]]
  for (const item of items) sets.push(...sets.map((set) => [...set, item]))
  return sets
}
