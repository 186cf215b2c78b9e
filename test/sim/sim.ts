/**
 * `npm run sim -- --seeds 200 --json`: whole networks in one process, each seed twice, both runs with the same trace.
 * `--seed S` replays one, `--jobs N` shares the seeds among processes. Exits 1 where a promise was broken or a replay
 * differed, and prints the command that shows it again.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type RunResult, run } from './run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', multiple: true },
    members: { type: 'string', default: '12' },
    blogs: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
    lines: { type: 'boolean', default: false },
  },
})

type Outcome = RunResult & { readonly replayed: boolean | null }

const shape = ['--members', values.members, '--blogs', values.blogs]
const seeds = values.seed ?? Array.from({ length: wholeNumber('seeds', 1, 1_000_000) }, (_, n) => String(n + 1))

if (values.lines) for (const seed of seeds) process.stdout.write(`${JSON.stringify(await twice(seed))}\n`)
else await main()

async function main(): Promise<void> {
  const totals = {
    seeds: seeds.length,
    violations: 0,
    replayed: 0,
    acknowledged: 0,
    declared: 0,
    messages: 0,
    virtualHours: 0,
  }
  const revoked: number[] = []
  const failing: { readonly seed: string; readonly why: readonly string[]; readonly replay: string }[] = []
  const jobs = Math.min(wholeNumber('jobs', 1, 64), seeds.length)
  for await (const outcome of jobs === 1 ? here() : there(jobs)) {
    const { seed, violations, replayed, acknowledged, declared, messages, virtualMs, revokedAfterMs } = outcome
    totals.violations += violations.length
    totals.replayed += replayed === true ? 1 : 0
    totals.acknowledged += acknowledged
    totals.declared += declared
    totals.messages += messages
    totals.virtualHours += virtualMs / 3_600_000
    revoked.push(...revokedAfterMs)
    const why = [...violations, ...(replayed === false ? ['the second run took another way'] : [])]
    if (why.length > 0) failing.push({ seed, why, replay: `npm run sim -- --seed ${seed} ${shape.join(' ')}` })
    process.stderr.write(
      `seed ${seed}: ${why.length === 0 ? 'good' : why.join('; ')} (${acknowledged} posts acknowledged, ${messages} messages)\n`,
    )
  }
  revoked.sort((a, b) => a - b)
  const seconds = (share: number) => Math.round((revoked[Math.ceil(share * revoked.length) - 1] ?? 0) / 1000)
  const revocations = {
    mirrors: revoked.length,
    p50Seconds: seconds(0.5),
    p99Seconds: seconds(0.99),
    maxSeconds: seconds(1),
  }
  const virtualHours = Math.round(totals.virtualHours * 10) / 10
  process.stdout.write(
    `${JSON.stringify({ ...totals, virtualHours, revocations, failing }, null, values.json ? 0 : 2)}\n`,
  )
  process.exitCode = failing.length === 0 ? 0 : 1
}

async function twice(seed: string): Promise<Outcome> {
  const options = { seed, members: wholeNumber('members', 3, 16), blogs: wholeNumber('blogs', 1, 20) }
  const first = await run(options)
  return { ...first, replayed: values.once ? null : (await run(options)).traceHash === first.traceHash }
}

async function* here(): AsyncGenerator<Outcome> {
  for (const seed of seeds) yield twice(seed)
}

/** The same program once more for each job; a line of its output is one outcome. */
async function* there(jobs: number): AsyncGenerator<Outcome> {
  const waiting: Outcome[] = []
  let wake = () => {}
  let running = jobs
  for (let job = 0; job < jobs; job++) {
    const own = seeds.filter((_, n) => n % jobs === job).flatMap((seed) => ['--seed', seed])
    const args = [import.meta.filename, '--lines', ...(values.once ? ['--once'] : []), ...shape, ...own]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: child.stdout }).on('line', (line) => {
      waiting.push(JSON.parse(line))
      wake()
    })
    child.once('close', (code) => {
      running--
      if (code !== 0) process.exitCode = 1
      wake()
    })
  }
  while (running > 0 || waiting.length > 0) {
    const next = waiting.shift()
    if (next !== undefined) yield next
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
}

function wholeNumber(name: 'seeds' | 'members' | 'blogs' | 'jobs', least: number, most: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= least && value <= most) return value
  process.stderr.write(`--${name} takes a whole number from ${least} to ${most}\n`)
  process.exit(2)
}
