/** One batch of one reader, in a process of its own: `node batch.ts <reader> <seed> <folder for faults>`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { batchInputs, type Reader, readers } from './readers.ts'

export type Fault = {
  readonly reader: string
  readonly seed: number
  readonly index: number
  readonly why: string
  /** Under .cache/fuzz. */
  readonly file: string
}
export type BatchResult = { readonly faults: readonly Fault[] }

const slowMs = 100
/** Compiling, collecting: what is slow once is looked at again. */
const looks = 4
/** How often the parent hears where this process is. */
const sayEvery = 20

const [name, seedText, folder] = process.argv.slice(2) as [string, string, string]
const reader = readers[name]!
const seed = Number(seedText)
const faults: Fault[] = []
for (const [index, input] of fc.sample(reader.inputs, { numRuns: batchInputs, seed }).entries()) {
  if (index % sayEvery === 0) process.send!(index)
  const why = await faultOf(reader, input)
  if (why === null) continue
  const file = `${name}-${seed}-${index}`
  writeFileSync(
    join(folder, file),
    typeof input === 'string' || input instanceof Uint8Array ? input : JSON.stringify(input),
  )
  faults.push({ reader: name, seed, index, why, file })
}
process.send!({ faults } satisfies BatchResult, () => process.exit(0))

async function faultOf({ read }: Reader<unknown>, input: unknown): Promise<string | null> {
  try {
    let leastMs = Number.POSITIVE_INFINITY
    for (let look = 0; look < looks; look++) {
      const before = process.cpuUsage()
      const wrong = await read(input)
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
