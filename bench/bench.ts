/**
 * npm run bench -- <name> [--json] [--rounds N] [--seconds N] [--fast]
 *
 * Measures one of the figures the project answers for. Each bench/<name>.ts exports `run(options): Promise<object>`; with
 * --json the object is the only line on standard output. Exits 1 where a target is missed, and says which; 2 where
 * the machine is too busy to measure anything.
 */
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'

export type BenchOptions = { readonly rounds: number; readonly seconds: number; readonly fast: boolean }
/** `missed` names the targets that the measured figures do not reach; `refused` says why nothing could be measured. */
export type BenchResult = {
  readonly missed?: readonly string[]
  readonly met?: boolean
  readonly refused?: string
} & Record<string, unknown>

const own = new Set(['bench.ts'])
const names = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z]+\.ts$/.test(file) && !own.has(file))
  .map((file) => file.slice(0, -3))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
  },
})
const [name] = positionals
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- <${names.join('|')}> [--json] [--rounds N] [--seconds N] [--fast]`)
  process.exit(2)
}
const { run } = (await import(`./${name}.ts`)) as { run(options: BenchOptions): Promise<BenchResult> }
const result = await run({
  rounds: Math.max(1, Number(values.rounds)),
  seconds: Math.max(1, Number(values.seconds)),
  fast: values.fast,
})
if (values.json) console.log(JSON.stringify(result))
else console.dir(result, { depth: 6 })
if (result.refused !== undefined) {
  console.error(`not measured: ${result.refused}`)
  process.exit(2)
}
for (const missed of result.missed ?? []) console.error(`missed: ${missed}`)
process.exit((result.missed ?? []).length === 0 && result.met !== false ? 0 : 1)
