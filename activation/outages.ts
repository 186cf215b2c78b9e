/**
 * The outage list that this member serves to beacons: static signed bytes, made when something changes and every minute,
 * whole or in 256 buckets. Which blogs are on it follows from their states alone; see protocol/outage-list.ts for the form.
 */

import { CoalescedRuns, DueRuns } from '../ledger/coalesced-runs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { refusesAll } from '../ledger/refused.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Schedule } from '../lib/schedule.ts'
import { provenAddresses } from '../protocol/address-proof.ts'
import { hostPath } from '../protocol/addresses.ts'
import type { BlogState } from '../protocol/blog-state.ts'
import { concat, fromHex, toHex, utf8 } from '../protocol/bytes.ts'
import { currentHead } from '../protocol/heads.ts'
import { isShown } from '../protocol/kinds.ts'
import { observationFreshMs } from '../protocol/limits.ts'
import { blogOf, type Hash, type Key, type SignedObject } from '../protocol/objects.ts'
import {
  addressHash,
  bucketOf,
  isPlace,
  type OutageBucket,
  type OutageEntry,
  type OutageMember,
  type OutageState,
  outageEntriesMax,
  outageEntriesSplit,
  pinsMax,
  sealList,
} from '../protocol/outage-list.ts'
import { ranking } from '../protocol/placement.ts'
import type { Platform, Signer } from '../protocol/platform.ts'
import type { MemberView } from '../protocol/roster.ts'

export type OutagesDeps = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly schedule: Schedule
  readonly platform: Platform
  readonly signer: Signer
  readonly log: Log
}
export type OutagesOptions = {
  /** First key of this member. */
  readonly self: Key
  readonly rebuildMs: number
}

/** Seconds for which browsers and caches may keep a list. */
export const outagesMaxAgeS = 60
/** Changes that arrive together make one list. */
const settleMs = 200
/** There is one run at a time: of all buckets. */
const wholeList = 'all'

type Located = { readonly bucket: OutageBucket; readonly entry: OutageEntry }

export class Outages {
  readonly #deps: OutagesDeps
  readonly #options: OutagesOptions
  /** Blogs of which a declaration is known. */
  readonly #candidates = new Set<Hash>()
  #entries: readonly Located[] = []
  #answers = new Map<OutageBucket, Uint8Array>()
  #cancels: readonly Cancel[] = []
  readonly #settling: DueRuns
  readonly #building = new CoalescedRuns(() => this.#build())

  constructor(deps: OutagesDeps, options: OutagesOptions) {
    this.#deps = deps
    this.#options = options
    const failed = (_: string, error: unknown) => deps.log.error('outage-list-failed', { error: String(error) })
    this.#settling = new DueRuns({ clock: deps.clock, run: () => this.rebuild(), failed }, { gatherMs: settleMs })
  }

  async start(): Promise<void> {
    for (const blog of this.#deps.ledger.blogs()) this.#candidates.add(blog)
    this.#cancels = [
      this.#deps.ledger.onStored((objects) => this.#hear(objects)),
      this.#deps.schedule.every('outage-list', this.#options.rebuildMs, 0, () => this.rebuild()),
    ]
    await this.rebuild()
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#settling.stop()
  }

  /** The signed list as bytes: the whole one for null (it says "split" where it is too long), or one bucket, or whom to pin. null for no such list. */
  async answer(bucket: OutageBucket | null): Promise<Uint8Array | null> {
    const name = bucket ?? 'all'
    if (!/^(all|pins|[0-9a-f]{2})$/.test(name)) return null
    return this.#answers.get(name) ?? (await this.#seal(name))
  }

  /** Makes the list anew from the states of all blogs that were ever declared. One after the other. */
  rebuild(): Promise<void> {
    return this.#building.next(wholeList)
  }

