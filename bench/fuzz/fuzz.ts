/**
 * `npm run fuzz -- [--inputs 100000] [--only html] [--processes 2] [--fresh] [--json]`: generated inputs (fast-check) for
 * everything that reads bytes of strangers. A reader that throws, ends its process, or takes more than 100 ms of processor
 * time for one small input has a fault; its input is kept under .cache/fuzz/.
 *
 * Resumable: .cache/fuzz/state.json says how many batches each reader has had; a run goes on where the last one ended,
 * until each reader has had its share of `--inputs`. Exits 1 where there are faults.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Fault } from './batch.ts'
import { BatchProcess } from './batch-process.ts'
import { batchInputs, readerNames } from './readers.ts'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    only: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const folder = join(import.meta.dirname, '../../.cache/fuzz')
const stateFile = join(folder, 'state.json')

type State = { readonly batches: Record<string, number>; readonly faults: Fault[] }

mkdirSync(folder, { recursive: true })
const names = readerNames.filter((name) => values.only === undefined || name === values.only)
const state: State = values.fresh ? { batches: {}, faults: [] } : readState()
const wanted = Math.ceil(Number(values.inputs) / batchInputs / readerNames.length)
const processes = Array.from({ length: Math.max(1, Number(values.processes)) }, () => new BatchProcess(folder))
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopped = true
    for (const reading of processes) reading.close()
    report()
    process.exit(1)
  })

const startMs = performance.now()
let run = 0
const left = turns()
/** A reader's batches follow each other, so that its state is one number. */
const before = new Map<string, Promise<unknown>>()
await Promise.all(processes.map((reading) => keepReading(reading)))
for (const reading of processes) reading.close()
report()
process.exit(state.faults.length === 0 ? 0 : 1)

/** One reader after the other, each batch once. */
function* turns() {
  for (let round = 0; round < wanted; round++)
    for (const reader of names) if ((state.batches[reader] ?? 0) <= round) yield { reader, seed: round, from: 0 }
}

async function keepReading(reading: BatchProcess): Promise<void> {
  for (const batch of left) {
    const { promise: turn, resolve: ends } = Promise.withResolvers<void>()
    const previous = before.get(batch.reader)
    before.set(batch.reader, turn)
    await previous
    const faults = await reading.read(batch)
    if (stopped) return
    state.faults.push(...faults)
    state.batches[batch.reader] = batch.seed + 1
    run += batchInputs
    keepState()
    ends()
    for (const fault of faults) tell(`fault: ${fault.reader}, seed ${fault.seed}, input ${fault.index}: ${fault.why}`)
  }
}

function report(): void {
  const had = Object.fromEntries(readerNames.map((name) => [name, (state.batches[name] ?? 0) * batchInputs]))
  const result = {
    bench: 'fuzz',
    inputs: Object.values(had).reduce((sum, count) => sum + count, 0),
    thisRun: run,
    seconds: Math.round((performance.now() - startMs) / 1000),
    perReader: had,
    load: Math.round(loadavg()[0]!),
    faults: state.faults.length,
  }
  process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`)
  for (const fault of state.faults) tell(`${fault.file}: ${fault.why}`)
}

function readState(): State {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as State
  } catch {
    return { batches: {}, faults: [] } // the first run
  }
}

function keepState(): void {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state))
  renameSync(`${stateFile}.new`, stateFile)
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
