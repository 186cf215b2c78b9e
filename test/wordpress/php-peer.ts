/** A long-running PHP that answers the contract's questions, one line of JSON each, in order. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { plugin } from './php.ts'

export type Answer = { readonly found?: unknown; readonly thrown?: string; readonly opened?: true }

export class PhpPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = []

  constructor(options: { readonly php?: readonly string[]; readonly script?: readonly string[] } = {}) {
    const words = [...(options.php ?? []), join(plugin, 'tests', 'differential.php'), ...(options.script ?? [])]
    this.#child = spawn('php', words, { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Answer)
    })
    this.#child.on('close', (status) => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(`php ended with ${status}`))
    })
  }

  ask(question: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    })
  }

  stop(): void {
    this.#child.stdin.end()
  }
}