  #hear(objects: readonly SignedObject[]): void {
    let changed = false
    for (const object of objects) {
      const blog = blogOf(object)
      const disputes = object.kind === 'observation' && object.payload.state !== 'down'
      if (blog === null || !(disputes || isShown(object.kind))) continue
      if (object.kind === 'declaration') this.#candidates.add(blog)
      changed ||= this.#candidates.has(blog)
    }
    if (changed) this.#settling.note(wholeList)
  }

  async #build(): Promise<void> {
    const entries: Located[] = []
    for (const blog of this.#candidates) {
      const state = await this.#deps.ledger.state(blog)
      const { declaration } = await this.#deps.ledger.blog(blog)
      if (declaration.length === 0) this.#candidates.delete(blog)
      else entries.push(...(await this.#entriesOf(blog, state)))
    }
    const seen = new Set<string>()
    this.#entries = entries.filter(({ entry }) => !seen.has(entry.address) && seen.add(entry.address))
    this.#answers = new Map()
    await this.#seal('all')
  }

  /** One entry an address that is proven and belongs to this blog. */
  async #entriesOf(id: Hash, state: BlogState): Promise<readonly Located[]> {
    const shown = listState(state)
    if (shown === null || state.declaration === null) return []
    const { ledger, clock, platform } = this.#deps
    const blog = await ledger.blog(id)
    const mirrors = await this.#shownMirrors(id, state.declaration)
    const entries: Located[] = []
    for (const { address } of provenAddresses(blog, ledger.roster(), clock.nowMs(), platform.sha256)) {
      const host = hostPath(address)
      if ((await ledger.byHost(host)) !== id) continue
      const entry = {
        address: addressHash(host, platform.sha256),
        blog: id,
        declaration: state.declaration.id.slice(0, 32),
        state: shown,
        mirrors,
      }
      entries.push({ bucket: bucketOf(host, platform.sha256), entry })
    }
    return entries
  }

  /**
   * Two mirrors, those that have shown themselves alive first. Each member names others, so that readers who ask two
   * members get up to four, and no mirror is everybody's first.
   */
  async #shownMirrors(id: Hash, declaration: SignedObject<'declaration'>): Promise<readonly OutageMember[]> {
    const { ledger, clock, platform } = this.#deps
    const blog = await ledger.blog(id)
    const roster = ledger.roster()
    const nowMs = clock.nowMs()
    const fresh = blog.observation.filter((observation) => observation.payload.time > nowMs - observationFreshMs)
    const keys = [
      ...fresh.map((observation) => observation.payload.key),
      ...(declaration.payload.votes ?? []).map((vote) => keyOf(vote)),
    ]
    const alive = new Set([this.#options.self, ...keys.map((key) => roster.memberOf(key)?.id)])
    const mirrors = (currentHead(blog, nowMs)?.payload.mirrors ?? [])
      .map((key) => roster.memberOf(key))
      .filter((member) => member !== null)
      .filter((member) => member.expires > nowMs && !member.leaving)
      // Who refuses the blog shows nothing of it: no reader is sent there.
      .filter(
        (member) =>
          !refusesAll(blog.refusal.filter((declaration) => roster.memberOf(declaration.payload.key)?.id === member.id)),
      )
    const scored = mirrors.map((member) => {
      const score = toHex(platform.sha256(concat(fromHex(this.#options.self), fromHex(member.id), fromHex(id))))
      return { member, score: `${alive.has(member.id) ? 0 : 1}${score}` }
    })
    scored.sort((a, b) => (a.score < b.score ? -1 : 1))
    return scored.slice(0, 2).map(({ member }) => ({ key: member.key, url: member.contentUrl ?? member.url }))
  }

  /** This member, and the first of each operator in a ranking that every member computes alike. */
  #pins(): readonly OutageMember[] {
    const { ledger, platform } = this.#deps
    const roster = ledger.roster()
    const own = roster.memberOf(this.#options.self)
    const ranked = ranking(ledger.network.id, roster, platform.sha256).filter((member) => !member.passive)
    const pins = new Map<Key, MemberView>()
    for (const member of [...(own === null ? [] : [own]), ...ranked]) {
      if (!pins.has(member.operator) && isPlace(member.url)) pins.set(member.operator, member)
    }
    return [...pins.values()].slice(0, pinsMax).map(({ key, url, operator }) => ({ key, url, operator }))
  }

  async #seal(name: OutageBucket): Promise<Uint8Array> {
    const { ledger, clock, signer, log } = this.#deps
    const answers = this.#answers
    const split = name === 'all' && this.#entries.length > outageEntriesSplit
    const found = this.#entries.filter((entry) => (name === 'all' ? !split : entry.bucket === name))
    if (found.length > outageEntriesMax) log.warn('outage-list-cut', { bucket: name, entries: found.length })
    const fields = {
      network: ledger.network.id,
      time: clock.nowMs(),
      bucket: split ? 'split' : name,
      entries: found.slice(0, outageEntriesMax).map((located) => located.entry),
      members: name === 'pins' ? this.#pins() : [],
    }
    const bytes = utf8(JSON.stringify(await sealList(fields, signer)))
    answers.set(name, bytes)
    return bytes
  }
}

/** How a state stands in the list; null where the blog is not on it. */
export function listState({ state, disputed, exercise }: BlogState): OutageState | null {
  if (state === 'returning') return 'returning'
  if (state !== 'down') return null
  if (exercise) return 'exercise'
  return disputed ? 'disputed' : 'down'
}

function keyOf(vote: { readonly signatures: readonly { readonly keyid: string }[] }): Key {
  return vote.signatures[0]?.keyid ?? ''
}
