/**
 * `npm run sim -- --seeds 200 --json`: whole networks in one process, each seed twice, both runs with the same trace.
 * `--seed S` replays one. Exits 1 where a promise was broken or a replay differed.
 */
import { parseArgs } from 'node:util'
import { type RunResult, run } from './run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string' },
    members: { type: 'string', default: '12' },
    blogs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
  },
})
const members = Number(values.members)
const blogs = Number(values.blogs)
const seeds =
  values.seed === undefined ? Array.from({ length: Number(values.seeds) }, (_, n) => String(n + 1)) : [values.seed]

const totals = {
  seeds: seeds.length,
  violations: 0,
  replayed: 0,
  acknowledged: 0,
  declared: 0,
  messages: 0,
  virtualHours: 0,
}
const failing: { readonly seed: string; readonly why: readonly string[]; readonly replay: string }[] = []

for (const seed of seeds) {
  const first = await run({ seed, members, blogs })
  const why = [...first.violations]
  totals.violations += first.violations.length
  if (!values.once) {
    const again = await run({ seed, members, blogs })
    if (again.traceHash === first.traceHash) totals.replayed++
    else why.push(`replay differs: ${first.traceHash.slice(0, 12)} and ${again.traceHash.slice(0, 12)}`)
  }
  add(first)
  if (why.length > 0)
    failing.push({ seed, why, replay: `npm run sim -- --seed ${seed} --members ${members} --blogs ${blogs}` })
  if (!values.json || why.length > 0)
    process.stderr.write(
      `seed ${seed}: ${why.length === 0 ? 'good' : why.join('; ')} (${first.acknowledged} posts acknowledged, ${first.messages} messages)\n`,
    )
}
process.stdout.write(
  `${JSON.stringify({ ...totals, virtualHours: Math.round(totals.virtualHours * 10) / 10, failing }, null, values.json ? 0 : 2)}\n`,
)
process.exitCode = failing.length === 0 ? 0 : 1

function add(result: RunResult): void {
  totals.acknowledged += result.acknowledged
  totals.declared += result.declared
  totals.messages += result.messages
  totals.virtualHours += result.virtualMs / 3_600_000
}
