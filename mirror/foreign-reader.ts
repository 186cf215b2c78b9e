/**
 * Foreign documents, read in threads. What asked for too much is left alone for a while, each time twice as long, and its
 * owner is told: the same bytes would ask for as much again.
 */
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { inlineWorkers, type Job, TOO_COSTLY, type Workers } from '../lib/workers.ts'
import type { Hash, Time } from '../protocol/objects.ts'

/** `source`: the address or the hash of the document. `place`: the host it came from. */
export type ForeignDocument = {
  readonly blog: Hash
  readonly source: string
  readonly place: string
  /** The blog's address is proven. */
  readonly proven: boolean
}
export type CostlySource = { readonly source: string; readonly untilMs: Time; readonly tries: number }

/** The first rest of a document, and the longest. */
const restMs = 10 * 60_000
const restMsMax = 24 * 3_600_000
/** Documents remembered. The oldest make room: they are read once more. */
const sourcesMax = 10_000

export type ForeignReaderDeps = { readonly clock: Clock; readonly log: Log; readonly workers?: Workers }

export class ForeignReader {
  readonly #clock: Clock
  readonly #log: Log
  readonly #workers: Workers
  readonly #costly = new Map<string, CostlySource & { readonly blog: Hash }>()

  constructor({ clock, log, workers = inlineWorkers }: ForeignReaderDeps) {
    this.#clock = clock
    this.#log = log
    this.#workers = workers
  }

  /** What the job makes of the document, or TOO_COSTLY. Throws where there is no room for more work: try later. */
  async read<Input, Output>(
    job: Job<Input, Output>,
    input: Input,
    { blog, source, place, proven }: ForeignDocument,
  ): Promise<Output | typeof TOO_COSTLY> {
    const name = `${blog} ${job.name} ${source}`
    const known = this.#costly.get(name)
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) return TOO_COSTLY
    const outcome = await this.#workers.run(job, input, { owner: blog, place, proven })
    if (outcome.ok) {
      this.#costly.delete(name)
      return outcome.value
    }
    if (outcome.reason === 'BUSY') throw new Error('too many documents wait to be read')
    const tries = (known?.tries ?? 0) + 1
    const untilMs = this.#clock.nowMs() + Math.min(restMsMax, restMs * 2 ** (tries - 1))
    this.#costly.delete(name)
    this.#costly.set(name, { blog, source, untilMs, tries })
    if (this.#costly.size > sourcesMax) this.#costly.delete(this.#costly.keys().next().value!)
    this.#log.warn('too-costly', { blog, source, job: job.name, detail: outcome.detail, untilMs })
    return TOO_COSTLY
  }

  /** Documents of a blog that are left alone now. */
  costly(blog: Hash): readonly CostlySource[] {
    const nowMs = this.#clock.nowMs()
    return [...this.#costly.values()]
      .filter((costly) => costly.blog === blog && costly.untilMs > nowMs)
      .map(({ source, untilMs, tries }) => ({ source, untilMs, tries }))
  }
}
