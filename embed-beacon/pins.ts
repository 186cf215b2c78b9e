/**
 * Pins that outlive their tag. A blogger pastes a tag once; members change their keys, move, and leave. So a site's beacon
 * looks after its pins, once a week and whenever not even two of them answer:
 *
 *   every pin's list `pins` → those that gave none: their own records, from whoever has them → still silent: a successor
 *   that a majority of the pins names
 *
 * Pins that answer stay. Of each member the newest word is remembered and an older one refused. What cannot be proved
 * leaves the pins as they were. The tag itself never changes; another tag on the page begins anew.
 */
import { open } from '../protocol/envelope.ts'
import { memberUntilMsMax } from '../protocol/limits.ts'
import { successorOf } from '../protocol/membership.ts'
import { byTime, type Hash, type Key, type SignedObject, type Time } from '../protocol/objects.ts'
import { isPlace, type OutageList, type OutageMember } from '../protocol/outage-list.ts'
import type { Platform, VerifyEd25519 } from '../protocol/platform.ts'
import { ask } from './ask.ts'
import { askList, openLists } from './lists.ts'
import { recall, remember } from './memory.ts'
import { sha256 } from './sha256.ts'
import type { Pin, Pins, Tag } from './tag.ts'

/** The tag as it is from now on, and remembered so; null where its members stay as they are. */
export type FollowPins = (tag: Tag, of: string, verify: VerifyEd25519, nowMs: Time) => Promise<Tag | null>

/** Records of one member: one or two for each key that it has had. */
const recordsMax = 64
/** Text of an answer with records. */
const recordsBytesMax = 512 * 1024
/** Members asked for the records of one that is silent, beside itself. */
const sourcesMax = 3

type Statement = OutageList & { readonly bucket: 'pins' }
type MemberRecord = SignedObject<'member'>

export const followPins: FollowPins = async (tag, of, verify, nowMs) => {
  const before = recall().pins
  const next = await followed(tag, before?.of === of ? before : { of, ...none }, verify, nowMs)
  remember({ pins: next.pins })
  return next.tag
}

const none = { members: '', listed: {}, recorded: {} }

/** The same, of pins that are remembered elsewhere. `tag` has the members as they are now. */
export async function followed(
  tag: Tag,
  { of, listed, recorded }: Pins,
  verify: VerifyEd25519,
  nowMs: Time,
): Promise<{ readonly tag: Tag | null; readonly pins: Pins }> {
  const platform = { sha256, verify }
  const statements = await statementsOf(tag, tag.pins, listed, platform, nowMs)
  const answers = (pin: Pin) => statements.some((statement) => statement.key === pin.key)
  const sources = tag.pins.filter(answers).slice(0, sourcesMax)
  const records: MemberRecord[] = []
  const moved = await Promise.all(
    tag.pins.map(async (pin) => {
      if (answers(pin)) return pin
      const found = await recordsOf(pin, [pin, ...sources], tag.network, platform)
      const record = currentRecord(pin.key, found, nowMs)
      if (record === null || record.payload.time < (recorded[pin.key] ?? 0)) return pin
      records.push(record)
      const { key, url } = record.payload
      return key === pin.key && url === pin.url ? pin : { key, url }
    }),
  )
  const others = moved.filter((pin) => !answers(pin))
  const all = [...statements, ...(await statementsOf({ ...tag, pins: others }, others, listed, platform, nowMs))]
  const next = succeeded(moved, all)
  const told = records.map((record) => record.payload)
  const members = next.map((pin) => `${pin.url}=${pin.key}`).join()
  const pins = { of, members, listed: timesOf(next, listed, all), recorded: timesOf(next, recorded, told) }
  return { tag: next.every((pin, i) => pin === tag.pins[i]) ? null : { ...tag, pins: next }, pins }
}

/** The newest time known of each pin. */
function timesOf(pins: readonly Pin[], before: Pins['listed'], spoken: readonly { key: Key; time: Time }[]) {
  const newest = new Map(pins.flatMap(({ key }) => (before[key] === undefined ? [] : [[key, before[key]]])))
  for (const { key, time } of spoken) if (pins.some((pin) => pin.key === key)) newest.set(key, time)
  return Object.fromEntries(newest)
}

