/**
 * BlobKeeper: every byte that this member owes to the blogs it mirrors is here, whole, and nothing else is.
 *
 *   head stored → its snapshot object, from the signer or any mirror → missing blobs, from any holder, hashed
 *   head forgets paths → their bytes leave, history too    |   root closes → everything leaves
 *   sweep → history beyond the rule and blobs that nothing names leave, in the second sweep that finds them so
 */

import { CoalescedRuns } from '../ledger/coalesced-runs.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Peers } from '../ledger/peers.ts'
import { refusedPosts, refusesAll, standing } from '../ledger/refused.ts'
import type { BlobStore } from '../lib/blob-store.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Schedule } from '../lib/schedule.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { currentHead } from '../protocol/heads.ts'
import { isShown } from '../protocol/kinds.ts'
import { blogOf, type Hash, type Key, type SignedObject, type Time } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { rootChain } from '../protocol/roots.ts'
import type { CaptureStore } from './capture/capture-store.ts'
import { isForgotten } from './capture/url.ts'
import { FairLanes } from './fair-lanes.ts'
import { MirrorFetcher } from './mirror-fetcher.ts'
import { attachmentsOf, filesOf, type RetentionRule, retained, type WantedBlob } from './retention.ts'

export type BlobKeeperDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly peers: Peers
  readonly captures: CaptureStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly sha256: Sha256
}

export type BlobKeeperOptions = {
  /** The key this member signs with. */
  readonly self: Key
  /** Bytes on this disk that one blog may claim, history and attachments included. */
  readonly blogBytesMax: number
  readonly history: RetentionRule
  /** How often every blog is looked through for missing blobs. */
  readonly checkMs: number
  /** How soon a pull that found no holder is tried again. */
  readonly retryMs: number
  readonly sweepMs: number
}

/** `blogBytesMax` is the operator's to set. */
export const blobKeeperDefaults: Omit<BlobKeeperOptions, 'self' | 'blogBytesMax'> = {
  history: { newest: 5, days: 14 },
  checkMs: 3_600_000,
  retryMs: 60_000,
  sweepMs: 3_600_000,
}

/** Pulls at one time. A blog whose last one found no holder for something is slow. */
const lines = { name: 'keep', quick: 6, slow: 2 }

export type Pull = {
  /** Blobs that arrived, and those that nobody handed out. */
  readonly fetched: number
  readonly missing: readonly Hash[]
  /** Blobs left out because the blog's share of the disk is used up. */
  readonly overQuota: number
  /** The snapshot object itself could not be had. */
  readonly noSnapshot: boolean
}

const nothing: Pull = { fetched: 0, missing: [], overQuota: 0, noSnapshot: false }

export type KeptListener = (blog: Hash) => void

export class BlobKeeper {
  readonly #deps: BlobKeeperDeps
  readonly #options: BlobKeeperOptions
  readonly #dueMs = new Map<Hash, Time>()
  readonly #listeners = new Set<KeptListener>()
  readonly #from: MirrorFetcher
  readonly #references: (() => Promise<Iterable<Hash>>)[] = []
  readonly #pulls = new CoalescedRuns((blog) => this.#run(blog))
  readonly #lanes: FairLanes
  /** Blogs whose last pull found no holder for something. */
  readonly #lacks = new Set<Hash>()
  #unnamed = new Set<Hash>()

  constructor(deps: BlobKeeperDeps, options: BlobKeeperOptions) {
    this.#deps = deps
    this.#options = options
    this.#from = new MirrorFetcher(deps, options)
    this.#lanes = new FairLanes(deps, lines)
  }

