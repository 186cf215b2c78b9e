/** Asks a member's process what it costs. */
import { request } from 'node:http'
import { join } from 'node:path'
import type { Cost, Still } from './gauge.ts'

const patienceMs = 300_000

/** How a process of Node is started with a gauge in it. `heapMiB` bounds its heap. */
export function gauged(socket: string, heapMiB: number | null = null): Record<string, string> {
  const heap = heapMiB === null ? '' : ` --max-old-space-size=${heapMiB}`
  const load = `--disable-warning=ExperimentalWarning --import=${join(import.meta.dirname, 'gauge.ts')}`
  return { GAUGE_SOCKET: socket, NODE_OPTIONS: `${load}${heap}` }
}

export class GaugeClient {
  readonly #socket: string

  constructor(options: { readonly socket: string }) {
    this.#socket = options.socket
  }

  begin(): Promise<null> {
    return this.#ask('/begin') as Promise<null>
  }

  end(): Promise<Cost> {
    return this.#ask('/end') as Promise<Cost>
  }

  still(): Promise<Still> {
    return this.#ask('/still') as Promise<Still>
  }

  #ask(path: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.#socket, path, timeout: patienceMs }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => {
          text += part
        })
        answer.on('end', () => resolve(JSON.parse(text)))
      })
      asked.on('timeout', () => asked.destroy(new Error(`no answer from ${this.#socket}`)))
      asked.on('error', reject)
      asked.end()
    })
  }
}
