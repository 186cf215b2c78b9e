/**
 * A process of its own for one batch after the other, and a watchdog over it. An input that ends the process, or takes
 * more processor time than any second look would forgive, is the fault; the batch goes on behind it in a new process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { processorSeconds } from '../siege/resident.ts'
import { type Batch, type Fault, faultAt, type Said } from './batch.ts'

/** Processor time of one input after which its process is ended. */
const hangsS = 5
const lookMs = 500
const heapMiB = 512

export class BatchProcess {
  readonly #folder: string
  #child: ChildProcess | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Reads the inputs of a batch, each once. */
  async read(batch: Batch): Promise<readonly Fault[]> {
    const faults: Fault[] = []
    for (let from = batch.from; ; ) {
      const { at, why } = await this.#readFrom({ ...batch, from }, faults)
      if (why === null) return faults
      faults.push(faultAt(batch, at, why, this.#folder))
      from = at + 1
    }
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = null
  }

  /** `why` is null where the batch came to its end; else the process ended at this input. */
  #readFrom(batch: Batch, faults: Fault[]): Promise<{ readonly at: number; readonly why: string | null }> {
    const child = this.#running()
    let at = batch.from
    let seen = { at: -1, spentS: 0 }
    let hangs = false
    const watch = setInterval(() => {
      const spentS = processorSeconds(child.pid)
      if (seen.at !== at) seen = { at, spentS }
      if (spentS - seen.spentS < hangsS) return
      hangs = true
      child.kill('SIGKILL')
    }, lookMs)
    return new Promise((resolve) => {
      const end = (why: string | null) => {
        clearInterval(watch)
        child.removeAllListeners()
        if (why !== null) this.#child = null
        resolve({ at, why })
      }
      child.on('message', (said: Said) => {
        if (said === 'done') end(null)
        else if ('fault' in said) faults.push(said.fault)
        else at = said.at
      })
      child.once('exit', (code, signal) =>
        end(hangs ? `hangs for ${hangsS} s of processor time` : `the process ends (${code ?? signal})`),
      )
      child.send(batch)
    })
  }

  #running(): ChildProcess {
    const flags = ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${heapMiB}`]
    this.#child ??= fork(join(import.meta.dirname, 'batch.ts'), [this.#folder], { execArgv: flags })
    return this.#child
  }
}
