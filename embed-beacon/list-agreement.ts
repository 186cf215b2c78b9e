/**
 * What two members say alike. Where lists are split, the buckets of the page's own links are asked for: each holds one in
 * 256 of all hosts, so the question names no blog. Where the members asked do not agree on an address (words reach them
 * seconds apart, and one may lie), the other pins are asked too.
 */
import type { Key, Time } from '../protocol/objects.ts'
import { agreedEntry, bucketOf, type OutageEntry, type OutageList } from '../protocol/outage-list.ts'
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { askList, listsNeeded, openLists } from './lists.ts'
import { type Received, remember } from './memory.ts'
import { sha256 } from './sha256.ts'
import type { Tag } from './tag.ts'

/** What was heard so far, and from whom more may be heard. */
export type HeardLists = {
  readonly tag: Tag
  readonly received: readonly Received[]
  readonly lists: readonly OutageList[]
  readonly verify: VerifyEd25519
  readonly nowMs: () => Time
}

/** Buckets one page asks for: a page that links to more fallen hosts than this learns of some at its next visit. */
const bucketsMax = 6

export type AgreedEntry = {
  readonly entries: readonly OutageEntry[]
  /** Members whose lists were believed. */
  readonly keys: readonly Key[]
}

/** What is agreed of the whole lists and of the buckets that these places lie in. */
export async function listAgreement(hostPaths: readonly string[], heard: HeardLists): Promise<AgreedEntry> {
  const { tag, verify, nowMs } = heard
  const wanted = [...new Set(hostPaths.map((hostPath) => bucketOf(hostPath, sha256)))].slice(0, bucketsMax)
  const received = new Map(heard.received.map((received) => [received.key, received]))
  const lists = [...heard.lists]
  const take = async (more: readonly Received[]) => {
    for (const { key, envelopes } of more)
      received.set(key, { key, envelopes: [...(received.get(key)?.envelopes ?? []), ...envelopes] })
    lists.push(...(await openLists(more, tag, verify, nowMs())))
    if (more.length > 0) remember({ lists: [...received.values()] })
  }
  const takeBuckets = async (of: readonly Received[]) => take(await missingBuckets(wanted, of, lists, heard))
  await takeBuckets(heard.received)
  if (addressesOf(lists).some((address) => firstAgreed(lists, address) === null)) {
    const others = tag.pins.filter(({ key }) => !received.has(key))
    const more = await Promise.all(others.map(async ({ key, url }) => ({ key, envelopes: [await askList(url)] })))
    await take(more)
    await takeBuckets(more)
  }
  const entries = addressesOf(lists).flatMap((address) => firstAgreed(lists, address) ?? [])
  return { entries, keys: keysOf(lists) }
}

/** Buckets of split lists that are not there yet. */
async function missingBuckets(
  wanted: readonly string[],
  received: readonly Received[],
  lists: readonly OutageList[],
  { tag }: HeardLists,
): Promise<readonly Received[]> {
  const asked = received.map(async ({ key }) => {
    const own = lists.filter((list) => list.key === key).map((list) => list.bucket)
    const url = tag.pins.find((pin) => pin.key === key)?.url
    const missing = own.includes('split') && url !== undefined ? wanted.filter((part) => !own.includes(part)) : []
    return { key, envelopes: await Promise.all(missing.map((bucket) => askList(url!, `/${bucket}`))) }
  })
  return (await Promise.all(asked)).filter((heard) => heard.envelopes.length > 0)
}

/** The first agreement stands: what members say who were asked about something else does not undo it. */
function firstAgreed(lists: readonly OutageList[], address: string): OutageEntry | null {
  const keys = keysOf(lists)
  for (let asked = listsNeeded; asked <= keys.length; asked++) {
    const heard = lists.filter((list) => keys.indexOf(list.key) < asked)
    const entry = agreedEntry(heard, address)
    if (entry !== null) return entry
  }
  return null
}

function addressesOf(lists: readonly OutageList[]): readonly string[] {
  return [...new Set(lists.flatMap((list) => list.entries.map((entry) => entry.address)))]
}

function keysOf(lists: readonly OutageList[]): readonly Key[] {
  return [...new Set(lists.map((list) => list.key))]
}
