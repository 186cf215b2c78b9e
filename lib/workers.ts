/**
 * Foreign documents are read by pure functions elsewhere: in threads with an end to their time and memory. What asks for
 * more is a value, `TOO_COSTLY`, and costs nobody else more than a thread's start.
 *
 *   run(job, input) → owner's turn → thread (begun with work, ended when idle) → outcome | 2 s of processor, 10 s, heap
 *
 * Threads by Piscina, which ends a thread to end its task and starts another. Simulations and tests run the same functions
 * in line.
 */
import { once } from 'node:events'
import { availableParallelism, totalmem } from 'node:os'
import { threadId, type Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { systemClock } from './clock.ts'
import { SharedTime, type WorkTurn } from './schedule.ts'

export type { WorkTurn }

export const TOO_COSTLY = 'TOO_COSTLY'

/** A function's own word that its input asks for too much. */
export class TooCostly extends Error {
  readonly code = TOO_COSTLY
}

/** A function by its name: what crosses to a thread is the name and the input, and both must survive a structured clone. */
export type Job<Input, Output> = {
  readonly name: string
  readonly act: (input: Input) => Output | Promise<Output>
}

export type Outcome<Output> =
  | { readonly ok: true; readonly value: Output }
  /** BUSY: the line is full. It says nothing about the input. */
  | { readonly ok: false; readonly reason: typeof TOO_COSTLY | 'BUSY'; readonly detail: string }

export type Workers = {
  run<Input, Output>(job: Job<Input, Output>, input: Input, turn: WorkTurn): Promise<Outcome<Output>>
  /** Ends every thread. */
  close(): Promise<void>
}

/** In the caller's own thread, one after the other. For simulations and tests: only a function's own bounds hold. */
export const inlineWorkers: Workers = {
  run: async (job, input) => (await outcomeOf(job, input)) as never,
  close: async () => {},
}

export type WorkerPoolOptions = {
  /** A module that exports `perform`, made by `performer`. */
  readonly entry: URL
  readonly threads: number
  readonly cpuMs: number
  readonly wallMs: number
  readonly heapBytes: number
  /** A thread without work ends after this. */
  readonly idleMs: number
  /** Part of all threads' time that the unproven get together. */
  readonly unprovenShare: number
}

export const workerDefaults: Omit<WorkerPoolOptions, 'entry' | 'threads'> = {
  cpuMs: 2_000,
  wallMs: 10_000,
  heapBytes: 192 * 1024 * 1024,
  idleMs: 20_000,
  unprovenShare: 0.1,
}

const smallMachineBytes = 1024 ** 3
const threadsMax = 4

/** One where memory is short. The main thread keeps a core where there are several. */
export function threadsHere(): number {
  const bytes = process.constrainedMemory() || totalmem()
  if (Math.min(bytes, totalmem()) < smallMachineBytes) return 1
  return Math.max(2, Math.min(threadsMax, availableParallelism() - 1))
}

/** How often running tasks are looked at: what a task may exceed its time by. */
const lookMs = 50
/** What a thread keeps young objects in, within its heap. */
const youngBytes = 32 * 1024 * 1024
/**
 * V8 ends a thread at its limit, but the whole process where one large array would have to grow beyond it (nodejs/node
 * 47224). So a thread is ended from outside before it comes there.
 */
const headroomBytes = 64 * 1024 * 1024
const mib = 1024 * 1024

export class WorkerPool implements Workers {
  readonly #options: WorkerPoolOptions
  readonly #time: SharedTime
  readonly #running = new Set<RunningTask>()
  #pool: Promise<Piscina> | null = null
  #opened: Piscina | null = null
  #looking: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    const { threads, unprovenShare, cpuMs: savedMsMax } = options
    this.#time = new SharedTime({ clock: systemClock }, { threads, unprovenShare, savedMsMax })
  }

  async run<Input, Output>(job: Job<Input, Output>, input: Input, turn: WorkTurn): Promise<Outcome<Output>> {
    return (await this.#time.add(turn, () => this.#perform(job, input))) ?? busy
  }

  /** Threads that live now. */
  get threads(): number {
    return this.#opened?.threads.length ?? 0
  }

  /** Resolves when no thread lives any more: the last work was long ago. */
  async ended(): Promise<void> {
    const pool = await this.#pool
    while (pool !== null && pool.threads.length > 0) {
      for (const thread of pool.threads) thread.ref() // an idle one does not keep the process alive
      await once(pool, 'workerDestroy')
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#looking !== null) clearInterval(this.#looking)
    await (await this.#pool)?.destroy()
  }

  async #perform<Input, Output>(job: Job<Input, Output>, input: Input): Promise<Outcome<Output>> {
    if (this.#closed) return busy
    this.#pool ??= this.#open()
    const pool = await this.#pool
    const task = new RunningTask()
    this.#running.add(task)
    this.#looking ??= setInterval(() => this.#look(pool), lookMs).unref()
    try {
      const work: Work = { job: job.name, input, thread: task.thread }
      return (await pool.run(work, { signal: task.signal, name: 'perform' })) as Outcome<Output>
    } catch (error) {
      return refusal(error, task)
    } finally {
      this.#running.delete(task)
      if (this.#running.size === 0 && this.#looking !== null) {
        clearInterval(this.#looking)
        this.#looking = null
      }
    }
  }

  async #open(): Promise<Piscina> {
    const { Piscina } = await import('piscina')
    const { entry, threads, heapBytes, idleMs } = this.#options
    const pool = new Piscina({
      filename: entry.href,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: idleMs,
      atomics: 'disabled',
      recordTiming: false,
      resourceLimits: {
        maxOldGenerationSizeMb: (heapBytes + headroomBytes - youngBytes) / mib,
        maxYoungGenerationSizeMb: youngBytes / mib,
      },
    })
    // A thread may die of memory when its task is over: nobody waits for an answer then.
    pool.on('error', () => {})
    this.#opened = pool
    return pool
  }

  #look(pool: Piscina): void {
    const nowMs = performance.now()
    for (const task of this.#running) {
      const id = task.threadId
      const thread = id === 0 ? undefined : pool.threads.find((worker) => worker.threadId === id)
      void task.look(thread, nowMs, this.#options)
    }
  }
}

const busy = { ok: false, reason: 'BUSY', detail: 'too much work waits' } as const

class RunningTask {
  /** Where the thread writes its number when it begins. */
  readonly thread = new SharedArrayBuffer(4)
  readonly #abort = new AbortController()
  #begunMs = 0
  #spentMs: number | null = null
  exceeded: string | null = null

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get threadId(): number {
    return Atomics.load(new Int32Array(this.thread), 0)
  }

  async look(worker: Worker | undefined, nowMs: number, options: WorkerPoolOptions): Promise<void> {
    const { cpuMs, wallMs, heapBytes } = options
    if (worker === undefined || this.exceeded !== null) return
    if (this.#begunMs === 0) this.#begunMs = nowMs
    if (nowMs - this.#begunMs >= wallMs) return this.#end(`${wallMs} ms`)
    const [spentMs, bytes] = await Promise.all([spentBy(worker), heapOf(worker)])
    if (bytes > heapBytes) return this.#end(`${heapBytes / mib} MiB`)
    if (spentMs === null) return
    this.#spentMs ??= spentMs
    if (spentMs - this.#spentMs >= cpuMs) this.#end(`${cpuMs} ms of processor time`)
  }

  #end(limit: string): void {
    this.exceeded = limit
    this.#abort.abort()
  }
}

/** Processor time of a thread; where this Node cannot tell, the time in which it was not idle. */
async function spentBy(worker: Worker): Promise<number | null> {
  if (typeof worker.cpuUsage !== 'function') return worker.performance.eventLoopUtilization().active
  try {
    const { user, system } = await worker.cpuUsage()
    return (user + system) / 1000
  } catch {
    return null // the thread has ended: so has its task
  }
}

async function heapOf(worker: Worker): Promise<number> {
  if (typeof worker.getHeapStatistics !== 'function') return 0
  try {
    const { used_heap_size: used, malloced_memory: malloced } = await worker.getHeapStatistics()
    return used + malloced
  } catch {
    return 0 // the thread has ended
  }
}

function refusal(error: unknown, task: RunningTask): Outcome<never> {
  if (task.exceeded !== null) return { ok: false, reason: TOO_COSTLY, detail: `more than ${task.exceeded}` }
  const code = (error as { code?: unknown }).code
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { ok: false, reason: TOO_COSTLY, detail: 'more than its memory' }
  throw error
}

type Work = { readonly job: string; readonly input: unknown; readonly thread: SharedArrayBuffer }

/** In the thread: finds the function by its name and gives its outcome. */
export function performer(jobs: Readonly<Record<string, () => Promise<Job<never, unknown>>>>) {
  return async ({ job, input, thread }: Work): Promise<Outcome<unknown>> => {
    Atomics.store(new Int32Array(thread), 0, threadId)
    const load = Object.hasOwn(jobs, job) ? jobs[job] : undefined
    if (load === undefined) throw new Error(`no job is called ${job}`)
    return outcomeOf(await load(), input as never)
  }
}

/** RangeErrors are what V8 says where a text, a stack or an array would grow beyond its limits. */
async function outcomeOf<Input, Output>(job: Job<Input, Output>, input: Input): Promise<Outcome<Output>> {
  try {
    return { ok: true, value: await job.act(input) }
  } catch (error) {
    if (!(error instanceof TooCostly || error instanceof RangeError)) throw error
    return { ok: false, reason: TOO_COSTLY, detail: error.message.slice(0, 200) }
  }
}
