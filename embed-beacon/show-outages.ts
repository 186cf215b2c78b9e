/**
 * What the beacon does when a list has entries: which of them two members agree on, which concern this page, and then a
 * notice, marked links, a list, or a redirect.
 */
import type { Key, Time } from '../protocol/objects.ts'
import { addressHash, type OutageEntry } from '../protocol/outage-list.ts'
import { ask } from './ask.ts'
import type { Check } from './evidence.ts'
import { findMirror } from './journey.ts'
import { type Linked, linkedHostPaths } from './linked.ts'
import { type HeardLists, listAgreement } from './list-agreement.ts'
import { markLinks } from './marks.ts'
import { newest, recall, remember } from './memory.ts'
import { type Row, type Speech, showNotice } from './notice.ts'
import { sha256 } from './sha256.ts'
import { showSidebarList } from './sidebar-list.ts'
import { textsOf } from './texts.ts'

/** A closed notice stays closed for this long. */
const closedMs = 24 * 3_600_000
/** Who was led away and comes back is not led away again within this. */
const leftMs = 30 * 60_000
const rowsMax = 3
const rollMax = 10
/** Text of a member's list of blogs, where a roll looks up names. */
const namesBytesMax = 1_000_000

export type ShownOutages = HeardLists & {
  readonly own: HTMLElement
  readonly loadCheck: () => Promise<Check>
}
/** Says how many fallen blogs are shown. */
export type ShowOutages = (telling: ShownOutages) => Promise<number>

type Follow = (entry: OutageEntry, href?: string) => ReturnType<typeof findMirror>

export const showOutages: ShowOutages = async (telling) => {
  const { own, tag, nowMs } = telling
  const has = (mode: string) => tag.modes.includes(mode)
  const linked = linkedHostPaths(document.links, location.href)
  const here = linkedHostPaths([location], '')
  const { entries: listed, keys } = await listAgreement(
    [...linked.keys(), ...(has('redirect') ? here.keys() : [])],
    telling,
  )
  const byAddress = byHash(linked)
  const atHome = byHash(here)
  // Drills are silent.
  const all = listed.filter((outageEntry) => outageEntry.state !== 'exercise')
  const away = all.filter((outageEntry) => !atHome.has(outageEntry.address))
  const speech = textsOf(document.documentElement.lang || navigator.language)
  const follow = followerOf(telling, keys)
  const rowOf = (entry: OutageEntry, link = byAddress.get(entry.address)) => row(entry, link, speech, follow)
  const home = has('redirect') ? all.filter((outageEntry) => atHome.has(outageEntry.address)) : []
  if (await isLedAway(home, follow, nowMs)) return 1
  if (has('links')) markFallen(away, follow, speech)
  const { closed } = recall()
  const entries = away
    .filter((outageEntry) => has('notice') && (byAddress.has(outageEntry.address) || !tag.linkedOnly))
    .sort((a, b) => Number(byAddress.has(b.address)) - Number(byAddress.has(a.address)))
  const told = [...home, ...entries]
    .filter((outageEntry) => !((closed[outageEntry.blog] ?? 0) > nowMs()))
    .slice(0, rowsMax)
  showNotice(
    told.map((entry) => rowOf(entry, atHome.get(entry.address) ?? byAddress.get(entry.address))),
    speech,
    () => {
      const until = Object.fromEntries(told.map((entry) => [entry.blog, nowMs() + closedMs]))
      remember({ closed: newest({ ...recall().closed, ...until }) })
    },
  )
  if (has('roll')) {
    const rolled = away.slice(0, rollMax)
    const names = await namesOf(rolled, byAddress, telling)
    showSidebarList(
      own,
      rolled.map((entry) => rowOf(entry, names.get(entry.address))),
      speech,
    )
  }
  return has('notice') || home.length > 0 ? told.length : away.length
}

function byHash(linked: ReadonlyMap<string, Linked>): ReadonlyMap<string, Linked> {
  return new Map([...linked].map(([path, link]) => [addressHash(path, sha256), link]))
}

function followerOf({ tag, verify, loadCheck, nowMs }: ShownOutages, keys: readonly Key[]): Follow {
  const deps = { platform: { sha256, verify }, loadCheck, nowMs }
  return (entry, href) => findMirror(deps, tag, entry, keys, href).catch(() => null)
}

/**
 * This page's own blog is down, undisputed: its reader is led to the mirror, once in half an hour, so that "back" comes
 * back. What the lists say is not enough: the evidence has to say it too.
 */
async function isLedAway(home: readonly OutageEntry[], follow: Follow, nowMs: () => Time): Promise<boolean> {
  const [entry] = home
  if (entry?.state !== 'down' || Math.abs(nowMs() - (recall().left[entry.blog] ?? 0)) < leftMs) return false
  const way = await follow(entry, location.href)
  if (way === null || way.target.state !== 'down' || way.target.disputed) return false
  remember({ left: newest({ ...recall().left, [entry.blog]: nowMs() }) })
  location.assign(way.url)
  return true
}

/** Only where nobody disputes it: else the links stay what they are. */
function markFallen(away: readonly OutageEntry[], follow: Follow, speech: Speech): void {
  const down = new Map(
    away.filter((outageEntry) => outageEntry.state === 'down').map((outageEntry) => [outageEntry.address, outageEntry]),
  )
  const links = [...document.links].flatMap((link) => {
    const paths = [...linkedHostPaths([link], location.href).keys()].map((path) => addressHash(path, sha256))
    const entry = paths.map((path) => down.get(path)).findLast((entry) => entry !== undefined)
    if (entry === undefined || !(link instanceof HTMLAnchorElement)) return []
    const lead = async () => {
      const way = await follow(entry, link.href)
      return way?.target.state === 'down' && !way.target.disputed ? way.url : null
    }
    return [{ link, follow: lead }]
  })
  markLinks(links, speech)
}

/**
 * Hosts for a roll. Lists carry hashes only; a member's list of all blogs carries hosts, and a host proves itself by its
 * hash, so one member's word is enough. Nobody learns which of them the page shows.
 */
async function namesOf(entries: readonly OutageEntry[], known: ReadonlyMap<string, Linked>, telling: ShownOutages) {
  const names = new Map(known)
  const [first] = telling.received
  const url = telling.tag.pins.find((pin) => pin.key === first?.key)?.url
  if (url === undefined || entries.every((entry) => names.has(entry.address))) return names
  const answer = await ask(`${url}dgos/v1/blogs`, namesBytesMax)
  for (const blog of Array.isArray(answer) ? answer : []) {
    const { hosts, proven } = (blog ?? {}) as Record<string, unknown>
    for (const [at, host] of (Array.isArray(hosts) ? hosts : []).entries()) {
      const href: unknown = Array.isArray(proven) ? proven[at] : null
      const address = addressHash(String(host), sha256)
      const links = typeof href === 'string' ? linkedHostPaths([{ href }], '') : new Map<string, Linked>()
      const link = links.get(String(host))
      if (link !== undefined && !names.has(address)) names.set(address, link)
    }
  }
  return names
}

function row(entry: OutageEntry, link: Linked | undefined, { texts }: Speech, follow: Follow): Row {
  const text = entry.state === 'exercise' ? '' : texts[entry.state]
  return {
    text: text.replace('*', () => link?.host ?? texts.someBlog),
    home: link?.href ?? null,
    mayAnswer: entry.state !== 'down',
    follow: async () => (await follow(entry, link?.href))?.url ?? null,
  }
}
