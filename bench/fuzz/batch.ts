/** A process that reads one batch after the other, as its parent asks for them: `node batch.ts <folder for faults>`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { batchInputs, type Reader, readers } from './readers.ts'

/** A reader, the seed of its inputs, and the first of them that has not been read. */
export type Batch = { readonly reader: string; readonly seed: number; readonly from: number }
export type Fault = {
  readonly reader: string
  readonly seed: number
  readonly index: number
  readonly why: string
  /** Under .cache/fuzz. */
  readonly file: string
}
/** What a parent hears: the input that is read now, a fault, the end of the batch. */
export type Said = { readonly at: number } | { readonly fault: Fault } | 'done'

export function inputsOf({ reader, seed }: Pick<Batch, 'reader' | 'seed'>): readonly unknown[] {
  return fc.sample(readers[reader]!.inputs, { numRuns: batchInputs, seed })
}

/** Keeps the input of a fault where it can be read again. */
export function faultAt(batch: Pick<Batch, 'reader' | 'seed'>, index: number, why: string, folder: string): Fault {
  const { reader, seed } = batch
  const file = `${reader}-${seed}-${index}`
  const input = inputsOf(batch)[index]
  const bytes =
    typeof input === 'string' || input instanceof Uint8Array ? input : (JSON.stringify(input) ?? 'undefined')
  writeFileSync(join(folder, file), bytes)
  return { reader, seed, index, why, file }
}

const slowMs = 100
/** Compiling, collecting: what is slow once is looked at again. */
const looks = 4
/** An answer that a loop without other work has not had by then never comes. */
const answerMs = 60_000

const say = (said: Said) => process.send!(said)

async function read(batch: Batch, folder: string): Promise<void> {
  const reader = readers[batch.reader]!
  for (const [index, input] of inputsOf(batch).entries()) {
    if (index < batch.from) continue
    say({ at: index })
    const why = await faultOf(reader, input)
    if (why !== null) say({ fault: faultAt(batch, index, why, folder) })
  }
  say('done')
}

async function faultOf({ read }: Reader<unknown>, input: unknown): Promise<string | null> {
  try {
    let leastMs = Number.POSITIVE_INFINITY
    for (let look = 0; look < looks; look++) {
      const before = process.cpuUsage()
      const wrong = await answered(read(input))
      const { user, system } = process.cpuUsage(before)
      if (typeof wrong === 'string') return wrong
      leastMs = Math.min(leastMs, (user + system) / 1000)
      if (leastMs <= slowMs) return null
    }
    return `takes ${Math.round(leastMs)} ms`
  } catch (error) {
    // What a thread of foreign documents says where an input asks for too much is an answer.
    if ((error as { code?: unknown }).code === 'TOO_COSTLY') return null
    return `throws ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : error}`
  }
}

async function answered(reading: unknown): Promise<unknown> {
  if (!(reading instanceof Promise)) return reading
  let late: NodeJS.Timeout | undefined
  const never = new Promise((resolve) => {
    late = setTimeout(() => resolve('never answers'), answerMs)
  })
  return Promise.race([reading, never]).finally(() => clearTimeout(late))
}

if (process.send !== undefined && import.meta.main) {
  const [folder] = process.argv.slice(2) as [string]
  process.on('message', (batch: Batch) => void read(batch, folder))
  process.once('disconnect', () => process.exit(0))
}
