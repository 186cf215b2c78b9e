/**
 * `npm run fuzz -- [--inputs 100000] [--only html] [--fresh] [--json]`: generated inputs (fast-check) for everything that
 * reads bytes of strangers. A reader that throws, ends its process, or takes more than 100 ms of processor time for one
 * small input has a fault; its input is kept under .cache/fuzz/ with the command that shows it again.
 *
 * Resumable: .cache/fuzz/state.json says how many batches each reader has had; a run goes on where the last one ended,
 * until each reader has had its share of `--inputs`. Exits 1 where there are faults.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BatchResult, Fault } from './batch.ts'
import { batchInputs, readerNames } from './readers.ts'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const folder = join(import.meta.dirname, '../../.cache/fuzz')
const stateFile = join(folder, 'state.json')
/** A batch that has not ended by then hangs. */
const batchMs = 120_000

type State = { readonly batches: Record<string, number>; readonly faults: Fault[] }

mkdirSync(folder, { recursive: true })
const names = readerNames.filter((name) => values.only === undefined || name === values.only)
const state = values.fresh ? { batches: {}, faults: [] } : readState()
const wanted = Math.ceil(Number(values.inputs) / batchInputs / readerNames.length)
let child: ChildProcess | null = null
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopped = true
    child?.kill('SIGKILL')
  })

const startMs = performance.now()
let run = 0
for (let round = 0; round < wanted && !stopped; round++) {
  for (const name of names) {
    if (stopped || (state.batches[name] ?? 0) > round) continue
    const { faults } = await batch(name, round)
    if (stopped) break
    state.faults.push(...faults)
    state.batches[name] = round + 1
    run += batchInputs
    keepState()
    for (const fault of faults) tell(`fault: ${fault.reader}, seed ${fault.seed}, input ${fault.index}: ${fault.why}`)
  }
}
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
process.exit(state.faults.length === 0 && !stopped ? 0 : 1)

/** One batch in a process that may end or hang: then the input it was at is the fault. */
async function batch(name: string, seed: number): Promise<{ readonly faults: readonly Fault[] }> {
  const running = fork(join(import.meta.dirname, 'batch.ts'), [name, String(seed), folder], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=512'],
  })
  child = running
  let at = 0
  return new Promise((resolve) => {
    let done: BatchResult | null = null
    const late = setTimeout(() => running.kill('SIGKILL'), batchMs)
    running.on('message', (message: number | BatchResult) => {
      if (typeof message === 'number') at = message
      else done = message
    })
    running.once('exit', (code, signal) => {
      clearTimeout(late)
      if (done !== null) return resolve(done)
      const why = signal === 'SIGKILL' ? `hangs for ${batchMs} ms, or near it` : `the process ends (${code ?? signal})`
      resolve({ faults: [{ reader: name, seed, index: at, why, file: `${name}-${seed}-${at}` }] })
    })
  })
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
