/**
 * Foreign documents, read in threads. What asked for too much is left alone for a while, each time twice as long, over
 * restarts too, and its owner is told: the same bytes would ask for as much again.
 */
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { inlineWorkers, type Job, TOO_COSTLY, type Workers } from '../lib/workers.ts'
import type { Hash } from '../protocol/objects.ts'
import { type CostlyNote, costlyNote } from './costly-note.ts'
import type { Costly, CostlyStore } from './costly-store.ts'

/** `source`: the address or the hash of the document. `place`: the host it came from. */
export type ForeignDocument = {
  readonly blog: Hash
  readonly source: string
  readonly place: string
  /** How its owner knows it: an address. */
  readonly shown: string
  /** The blog's address is proven. */
  readonly proven: boolean
}

/** The first rest of a document, and the longest. */
const restMs = 10 * 60_000
const restMsMax = 24 * 3_600_000
/** Documents remembered. Those that rest shortest make room: they are read once more. */
const costlyMax = 10_000
/** Beyond this an address is cut before it is kept. */
const shownMax = 300

export type ForeignReaderDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly workers?: Workers
  /** Without it what rests is forgotten with the process. */
  readonly store?: CostlyStore
}

export class ForeignReader {
  readonly #clock: Clock
  readonly #log: Log
  readonly #workers: Workers
  readonly #store: CostlyStore | null
  /** By blog, then by job and source. */
  readonly #costly = new Map<Hash, Map<string, Costly>>()
  #count = 0

  constructor({ clock, log, workers = inlineWorkers, store }: ForeignReaderDeps) {
    this.#clock = clock
    this.#log = log
    this.#workers = workers
    this.#store = store ?? null
  }

  /** With what an earlier process left alone. What has not been asked for in a day since its rest ended is forgotten. */
  static async open(deps: ForeignReaderDeps): Promise<ForeignReader> {
    const reader = new ForeignReader(deps)
    const known = (await deps.store?.all()) ?? []
    const old = known.filter((costly) => reader.#isOld(costly))
    await deps.store?.remove(old)
    for (const costly of known) if (!old.includes(costly)) reader.#note(costly)
    return reader
  }

  /** What the job makes of the document, or TOO_COSTLY. Throws where there is no room for more work: try later. */
  async read<Input, Output>(
    job: Job<Input, Output>,
    input: Input,
    { blog, source, place, shown, proven }: ForeignDocument,
  ): Promise<Output | typeof TOO_COSTLY> {
    const known = this.#costly.get(blog)?.get(nameOf({ job: job.name, source }))
    if (known !== undefined && known.until > this.#clock.nowMs()) return TOO_COSTLY
    const outcome = await this.#workers.run(job, input, { owner: blog, place, proven })
    if (outcome.ok) {
      await this.#clear(blog, job.name, shown.slice(0, shownMax))
      return outcome.value
    }
    if (outcome.reason === 'BUSY') throw new Error('too many documents wait to be read')
    const nowMs = this.#clock.nowMs()
    const tries = (known?.tries ?? 0) + 1
    const costly = {
      blog,
      job: job.name,
      source,
      shown: shown.slice(0, shownMax),
      detail: outcome.detail,
      since: known?.since ?? nowMs,
      until: nowMs + Math.min(restMsMax, restMs * 2 ** (tries - 1)),
      tries,
    }
    this.#note(costly)
    await this.#store?.put(costly)
    await this.#makeRoom()
    this.#log.warn('too-costly', { blog, source, job: job.name, detail: outcome.detail, untilMs: costly.until })
    return TOO_COSTLY
  }

  /** Documents of a blog that were too costly when they were last read: for its owner, one entry an address. */
  costly(blog: Hash): readonly CostlyNote[] {
    const nowMs = this.#clock.nowMs()
    const all = [...(this.#costly.get(blog)?.values() ?? [])].filter((costly) => !this.#isOld(costly))
    const newest = new Map(all.sort((a, b) => a.until - b.until).map((costly) => [costly.shown, costly]))
    return [...newest.values()].slice(0, notesMax).map((costly) => costlyNote(costly, nowMs))
  }

  #isOld({ until }: Costly): boolean {
    return until + restMsMax <= this.#clock.nowMs()
  }

  #note(costly: Costly): void {
    const ofBlog = this.#costly.get(costly.blog) ?? new Map<string, Costly>()
    if (!ofBlog.has(nameOf(costly))) this.#count++
    ofBlog.set(nameOf(costly), costly)
    this.#costly.set(costly.blog, ofBlog)
  }

  /** A document that was read has taken the place of those under its address that were not. */
  async #clear(blog: Hash, job: string, shown: string): Promise<void> {
    const ofBlog = this.#costly.get(blog)
    if (ofBlog === undefined) return
    await this.#forget([...ofBlog.values()].filter((costly) => costly.job === job && costly.shown === shown))
  }

  async #makeRoom(): Promise<void> {
    if (this.#count <= costlyMax) return
    const all = [...this.#costly.values()].flatMap((ofBlog) => [...ofBlog.values()])
    await this.#forget(all.sort((a, b) => a.until - b.until).slice(0, Math.ceil(costlyMax / 10)))
  }

  async #forget(gone: readonly Costly[]): Promise<void> {
    for (const costly of gone) {
      const ofBlog = this.#costly.get(costly.blog)
      if (ofBlog?.delete(nameOf(costly)) === true) this.#count--
      if (ofBlog?.size === 0) this.#costly.delete(costly.blog)
    }
    await this.#store?.remove(gone)
  }
}

/** Entries that one blog's owner is told of: the others are alike. */
const notesMax = 20

function nameOf({ job, source }: Pick<Costly, 'job' | 'source'>): string {
  return `${job} ${source}`
}
