/**
 * How long an outage stays undeclared: a network of ledgers on a virtual clock, default intervals, a blog of ten mirrors
 * that falls at a random moment. Half of the runs lose the host with an error, half with silence until the time-out,
 * which is the slowest way to fall. Prints the distribution, and what the watch costs a blog that is well.
 */
import { seededRandom } from '../lib/random.ts'
import { watchNetwork } from '../test/activation/watching-members.ts'
import { Ending } from '../test/support/ending.ts'

export type OutageFigures = {
  readonly bench: 'outage'
  readonly missed: readonly string[]
  readonly runs: number
  readonly declared: number
  readonly medianS: number
  readonly p90S: number
  readonly p99S: number
  readonly maxS: number
  readonly medianRefusedS: number
  readonly medianSilentS: number
  readonly p99SilentS: number
  readonly declarationsPerOutage: number
  readonly probesPerMinuteWell: number
  readonly target: { readonly medianS: 100; readonly p99S: 120; readonly probesPerMinute: 2 }
}

const minuteMs = 60_000
const patienceMs = 10 * minuteMs

type Run = { readonly silent: boolean; readonly ms: number | null; readonly words: number; readonly perMinute: number }

/** Falls measured in one round. */
const roundRuns = 40

export async function run(options: { readonly rounds: number }): Promise<OutageFigures> {
  const runs = options.rounds * roundRuns
  const results: Run[] = []
  for (let i = 0; i < runs; i++) results.push(await outage(1 + i, i % 2 === 0))
  const found = (some: readonly Run[]) => some.map((run) => run.ms).filter((ms) => ms !== null)
  const all = found(results)
  const silent = found(results.filter((result) => result.silent))
  const figures = {
    bench: 'outage' as const,
    runs,
    declared: all.length,
    medianS: quantile(all, 0.5),
    p90S: quantile(all, 0.9),
    p99S: quantile(all, 0.99),
    maxS: quantile(all, 1),
    medianRefusedS: quantile(found(results.filter((result) => !result.silent)), 0.5),
    medianSilentS: quantile(silent, 0.5),
    p99SilentS: quantile(silent, 0.99),
    declarationsPerOutage: mean(results.map((result) => result.words)),
    probesPerMinuteWell: mean(results.map((result) => result.perMinute)),
    target: { medianS: 100, p99S: 120, probesPerMinute: 2 } as const,
  }
  const { target } = figures
  const missed = [
    figures.declared < runs ? 'every outage is declared' : '',
    figures.medianS > target.medianS ? 'median' : '',
    figures.p99S > target.p99S ? 'p99' : '',
    figures.probesPerMinuteWell > target.probesPerMinute ? 'probes while well' : '',
  ]
  return { ...figures, missed: missed.filter((text) => text !== '') }
}

/** One network, one fall. The moment lies anywhere in the five minutes of an interval. */
async function outage(seed: number, silent: boolean): Promise<Run> {
  const ending = new Ending()
  const net = await watchNetwork(ending, { members: 12, mirrors: 10, seed, failure: silent ? 'silent' : 'refused' })
  const blog = await net.enrol()
  await net.start()
  await net.clock.advance(10 * minuteMs)
  const probes = blog.probes.length
  await net.clock.advance(10 * minuteMs)
  const perMinute = (blog.probes.length - probes) / 10
  await net.clock.advance(seededRandom(`fall/${seed}`).below(300_000))
  blog.site = 'silent'
  const startMs = net.clock.nowMs()
  const [first] = await net.mirrorsOf(blog)
  const isDown = async () => (await first!.ledger.state(blog.id)).state === 'down'
  const declared = await net.clock.advanceUntil(isDown, patienceMs)
  const ms = declared ? net.clock.nowMs() - startMs : null
  await net.clock.advance(minuteMs)
  const words = (await first!.ledger.blog(blog.id)).declaration.length
  await ending.end()
  return { silent, ms, words, perMinute }
}

/** In seconds, one decimal. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN) / 100) / 10
}

function mean(values: readonly number[]): number {
  return Math.round((100 * values.reduce((sum, number) => sum + number, 0)) / Math.max(1, values.length)) / 100
}