/** What each of these pins says now; those that are silent, lie about who they are, or repeat old words are left out. */
async function statementsOf(
  tag: Tag,
  pins: readonly Pin[],
  newest: Pins['listed'],
  platform: Platform,
  nowMs: Time,
): Promise<readonly Statement[]> {
  const received = await Promise.all(
    pins.map(async (pin) => ({ key: pin.key, envelopes: [await askList(pin.url, '/pins')] })),
  )
  const lists = await openLists(received, tag, platform.verify, nowMs)
  return lists.filter((list): list is Statement => list.bucket === 'pins' && list.time >= (newest[list.key] ?? 0))
}

/** The records of a member that any of these have; each proves itself. */
async function recordsOf(
  { key }: Pin,
  sources: readonly Pin[],
  network: Hash,
  platform: Platform,
): Promise<readonly MemberRecord[]> {
  const answers = await Promise.all(sources.map(({ url }) => ask(`${url}dgos/v1/members/${key}`, recordsBytesMax)))
  const envelopes = answers.flatMap((answer) => {
    const { objects } = (answer ?? {}) as { objects?: unknown }
    return Array.isArray(objects) ? objects.slice(0, recordsMax) : []
  })
  const results = await Promise.all(envelopes.map((envelope) => open(envelope, platform)))
  return results
    .flatMap((result) => (result.ok && result.value.kind === 'member' ? [result.value] : []))
    .filter(
      (member) =>
        member.payload.network === network && member.payload.expires <= member.payload.time + memberUntilMsMax,
    )
}

/**
 * The newest record of the member whose key this is or was: a key follows another where a record of that one committed to
 * it. null where none is in force, or where its address is not one that a tag can name.
 */
export function currentRecord(key: Key, records: readonly MemberRecord[], nowMs: Time): MemberRecord | null {
  const inTime = records.filter((record) => record.payload.time <= nowMs).sort(byTime)
  const keys = [key]
  for (;;) {
    const last = keys.at(-1)!
    const signed = inTime.filter((member) => member.payload.key === last)
    const member = signed[0]?.payload.member
    const own = inTime.filter((other) => other.payload.member === member)
    const next = successorOf(last, signed, own, sha256)
    if (next !== null && !keys.includes(next)) {
      keys.push(next)
      continue
    }
    const record = signed.at(-1)
    const isGood = record !== undefined && record.payload.expires > nowMs && record.payload.leaving !== true
    return isGood && isPlace(record.payload.url) ? record : null
  }
}

/**
 * Pins that answered stay; each of the others gives its place to a member that a majority of all pins names, at one address
 * and with one key, and whose operator has no pin yet. Two pins of one operator would be one voice that counts twice.
 */
export function succeeded(pins: readonly Pin[], statements: readonly OutageList[]): readonly Pin[] {
  const votes = new Map<string, { readonly pin: OutageMember; count: number }>()
  const operators = new Set<Key | undefined>()
  const answered = new Set<Key>()
  for (const pin of pins) {
    const named = statements.find((statement) => statement.key === pin.key)?.members
    if (named === undefined) continue
    answered.add(pin.key)
    for (const outageMember of new Map(named.map((each) => [each.key, each])).values()) {
      if (typeof outageMember.operator !== 'string') continue
      if (outageMember.key === pin.key) operators.add(outageMember.operator)
      const name = `${outageMember.url} ${outageMember.key} ${outageMember.operator}`
      const vote = votes.get(name) ?? { pin: outageMember, count: 0 }
      votes.set(name, vote)
      vote.count++
    }
  }
  const able = [...votes.values()].filter(({ count }) => count > pins.length / 2).map(({ pin }) => pin)
  return pins.map((pin) => {
    if (answered.has(pin.key)) return pin
    const heir = able.find((outageMember) => !answered.has(outageMember.key) && !operators.has(outageMember.operator))
    if (heir === undefined) return pin
    operators.add(heir.operator)
    return { key: heir.key, url: heir.url }
  })
}
