/**
 * The part that is loaded when a list has entries: which of them two members agree on, which concern this page, and the
 * notice about them. Where lists are split, the buckets of the page's own links are asked for: each holds one in 256 of
 * all hosts, so the question names no blog.
 */
import type { Key, Time } from '../protocol/objects.ts'
import { addressHash, agreedEntry, bucketOf, type OutageEntry, type OutageList } from '../protocol/outage-list.ts'
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { findMirror } from './journey.ts'
import { type Linked, linkedHostPaths } from './linked.ts'
import { askList, openLists, type Received } from './lists.ts'
import { recall, remember } from './memory.ts'
import { showNotice } from './notice.ts'
import { handOver, type Load, type PartHash } from './parts.ts'
import { sha256 } from './sha256.ts'
import type { Tag } from './tag.ts'

/** Written in by build.ts. */
declare const checkPart: PartHash

/** A closed notice stays closed for this long. */
const closedMs = 24 * 3_600_000
const rowsMax = 3
/** Buckets one page asks for: a page that links to more fallen hosts than this learns of some at its next visit. */
const bucketsMax = 6

export type Telling = {
  readonly tag: Tag
  readonly received: readonly Received[]
  readonly lists: readonly OutageList[]
  readonly verify: VerifyEd25519
  readonly load: Load
  readonly nowMs: () => Time
}
/** Says how many fallen blogs are shown. */
export type Tell = (telling: Telling) => Promise<number>

const tell: Tell = async (telling) => {
  const { tag, nowMs } = telling
  const linked = linkedHostPaths(document.links, location.href)
  const lists = [...telling.lists, ...(await bucketsFor([...linked.keys()], telling))]
  const byAddress = new Map([...linked].map(([path, link]) => [addressHash(path, sha256), link]))
  const here = new Set([...linkedHostPaths([location], '').keys()].map((path) => addressHash(path, sha256)))
  const { closed } = recall()
  const entries = agreed(lists)
    // Drills are silent, and so is what the reader closed, and the site that the reader is already on.
    .filter((one) => one.state !== 'exercise' && !((closed[one.blog] ?? 0) > nowMs()) && !here.has(one.address))
    .filter((one) => byAddress.has(one.address) || !tag.linkedOnly)
    .sort((a, b) => Number(byAddress.has(b.address)) - Number(byAddress.has(a.address)))
    .slice(0, rowsMax)
  const keys = lists.map((list) => list.key)
  showNotice(
    entries.map((entry) => row(entry, byAddress.get(entry.address), keys, telling)),
    () => {
      const until = Object.fromEntries(entries.map((entry) => [entry.blog, nowMs() + closedMs]))
      remember({ closed: { ...recall().closed, ...until } })
    },
  )
  return entries.length
}

function agreed(lists: readonly OutageList[]): OutageEntry[] {
  const addresses = new Set(lists.flatMap((list) => list.entries.map((one) => one.address)))
  return [...addresses].map((address) => agreedEntry(lists, address)).filter((one) => one !== null)
}

/** The missing buckets of split lists, received, verified and kept with the rest. */
async function bucketsFor(hostPaths: readonly string[], { tag, received, lists, verify, nowMs }: Telling) {
  const wanted = [...new Set(hostPaths.map((one) => bucketOf(one, sha256)))].slice(0, bucketsMax)
  const more = await Promise.all(
    received.map(async ({ key }) => {
      const own = lists.filter((list) => list.key === key).map((list) => list.bucket)
      const url = tag.pins.find((pin) => pin.key === key)?.url
      const missing = own.includes('split') && url !== undefined ? wanted.filter((one) => !own.includes(one)) : []
      return { key, envelopes: await Promise.all(missing.map((bucket) => askList(url!, `/${bucket}`))) }
    }),
  )
  if (more.every((one) => one.envelopes.length === 0)) return []
  const envelopesOf = (key: Key) => more.find((one) => one.key === key)!.envelopes
  remember({ lists: received.map(({ key, envelopes }) => ({ key, envelopes: [...envelopes, ...envelopesOf(key)] })) })
  return openLists(more, tag, verify, nowMs())
}

function row(entry: OutageEntry, link: Linked | undefined, keys: readonly Key[], telling: Telling) {
  const who = link?.host ?? 'A blog of our network'
  const text = {
    down: `${who} cannot be reached. Its newest posts are on mirrors.`,
    disputed: `${who} cannot be reached from everywhere. Its newest posts are on mirrors too.`,
    returning: `${who} is coming back. Its newest posts are on mirrors too.`,
    exercise: '',
  }[entry.state]
  const { tag, verify, load, nowMs } = telling
  const deps = { platform: { sha256, verify }, loadCheck: () => load<never>(checkPart), nowMs }
  return {
    text,
    home: link?.href ?? null,
    mayAnswer: entry.state !== 'down',
    follow: () => findMirror(deps, tag, entry, keys).catch(() => null),
  }
}

handOver(tell)
