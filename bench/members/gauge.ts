/**
 * Preloaded into a member's process (`node --import gauge.ts`): answers on a Unix socket what the process costs, and
 * changes nothing else of it. Named by GAUGE_SOCKET; without it nothing happens.
 *
 *   /begin → the loop is made to turn without pause, and each turn's processor time is taken → /end → the dearest turn
 *   /still → memory after a collection, handles, open files
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

/** What one stretch of a process cost. Times are processor times: a busy machine does not lengthen them much. */
export type Cost = {
  /** The dearest single turn of the main loop. */
  readonly turnMs: number
  /** All threads but the main one: workers, the pool of libuv, the collector. */
  readonly elsewhereMs: number
  /** Heap and buffers of the main thread above where they began, garbage included. */
  readonly mainMiB: number
  /** The whole process above where it began. */
  readonly rssMiB: number
}

export type Still = {
  readonly rssMiB: number
  readonly heapMiB: number
  readonly externalMiB: number
  readonly handles: number
  readonly files: number
}

const mib = 1024 * 1024
const round = (value: number) => Math.round(value * 10) / 10

function listen(path: string): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const gauge = new Gauge(collect)
  rmSync(path, { force: true })
  const server = createServer((request, response) => {
    const answers: Record<string, () => unknown> = {
      '/begin': () => gauge.begin(),
      '/end': () => gauge.end(),
      '/still': () => still(collect),
    }
    response.setHeader('connection', 'close')
    response.end(JSON.stringify(answers[request.url ?? '']?.() ?? null))
  })
  server.listen(path).unref()
}

class Gauge {
  readonly #collect: () => void
  #turning = false
  #lastMs = 0
  #turnMs = 0
  #mainBytes = 0
  #from = { mainMs: 0, allMs: 0, mainBytes: 0, rssKib: 0 }

  constructor(collect: () => void) {
    this.#collect = collect
  }

  begin(): void {
    this.#collect()
    // The highest mark of the resident memory starts again from here.
    writeFileSync('/proc/self/clear_refs', '5')
    const mainBytes = heldBytes()
    this.#from = { mainMs: mainMs(), allMs: allMs(), mainBytes, rssKib: statusKib('VmRSS') }
    this.#mainBytes = mainBytes
    this.#turnMs = 0
    this.#turning = true
    setImmediate(() => {
      this.#lastMs = mainMs()
      setImmediate(() => this.#turn())
    })
  }

  end(): Cost {
    this.#turning = false
    const { mainMs: mainFrom, allMs: allFrom, mainBytes, rssKib } = this.#from
    return {
      turnMs: round(this.#turnMs),
      elsewhereMs: round(Math.max(0, allMs() - allFrom - (mainMs() - mainFrom))),
      mainMiB: round(Math.max(0, this.#mainBytes - mainBytes) / mib),
      rssMiB: round(Math.max(0, statusKib('VmHWM') - rssKib) / 1024),
    }
  }

  #turn(): void {
    const nowMs = mainMs()
    const ms = nowMs - this.#lastMs
    if (ms > this.#turnMs) this.#turnMs = ms
    if (ms > 0.5) this.#mainBytes = Math.max(this.#mainBytes, heldBytes())
    this.#lastMs = mainMs()
    if (this.#turning) setImmediate(() => this.#turn())
  }
}

function heldBytes(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics()
  return used + external
}

function mainMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function allMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function statusKib(name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))![1])
}

function still(collect: () => void): Still {
  collect()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return {
    rssMiB: round(rss / mib),
    heapMiB: round(heapUsed / mib),
    externalMiB: round((external + arrayBuffers) / mib),
    handles: process.getActiveResourcesInfo().length,
    files: readdirSync('/proc/self/fd').length,
  }
}

if (isMainThread && process.env.GAUGE_SOCKET !== undefined) listen(process.env.GAUGE_SOCKET)
