/**
 * What the blogger wrote into the tag:
 *
 *   <script async src="https://member.example/beacon.js" integrity="…" crossorigin="anonymous"
 *     data-network="<network id>" data-members="https://a.example/=<key>,https://b.example/=<key>,…"></script>
 *
 * `data-members` pins five to seven members by key; two are the least. `data-mode` names what the beacon does, several
 * with spaces between: notice (alone by default), links, redirect, roll. `data-show="linked"` limits notices to blogs
 * that the page links to; by default up to three fallen blogs of the network are told, linked ones first.
 * `data-second` is another address of beacon.js, for parts when the member of `src` has died since.
 */
import { isHash } from '../protocol/bytes.ts'
import type { Hash, Key, Time } from '../protocol/objects.ts'
import { pinsMax } from '../protocol/outage-list.ts'

export type Pin = { readonly url: string; readonly key: Key }
export type Mode = 'notice' | 'links' | 'redirect' | 'roll'
export type Tag = {
  readonly network: Hash
  readonly pins: readonly Pin[]
  readonly linkedOnly: boolean
  /** Words that are no mode mean nothing. */
  readonly modes: readonly string[]
  readonly second: readonly string[]
}

/** What a site remembers of its pins. */
export type Pins = {
  /** `data-members` of the tag from which these come. */
  readonly of: string
  /** The same as it would be written now. */
  readonly members: string
  /** Key → time of the newest list of it that was believed, and of the newest record. */
  readonly listed: Readonly<Record<Key, Time>>
  readonly recorded: Readonly<Record<Key, Time>>
}

/** null where the tag does not name a network and two members with different keys. */
export function readTag(data: Readonly<Record<string, string | undefined>>): Tag | null {
  const { network = '', members = '', show, mode, second } = data
  const pins = new Map<Key, Pin>()
  for (const member of members.split(',').slice(0, pinsMax)) {
    const [, url, key] = /^\s*(https?:\/\/[a-z0-9.:-]+\/[\w.~/-]*)=([0-9a-f]{64})\s*$/.exec(member) ?? []
    if (url !== undefined && key !== undefined) pins.set(key, { url, key })
  }
  if (!isHash(network) || pins.size < 2) return null
  const modes = (mode ?? 'notice').split(/\s+/)
  return { network, pins: [...pins.values()], linkedOnly: show === 'linked', modes, second: second ? [second] : [] }
}