  start(schedule: Schedule, lookMs: number): Cancel {
    for (const blog of this.#deps.ledger.blogs()) this.#dueMs.set(blog, 0)
    const cancels = [
      schedule.every('keep', lookMs, 0, async () => this.#begin()),
      schedule.every('sweep', this.#options.sweepMs, this.#options.sweepMs / 10, () => this.sweep()),
      this.#deps.ledger.onStored((objects) => this.note(objects)),
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  /** Records that a blog may want bytes, or may want them gone. */
  note(objects: readonly SignedObject[]): void {
    for (const object of objects) {
      const blog = blogOf(object)
      if (blog !== null && isShown(object.kind)) this.#dueMs.set(blog, 0)
    }
  }

  /** Called when bytes of a blog have arrived or left: its pages are to be rendered again. */
  onKept(listener: KeptListener): Cancel {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Blobs that another part of the member needs and the sweep must leave. */
  addReferences(source: () => Promise<Iterable<Hash>>): void {
    this.#references.push(source)
  }

  /** Pulls for every blog that is due, to the end. */
  async tick(): Promise<void> {
    this.#begin()
    await this.#lanes.drain()
  }

  /** Begins to pull for every blog that is due. Waits for no holder. */
  #begin(): void {
    for (const [blog, dueMs] of this.#dueMs) {
      if (dueMs > this.#deps.clock.nowMs()) continue
      void this.#lanes.begin(blog, { owner: blog }, this.#lacks.has(blog), async () => void (await this.pull(blog)))
    }
  }

  /** Everything this member owes the blog, fetched from whoever has it. Two at a time for one blog are one. */
  pull(blog: Hash): Promise<Pull> {
    return this.#pulls.current(blog)
  }

  async #run(blog: Hash): Promise<Pull> {
    const { clock } = this.#deps
    const { checkMs, retryMs } = this.#options
    this.#dueMs.set(blog, clock.nowMs() + checkMs)
    const result = await this.#pull(blog)
    const retry = result.missing.length > 0 || result.noSnapshot
    if (retry) this.#lacks.add(blog)
    else this.#lacks.delete(blog)
    const planned = this.#dueMs.get(blog) ?? 0
    if (retry) this.#dueMs.set(blog, Math.min(planned, clock.nowMs() + retryMs))
    if (result.fetched > 0) this.#tell(blog)
    return result
  }

  /** Bytes of the blog on this disk. */
  async usage(blog: Hash): Promise<number> {
    const claims = await this.#claims(await this.#deps.ledger.blog(blog))
    const sizes = await Promise.all(
      [...new Set(claims.map((claim) => claim.blob))].map((hash) => this.#deps.blobs.size(hash)),
    )
    return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  }

  async #pull(blog: Hash): Promise<Pull> {
    const { ledger, clock } = this.#deps
    const objects = await ledger.blog(blog)
    if (objects.root.length === 0) this.#dueMs.delete(blog)
    if (rootChain(blog, objects.root)?.current.payload.closed === true) {
      await this.#close(objects)
      return nothing
    }
    await this.#dropRefused(objects)
    const head = currentHead(objects, clock.nowMs())
    if ((head?.payload.forgotten?.length ?? 0) > 0) await this.#forget(objects, head!.payload.forgotten!)
    if (!this.#isMirror(head) || this.#refuses(objects, null)) return nothing
    const wantedIds = [
      head!.payload.snapshot,
      ...objects.declaration.map((declaration) => declaration.payload.show),
    ].filter((id) => id !== undefined)
    let noSnapshot = false
    for (const id of new Set(wantedIds)) {
      if (objects.snapshot.some((snapshot) => snapshot.id === id)) continue
      const found = await this.#from.object(id, head!)
      if (!found && id === head!.payload.snapshot) noSnapshot = true
    }
    const known = await ledger.blog(blog)
    const wanted = this.#wanted(known, head!, wantedIds)
    return { ...(await this.#fetchBlobs(known, wanted, head!)), noSnapshot }
  }

  /** Attachments first: they exist nowhere else. Then the copy that readers see. */
  #wanted(objects: BlogObjects, head: SignedObject<'head'>, ids: readonly Hash[]): WantedBlob[] {
    const forgotten = head.payload.forgotten ?? []
    const files = ids
      .map((id) => objects.snapshot.find((snapshot) => snapshot.id === id))
      .filter((snapshot) => snapshot !== undefined)
      .flatMap((snapshot) => filesOf(snapshot.payload, forgotten))
    const all = [...this.#attachments(objects), ...files]
    const once = new Map(all.map(({ blob, bytes }) => [blob, { blob, bytes }]))
    return [...once.values()].filter((wanted) => !this.#refuses(objects, wanted.blob))
  }

  async #fetchBlobs(
    objects: BlogObjects,
    wanted: readonly WantedBlob[],
    head: SignedObject<'head'>,
  ): Promise<Omit<Pull, 'noSnapshot'>> {
    const { blobs, log } = this.#deps
    const absent = []
    for (const wantedBlob of wanted) if (!(await blobs.has(wantedBlob.blob))) absent.push(wantedBlob)
    if (absent.length === 0) return nothing
    let used = await this.usage(objects.blog)
    const fitting = absent.filter(({ bytes }) => {
      const fits = used + bytes <= this.#options.blogBytesMax
      if (fits) used += bytes
      return fits
    })
    const got = await this.#from.blobs(fitting, head)
    const missing = fitting.filter((_, i) => !got[i]).map((wantedBlob) => wantedBlob.blob)
    const overQuota = absent.length - fitting.length
    if (overQuota > 0) log.warn('blog-over-quota', { blog: objects.blog, blobs: overQuota })
    if (missing.length > 0) log.info('blobs-missing', { blog: objects.blog, blobs: missing.length })
    return { fetched: fitting.length - missing.length, missing, overQuota }
  }

  #isMirror(head: SignedObject<'head'> | null): boolean {
    const self = this.#deps.ledger.roster().memberOf(this.#options.self)
    return head !== null && self !== null && head.payload.mirrors.includes(self.id)
  }

  /** Whether this member's operator refuses the blob, or (null) the blog. The newest word on it counts. */
  #refuses(objects: BlogObjects, blob: Hash | null): boolean {
    return standing(this.#ownRefusals(objects)).some(
      (refusal) => (refusal.blob ?? null) === blob && refusal.post === undefined,
    )
  }

  #attachments(objects: BlogObjects): readonly WantedBlob[] {
    const refused = refusedPosts(this.#ownRefusals(objects))
    const post = objects.post.filter((post) => !refused.has(post.id))
    return attachmentsOf({ ...objects, post }, this.#deps.clock.nowMs())
  }

  #ownRefusals(objects: BlogObjects): readonly SignedObject<'refusal'>[] {
    const { ledger } = this.#deps
    const self = ledger.roster().memberOf(this.#options.self)?.id ?? this.#options.self
    return objects.refusal.filter(({ payload: { key } }) => (ledger.roster().memberOf(key)?.id ?? key) === self)
  }

  /** What the operator refuses leaves this disk now: until then anybody could still fetch it by its hash. */
  async #dropRefused(objects: BlogObjects): Promise<void> {
    const refusals = this.#ownRefusals(objects)
    const refused = standing(refusals)
    if (refused.length === 0) return
    const posts = refusesAll(refusals) ? null : refusedPosts(refusals)
    const attached = objects.post
      .filter((post) => posts?.has(post.id) ?? true)
      .flatMap((post) => post.payload.attachments.map((file) => file.blob))
    const candidates = new Set([
      ...attached,
      ...refused.map((refusal) => refusal.blob).filter((blob) => blob !== undefined),
    ])
    if (posts === null) {
      for (const snapshot of objects.snapshot)
        for (const { blob } of filesOf(snapshot.payload, [])) candidates.add(blob)
      for (const blob of await this.#deps.captures.blobs(objects.blog)) candidates.add(blob)
      await this.#deps.captures.forget(objects.blog)
    }
    const gone = await this.drop(candidates, this.#deps.ledger.blogs())
    if (gone === 0) return
    this.#deps.log.info('refused-dropped', { blog: objects.blog, blobs: gone })
    this.#tell(objects.blog)
  }

  /** Every blob that the blog's objects and this member's captures name, within the history rule. */
  async #claims(objects: BlogObjects): Promise<WantedBlob[]> {
    const { clock, captures } = this.#deps
    const nowMs = clock.nowMs()
    if (
      rootChain(objects.blog, objects.root)?.current.payload.closed === true ||
      refusesAll(this.#ownRefusals(objects))
    )
      return []
    const head = currentHead(objects, nowMs)
    const forgotten = head?.payload.forgotten ?? []
    const captured = (await captures.blobs(objects.blog)).map((blob) => ({ blob, bytes: 0 }))
    // A capturer that is no mirror keeps its copies too: the mirrors fetch from it.
    const keeps = this.#isMirror(head) || captured.length > 0
    const kept = keeps ? this.#keptSnapshots(objects, head) : new Set<Hash>()
    const files = objects.snapshot
      .filter((snapshot) => kept.has(snapshot.id))
      .flatMap((snapshot) => filesOf(snapshot.payload, forgotten))
    return [...this.#attachments(objects), ...files, ...captured].filter(
      (wantedBlob) => !this.#refuses(objects, wantedBlob.blob),
    )
  }

  #keptSnapshots(objects: BlogObjects, head: SignedObject<'head'> | null): ReadonlySet<Hash> {
    const shown = objects.declaration.map((declaration) => declaration.payload.show)
    const kept = new Set([...shown, head?.payload.snapshot].filter((id) => id !== undefined))
    // Signer by signer: the manifests of one who only looked whether the copy is alike push out no copy.
    for (const copies of Map.groupBy(objects.snapshot, (snapshot) => snapshot.payload.key).values()) {
      const ages = copies.map((copy) => ({ id: copy.id, time: copy.payload.time }))
      for (const id of retained(ages, this.#deps.clock.nowMs(), this.#options.history)) kept.add(id)
    }
    return kept
  }

  /**
   * Removes history beyond the rule, and blobs that nothing has named in two sweeps running: a capture or an upload under
   * way has put bytes that are named only a moment later.
   */
  async sweep(): Promise<void> {
    const { ledger, blobs, log } = this.#deps
    const named = new Set<Hash>()
    for (const blog of ledger.blogs()) {
      const objects = await ledger.blog(blog)
      const head = currentHead(objects, this.#deps.clock.nowMs())
      const kept = this.#keptSnapshots(objects, head)
      const old = objects.snapshot.filter((snapshot) => !kept.has(snapshot.id))
      await ledger.remove(
        blog,
        old.map((snapshot) => snapshot.id),
      )
      for (const claim of await this.#claims(await ledger.blog(blog))) named.add(claim.blob)
    }
    for (const source of this.#references) for (const hash of await source()) named.add(hash)
    const unnamed = new Set<Hash>()
    let removed = 0
    for await (const { hash } of blobs.list()) {
      if (named.has(hash)) continue
      if (this.#unnamed.has(hash)) {
        await blobs.remove(hash)
        removed++
      } else unnamed.add(hash)
    }
    this.#unnamed = unnamed
    if (removed > 0) log.info('swept', { removed, kept: named.size })
  }

  /** The bytes of forgotten paths leave now, unless another file, of this blog or another, has the same. */
  async #forget(objects: BlogObjects, forgotten: readonly string[]): Promise<void> {
    const { captures, ledger, log } = this.#deps
    const address = objects.snapshot[0]?.payload.address
    if (address === undefined) return
    const visits = (await captures.visits(objects.blog)).filter((visit) => isForgotten(visit.url, address, forgotten))
    await captures.removeVisits(
      objects.blog,
      visits.map((visit) => visit.url),
    )
    const before = objects.snapshot.flatMap((snapshot) => filesOf(snapshot.payload, []).map((file) => file.blob))
    const candidates = new Set([...before, ...visits.map((visit) => visit.blob)])
    for (const snapshot of objects.snapshot) {
      for (const file of filesOf(snapshot.payload, forgotten)) candidates.delete(file.blob)
    }
    const gone = await this.drop(candidates, ledger.blogs())
    if (gone > 0) log.info('paths-forgotten', { blog: objects.blog, blobs: gone })
    if (gone > 0) this.#tell(objects.blog)
  }

  async #close(objects: BlogObjects): Promise<void> {
    const { captures, ledger, log } = this.#deps
    const files = objects.snapshot.flatMap((snapshot) => filesOf(snapshot.payload, []).map((file) => file.blob))
    const attached = objects.post.flatMap((post) => post.payload.attachments.map((file) => file.blob))
    const candidates = new Set([...files, ...attached, ...(await captures.blobs(objects.blog))])
    await captures.forget(objects.blog)
    await ledger.sweep(objects.blog)
    const others = ledger.blogs().filter((blog) => blog !== objects.blog)
    const gone = await this.drop(candidates, others)
    if (gone > 0) log.info('blog-closed', { blog: objects.blog, blobs: gone })
    if (gone > 0) this.#tell(objects.blog)
  }

  /** Removes those that nothing of these blogs names. */
  async drop(candidates: Set<Hash>, blogs: readonly Hash[] = this.#deps.ledger.blogs()): Promise<number> {
    const { ledger, blobs } = this.#deps
    for (const hash of candidates) if (!(await blobs.has(hash))) candidates.delete(hash)
    if (candidates.size === 0) return 0
    for (const blog of blogs)
      for (const claim of await this.#claims(await ledger.blog(blog))) candidates.delete(claim.blob)
    for (const source of this.#references) for (const hash of await source()) candidates.delete(hash)
    for (const hash of candidates) await blobs.remove(hash)
    return candidates.size
  }

  #tell(blog: Hash): void {
    for (const listener of this.#listeners) listener(blog)
  }
}
