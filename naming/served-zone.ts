/**
 * One zone as it is served: its record sets, signed, with the chain of names that proves what is not there (NSEC). Made anew
 * whenever a record changes; signatures of sets that stayed are taken over.
 */
import { delegationSigner, type KeptKey, keyPlan, keySet, opened, type SigningKey, signatureOf } from './dnssec.ts'
import { byCanonicalName, canonicalWire, parentOf, type RecordSet, type RecordType, wireOf } from './records.ts'
import { ttlSeconds } from './zone.ts'

/** A set with its bytes and, where the zone is signed, its signature's. */
export type ServedSet = RecordSet & { readonly wire: readonly Buffer[]; readonly signature: readonly Buffer[] }

export type ServedZone = {
  readonly apex: string
  readonly serial: number
  /** By name, then by type. */
  readonly names: ReadonlyMap<string, ReadonlyMap<RecordType, ServedSet>>
  /** Names of the chain, in canonical order. */
  readonly chain: readonly string[]
  /** Names that exist only because others lie below them. */
  readonly between: ReadonlySet<string>
  readonly soa: ServedSet
  /** For the parent zone; null where it is not signed. */
  readonly delegation: string | null
}

export type ZoneSource = {
  readonly apex: string
  /** Without SOA, keys and chain. */
  readonly sets: readonly RecordSet[]
  /** Names of its servers, the first this one. */
  readonly servers: readonly string[]
  /** Who is responsible, as a name: "hostmaster.example.org". */
  readonly mailbox: string
  /** null: not signed. */
  readonly keys: readonly KeptKey[] | null
}

/** Signatures already made, by what they cover. */
export type SignatureCache = Map<string, Buffer>

/** Seconds of SOA: secondaries ask each minute, retry soon, and go on answering for two weeks. */
const [refresh, retry, expire] = [60, 20, 14 * 86_400]
const serversTtl = 3_600
const keysTtl = 3_600
/** Signatures are good for ten days and made anew each second day, for all sets at once. */
const periodSeconds = 2 * 86_400
const goodSeconds = 10 * 86_400
const slowClockSeconds = 3_600

export function servedZone(source: ZoneSource, serial: number, nowMs: number, cache: SignatureCache): ServedZone {
  const { apex, servers, mailbox, keys } = source
  const sign = keys === null ? null : signer(apex, keys, nowMs, cache)
  const soa: RecordSet = {
    name: apex,
    type: 'SOA',
    ttl: ttlSeconds,
    data: [{ mname: servers[0], rname: mailbox, serial, refresh, retry, expire, minimum: ttlSeconds }],
  }
  const ns: RecordSet = { name: apex, type: 'NS', ttl: serversTtl, data: servers }
  const own = [soa, ns, ...source.sets, ...(sign === null ? [] : [sign.keySet])]
  const chain = [...new Set(own.map((set) => set.name))].sort(byCanonicalName)
  const nsec = sign === null ? [] : chain.map((name, i) => link(name, chain[i + 1] ?? apex, own))
  const names = new Map<string, Map<RecordType, ServedSet>>(chain.map((name) => [name, new Map()]))
  for (const set of [...own, ...nsec]) {
    names.get(set.name)!.set(set.type, { ...set, wire: wireOf(set), signature: sign === null ? [] : sign.of(set) })
  }
  sign?.forget()
  return {
    apex,
    serial,
    names,
    chain,
    between: betweenOf(chain, apex),
    soa: names.get(apex)!.get('SOA')!,
    delegation: sign === null ? null : delegationSigner(apex, sign.ksk),
  }
}

/** True where the two would say the same, but for their serial. */
export function saysTheSame(left: ZoneSource, right: ZoneSource): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** Days and key of the signatures at this moment: a zone signed in another period, or by another key, is signed anew. */
export function signingPeriod(keys: readonly KeptKey[] | null, nowMs: number): string {
  return keys === null ? 'unsigned' : `${periodOf(nowMs)} ${keyPlan(keys, nowMs).zsk.madeMs}`
}

function periodOf(nowMs: number): number {
  return Math.floor(nowMs / 1000 / periodSeconds)
}

function signer(apex: string, keys: readonly KeptKey[], nowMs: number, cache: SignatureCache) {
  const plan = keyPlan(keys, nowMs)
  const [ksk, zsk] = [opened(plan.ksk), opened(plan.zsk)]
  const inception = periodOf(nowMs) * periodSeconds - slowClockSeconds
  const validity = { inception, expiration: inception + slowClockSeconds + goodSeconds }
  const used = new Set<string>()
  const by = (set: RecordSet, key: SigningKey) => {
    const name = `${key.tag} ${inception} ${Buffer.from(canonicalWire(set)).toString('latin1')}`
    const made = cache.get(name) ?? signatureOf(set, apex, key, validity)
    cache.set(name, made)
    used.add(name)
    return made
  }
  return {
    ksk,
    keySet: keySet(apex, plan.published.map(opened), keysTtl),
    of: (set: RecordSet) => [by(set, set.type === 'DNSKEY' ? ksk : zsk)],
    /** What no set needs any more. */
    forget: () => {
      for (const name of cache.keys()) if (!used.has(name)) cache.delete(name)
    },
  }
}

function link(name: string, nextDomain: string, sets: readonly RecordSet[]): RecordSet {
  const types = sets.filter((set) => set.name === name).map((set) => set.type)
  const data = [{ nextDomain, rrtypes: [...types, 'RRSIG', 'NSEC'] }]
  return { name, type: 'NSEC', ttl: ttlSeconds, data }
}

function betweenOf(chain: readonly string[], apex: string): ReadonlySet<string> {
  const known = new Set(chain)
  const between = new Set<string>()
  for (const name of chain) {
    for (let up = parentOf(name); up !== apex && up.length > apex.length; up = parentOf(up))
      if (!known.has(up)) between.add(up)
  }
  return between
}
