/**
 * Fairness: each head names a sponsor, whose operator pays for the blog by storing others'. A mirror grants an operator a
 * floor of blogs, and one more for every ten mirror places that its members fill for blogs of other sponsors. Beyond
 * that this member says `capacity` and keeps no more of that operator's newest blogs; head signers then choose others.
 */

import type { Ledger } from '../ledger/ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { currentHead } from '../protocol/heads.ts'
import { mirrorsMax } from '../protocol/limits.ts'
import { byTime, type Hash, type Key, type SignedObject } from '../protocol/objects.ts'
import type { Signer } from '../protocol/platform.ts'
import type { Roster } from '../protocol/roster.ts'

export type QuotasDeps = {
  readonly ledger: Ledger
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Log
}
export type QuotasOptions = { readonly self: Key; readonly blogsFloor: number }

export type SponsoredBlog = {
  readonly blog: Hash
  /** When the blog joined. */
  readonly since: number
  readonly sponsor: Key
  /** Operators of its mirrors. */
  readonly mirrors: readonly Key[]
}

/** Blogs beyond what their sponsors have earned, by sponsoring operator the newest first. Pure. */
export function overQuota(blogs: readonly SponsoredBlog[], blogsFloor: number): ReadonlySet<Hash> {
  const over = new Set<Hash>()
  for (const [sponsor, own] of Map.groupBy(blogs, (blog) => blog.sponsor)) {
    const served = blogs.filter((blog) => blog.sponsor !== sponsor && blog.mirrors.includes(sponsor)).length
    const granted = blogsFloor + Math.floor(served / mirrorsMax)
    const oldestFirst = [...own].sort((a, b) => a.since - b.since || (a.blog < b.blog ? -1 : 1))
    for (const sponsoredBlog of oldestFirst.slice(granted)) over.add(sponsoredBlog.blog)
  }
  return over
}

export class Quotas {
  readonly #deps: QuotasDeps
  readonly #options: QuotasOptions

  constructor(deps: QuotasDeps, options: QuotasOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Says and takes back `capacity` for the blogs that this member should mirror. */
  async round(): Promise<void> {
    const { ledger, signer, clock, log } = this.#deps
    const roster = ledger.roster()
    const self = roster.memberOf(this.#options.self)
    const blogs: (SponsoredBlog & { readonly mine: boolean; readonly refused: boolean })[] = []
    for (const id of ledger.blogs()) {
      const objects = await ledger.blog(id)
      const head = currentHead(objects, clock.nowMs())
      if (head?.payload.sponsor === undefined) continue
      const refusal = newestRefusal(objects.refusal, signer.key)
      blogs.push({
        blog: id,
        since: objects.root.find((root) => root.id === id)?.payload.time ?? 0,
        sponsor: roster.memberOf(head.payload.sponsor)?.operator ?? head.payload.sponsor,
        mirrors: operatorsOf(head, roster),
        mine: self !== null && head.payload.mirrors.includes(self.id),
        refused: refusal !== null && refusal.payload.lifted !== true && refusal.payload.reason === 'capacity',
      })
    }
    const over = overQuota(blogs, this.#options.blogsFloor)
    for (const { blog, mine, refused } of blogs) {
      if (refused === over.has(blog) || (!mine && !refused)) continue
      log.info('quota', { blog, over: !refused })
      await ledger.publish('refusal', { blog, reason: 'capacity', ...(refused ? { lifted: true } : {}) }, signer)
    }
  }
}

function operatorsOf(head: SignedObject<'head'>, roster: Roster): readonly Key[] {
  return head.payload.mirrors.flatMap((key) => roster.memberOf(key)?.operator ?? [])
}

/** What this member said last about the whole blog. An operator's own refusal is not touched by quotas. */
function newestRefusal(refusals: readonly SignedObject<'refusal'>[], key: Key): SignedObject<'refusal'> | null {
  const own = refusals.filter(
    ({ payload }) => payload.key === key && payload.blob === undefined && payload.post === undefined,
  )
  return own.sort((a, b) => byTime(b, a))[0] ?? null
}
