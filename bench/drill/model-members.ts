/** A network as the protocol sees it: members with keys and places, of which records need no signatures here. */
import { type Random, shuffled } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { Hash, Key, Observation, SignedObject, Time } from '../../protocol/objects.ts'
import { placeMirrors } from '../../protocol/placement.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { MemberView, Roster } from '../../protocol/roster.ts'
import { placeStandIns, type Seating } from '../../protocol/seats.ts'

export function modelRoster(random: Random, count: number): Roster {
  const hash = () => toHex(random.bytes(32))
  const members = Array.from({ length: count }, (): MemberView => {
    const key = hash()
    const own = { id: key, key, name: key, url: `https://${key}.example/`, contentUrl: null, operator: hash() }
    const place = { weight: 1, region: '', block: '', inviters: [], placement: hash(), passive: false }
    const standing = { standing: 'full', since: 0, expires: Number.MAX_SAFE_INTEGER, leaving: false } as const
    return { ...own, ...place, ...standing, record: {} as SignedObject<'member'> }
  })
  const byKey = new Map(members.map((member) => [member.key, member]))
  const operators = members.map((member) => member.operator)
  const network = { id: '0'.repeat(64) } as SignedObject<'network'>
  return { network, members, operators, memberOf: (key) => byKey.get(key) ?? null }
}

/** Who sits for a blog of this network. */
export function modelSeating(blog: Hash, roster: Roster, sha256: Sha256): Seating {
  const mirrors = placeMirrors(blog, roster, sha256)
  const listed = { mirrors: mirrors.map((mirror) => mirror.id), own: [] }
  return { mirrors, standIns: placeStandIns(blog, listed, roster, sha256), strangers: 0 }
}

export type Said = Pick<Observation, 'state' | 'time' | 'probes'> & { readonly unreachable: readonly Key[] }

export function word(blog: Hash, member: MemberView, said: Said, serial: number): SignedObject<'observation'> {
  const fields = { network: '0'.repeat(64), blog, key: member.key, address: 'https://a.example/', reason: 'timeout' }
  const payload: Observation = { ...fields, since: said.time, ...said }
  const envelope = { payload: '', payloadType: '', signatures: [] as never }
  return { id: serial.toString(16).padStart(64, '0'), kind: 'observation', payload, envelope }
}

/** A word of the quorum as its declarer signs it. */
export function verdictOf(blog: Hash, votes: readonly SignedObject<'observation'>[], timeMs: Time) {
  const until = timeMs + 30 * 60_000
  const said = { network: '0'.repeat(64), key: '', blog, time: timeMs, state: 'down', by: 'quorum', until } as const
  const payload = { ...said, votes: votes.map((vote) => vote.envelope) }
  const envelope = { payload: '', payloadType: '', signatures: [] as never }
  return { id: 'f'.repeat(64), kind: 'declaration', payload, envelope } as SignedObject<'declaration'>
}

/** So many of all members, at random. */
export function some(random: Random, roster: Roster, share: number): ReadonlySet<Key> {
  const count = Math.round(share * roster.members.length)
  return new Set(
    shuffled(random, roster.members)
      .slice(0, count)
      .map((member) => member.id),
  )
}
