/**
 * Push-pull: every round this member reconciles with a few random partners, first what all members share, then what the
 * mirrors of common blogs share. The asker does the work: it fetches what it lacks and hands over what the other lacks.
 * Source: Demers et al., "Epidemic algorithms for replicated database maintenance" (1987).
 */

import { inOrder } from '../ledger/batch.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ObjectAnswer, Peers } from '../ledger/peers.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Random, shuffled } from '../lib/random.ts'
import { curableBy } from '../protocol/codes.ts'
import { batchObjectsMax } from '../protocol/limits.ts'
import type { Hash, Key, SignedObject } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { answer, firstMessage, parseRanges, type Range } from '../protocol/reconcile.ts'
import type { MemberView } from '../protocol/roster.ts'
import type { LiveSets } from './live-sets.ts'
import { RefusalBackoff } from './refusal-backoff.ts'
import { Talk } from './talk.ts'

export type Scope = 'network' | 'mirrors'
export type GossipDeps = {
  readonly ledger: Ledger
  readonly sets: LiveSets
  readonly peers: Peers
  readonly random: Random
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type GossipOptions = { readonly self: Key; readonly partners: number }
export type SyncResult = { readonly fetched: number; readonly handed: number }

/** Messages of one talk. Each narrows the difference sixteenfold; more means that the other side plays. */
const messagesMax = 24
/** Objects that one talk fetches or hands over. The rest waits for the next round. */
const objectsMax = 4096
/** Bytes that one talk fetches. */
const fetchBytesMax = 32 * 1024 * 1024
/** A talk that was cut is no sign of ill will where it carried so many objects. */
const carriedMin = 50
/** How long a partner rests whose talk was cut: twice as long each time. */
const slowRests = { minMs: 10 * 60_000, maxMs: 24 * 3_600_000 }

export class Gossip {
  readonly #deps: GossipDeps
  readonly #options: GossipOptions
  /** Ids refused here; and, with its URL before the id, by another member. */
  readonly #backoff = new RefusalBackoff()
  /** Members by their URL that answered too slowly. */
  readonly #slow = new RefusalBackoff(slowRests)

  constructor(deps: GossipDeps, options: GossipOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** One round with random partners, side by side. */
  async round(): Promise<void> {
    const { ledger, random } = this.#deps
    const nowMs = this.#deps.clock.nowMs()
    const known = ledger.roster().members.filter((member) => member.id !== this.#options.self)
    const awake = known.filter((member) => !this.#slow.isResting(member.url, nowMs))
    const others = awake.length > 0 ? awake : known
    const chosen = shuffled(random, others).slice(0, this.#options.partners)
    await Promise.all(chosen.map((partner) => this.syncWith(partner)))
    await this.#mirrorsRound(others)
  }

  /** Both scopes with one member. null where it did not answer. */
  async syncWith(partner: MemberView): Promise<SyncResult | null> {
    const first = await this.sync(partner.url, 'network')
    if (first === null) return null
    const blogs = await this.#deps.sets.sharedBlogs(this.#options.self, partner.id)
    const second = blogs.length === 0 ? null : await this.sync(partner.url, 'mirrors', blogs)
    return { fetched: first.fetched + (second?.fetched ?? 0), handed: first.handed + (second?.handed ?? 0) }
  }

  async #mirrorsRound(others: readonly MemberView[]): Promise<void> {
    const { sets, random } = this.#deps
    const common: { readonly partner: MemberView; readonly blogs: readonly Hash[] }[] = []
    for (const partner of others) {
      if (this.#slow.isResting(partner.url, this.#deps.clock.nowMs())) continue
      const blogs = await sets.sharedBlogs(this.#options.self, partner.id)
      if (blogs.length > 0) common.push({ partner, blogs })
    }
    const chosen = shuffled(random, common).slice(0, this.#options.partners)
    await Promise.all(chosen.map(({ partner, blogs }) => this.sync(partner.url, 'mirrors', blogs)))
  }

  /** One talk. null where the other side did not answer, or not in this protocol. */
  async sync(url: string, scope: Scope, blogs: readonly Hash[] = []): Promise<SyncResult | null> {
    const { peers, sha256, log, clock } = this.#deps
    let common = blogs
    let ids = await this.#ids(scope, common)
    let message: readonly Range[] = firstMessage(ids, sha256)
    const need = new Set<Hash>()
    const have = new Set<Hash>()
    const talk = new Talk({ clock })
    for (let turn = 0; turn < messagesMax && message.length > 0; turn++) {
      const body = {
        from: this.#options.self,
        scope,
        ranges: message,
        ...(scope === 'mirrors' ? { blogs: common } : {}),
      }
      const said = await talk.ask((timeMs) => peers.post(url, 'dgos/v1/sync', body, timeMs))
      if (talk.wasCut) break
      const reply = readReply(said)
      if (reply === null) return null
      if (reply.ranges === null) {
        if (reply.blogs.length === 0 || reply.blogs.length >= common.length) break
        common = reply.blogs
        ids = await this.#ids(scope, common)
        message = firstMessage(ids, sha256)
        continue
      }
      const mine = answer(ids, reply.ranges, sha256)
      const nowMs = clock.nowMs()
      const rests = (name: string) => this.#backoff.isResting(name, nowMs)
      for (const id of mine.need) if (need.size < objectsMax && !rests(id)) need.add(id)
      for (const id of mine.have) if (have.size < objectsMax && !rests(`${url} ${id}`)) have.add(id)
      message = mine.reply
    }
    const fetched = await this.#fetch(url, [...need], talk)
    const handed = await this.#hand(url, [...have], talk)
    if (talk.wasQuick) this.#slow.forget(url)
    if (talk.wasCut && fetched + handed < carriedMin) {
      this.#slow.note(url, clock.nowMs())
      log.info('partner-slow', { url, scope })
    }
    if (fetched + handed > 0) log.debug('synced', { url, scope, fetched, handed })
    return { fetched, handed }
  }

  async #ids(scope: Scope, blogs: readonly Hash[]): Promise<readonly Hash[]> {
    return scope === 'network' ? this.#deps.sets.network() : this.#deps.sets.mirrors(blogs)
  }

  async #fetch(url: string, ids: readonly Hash[], talk: Talk): Promise<number> {
    const { peers, ledger, clock } = this.#deps
    const envelopes: unknown[] = []
    let bytes = 0
    for (let at = 0; at < ids.length && bytes < fetchBytesMax; at += batchObjectsMax) {
      let wanted = ids.slice(at, at + batchObjectsMax)
      while (wanted.length > 0) {
        const path = `dgos/v1/objects?ids=${wanted.join(',')}`
        const found = await talk.ask((timeMs) => peers.get(url, path, timeMs))
        const { objects, left } = (found ?? {}) as { objects?: unknown; left?: unknown }
        if (!Array.isArray(objects) || objects.length === 0) break
        // Never more than was asked for, whatever came.
        envelopes.push(...objects.slice(0, wanted.length))
        bytes += JSON.stringify(objects).length
        const later = new Set(Array.isArray(left) ? left : [])
        const rest = wanted.filter((id) => later.has(id))
        if (rest.length >= wanted.length || bytes >= fetchBytesMax) break
        wanted = rest
      }
    }
    return acceptAll(ledger, envelopes, (id) => this.#backoff.note(id, clock.nowMs()))
  }

  async #hand(url: string, ids: readonly Hash[], talk: Talk): Promise<number> {
    const { ledger, peers, clock } = this.#deps
    const objects: { readonly object: SignedObject }[] = []
    for (const id of ids) {
      const object = await ledger.object(id)
      if (object !== null) objects.push({ object })
    }
    const ordered = inOrder(objects).flat()
    const answers =
      (await peers.push(
        url,
        ordered.map(({ object }) => object.envelope),
        (request) => talk.ask(request),
      )) ?? []
    for (const { id, result } of answers)
      if (result === 'refused' || result === 'superseded')
        this.#backoff.note(`${url} ${String(id).slice(0, 64)}`, clock.nowMs())
    return answers.filter((answer) => answer.result === 'stored').length
  }
}

/** Accepts, and offers once more what waited for another object of the same batch, as long as that helps. */
export async function acceptAll(
  ledger: Ledger,
  envelopes: readonly unknown[],
  onRefused: (id: Hash) => void = () => {},
): Promise<number> {
  const away = new Set<Hash>()
  let stored = 0
  let left = envelopes
  while (left.length > 0) {
    const answers: readonly ObjectAnswer[] = await ledger.accept(left, 'peer')
    const now = answers.filter((answer) => answer.result === 'stored').length
    stored += now
    for (const { id, result } of answers) {
      if (id === null) continue
      if (result === 'refused' || result === 'superseded') away.add(id)
      else away.delete(id)
    }
    if (now === 0) break
    left = left.filter((_, i) => answers[i]!.code !== undefined && curableBy[answers[i]!.code] !== undefined)
  }
  for (const id of away) onRefused(id)
  return stored
}

type Reply =
  | { readonly ranges: readonly Range[]; readonly blogs: null }
  | { readonly ranges: null; readonly blogs: readonly Hash[] }

function readReply(input: unknown): Reply | null {
  const { ranges, blogs } = (input ?? {}) as Record<string, unknown>
  if (Array.isArray(blogs) && blogs.every((blog) => typeof blog === 'string')) return { ranges: null, blogs }
  const parsed = parseRanges(ranges)
  return parsed === null ? null : { ranges: parsed, blogs: null }
}
