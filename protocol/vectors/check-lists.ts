/** Rules about lists: reconciliation and outage lists between members, entries of feeds. */
import { readArchivePart } from '../archive.ts'
import { utf8 } from '../bytes.ts'
import { type FeedEntry, feedIds } from '../feed-ids.ts'
import type { Hash, Key, Time } from '../objects.ts'
import { addressHash, agreedEntry, bucketOf, type OutageList, openList } from '../outage-list.ts'
import { answer, fingerprint, firstMessage, parseRanges } from '../reconcile.ts'
import type { Rule, World } from './world.ts'

/** Sorted ids that need not be written out: SHA-256 of name, space, number. */
type Ids = readonly Hash[]

type Trust = { readonly network: Hash; readonly keys: readonly Key[] | null; readonly nowMs: Time }

async function opened(lists: readonly unknown[], trust: Trust, world: World): Promise<readonly OutageList[]> {
  const read = await Promise.all(lists.map((list) => openList(list, trust, world.platform.verify)))
  return read.flatMap((result) => (result.ok ? [result.value] : []))
}

export const listRules: Readonly<Record<string, Rule>> = {
  fingerprint: (input: { ids: Ids }, world: World) => fingerprint(input.ids, world.platform.sha256),

  reconcile: (input: { ids: Ids; message?: unknown }, world: World) => {
    const { sha256 } = world.platform
    if (input.message === undefined) return { first: firstMessage(input.ids, sha256) }
    const message = parseRanges(input.message)
    return message === null ? 'refused' : answer(input.ids, message, sha256)
  },

  outages: async (input: { list: unknown; trust: Trust }, world: World) => {
    const read = await openList(input.list, input.trust, world.platform.verify)
    if (!read.ok) return { code: read.code }
    const { bucket, entries, members } = read.value
    return { bucket, entries, ...(bucket === 'pins' ? { members } : {}) }
  },

  'outage-names': (input: { hostPath: string }, world: World) => ({
    address: addressHash(input.hostPath, world.platform.sha256),
    bucket: bucketOf(input.hostPath, world.platform.sha256),
  }),

  'archive-part': (input: { text: string; part: number; of: number }, world: World) =>
    readArchivePart(utf8(input.text), input, world.platform.sha256),

  'feed-ids': (input: { entries: readonly FeedEntry[] }) => feedIds(input.entries),

  'outages-agreed': async (input: { lists: readonly unknown[]; trust: Trust; address: string }, world: World) =>
    agreedEntry(await opened(input.lists, input.trust, world), input.address) ?? 'nothing',
}
