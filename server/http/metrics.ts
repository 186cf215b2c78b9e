/** What Prometheus reads. One registry a member, so that several may live in one process. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Gauges = {
  readonly blogs: () => Promise<Readonly<Record<string, number>>>
  readonly members: () => number
}

export class Metrics {
  readonly registry = new Registry()
  readonly #requests: Histogram
  readonly #objects: Counter
  readonly #refreshed: (() => Promise<void>)[] = []

  constructor() {
    const registers = [this.registry]
    this.#requests = new Histogram({
      name: 'dgos_http_request_seconds',
      help: 'Answers by route, method and status',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    })
    this.#objects = new Counter({
      name: 'dgos_objects_total',
      help: 'Objects handed in, by what became of them',
      labelNames: ['result'],
      registers,
    })
  }

  readonly seen = (route: string, method: string, status: number, ms: number): void => {
    this.#requests.observe({ route, method: knownMethod(method), status: String(status) }, ms / 1000)
  }

  readonly counted = (result: string): void => {
    this.#objects.inc({ result })
  }

  /** Gauges that are read when asked for. */
  watch({ blogs, members }: Gauges): void {
    const registers = [this.registry]
    const byState = new Gauge({ name: 'dgos_blogs', help: 'Blogs by state', labelNames: ['state'], registers })
    const all = new Gauge({ name: 'dgos_members', help: 'Members of the network', registers })
    this.#refreshed.push(async () => {
      byState.reset()
      for (const [state, count] of Object.entries(await blogs())) byState.set({ state }, count)
      all.set(members())
    })
  }

  /** The process's own figures: memory, processor, event loop. Once a process. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.registry })
  }

  async text(): Promise<string> {
    for (const refresh of this.#refreshed) await refresh()
    return this.registry.metrics()
  }
}

/** Methods come from strangers; a label must not. */
function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'].includes(method) ? method : 'other'
}
