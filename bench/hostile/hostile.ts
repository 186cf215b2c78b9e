/**
 * `npm run hostile -- [--only text] [--json]`: the price list. Each entry of a member with its dearest known inputs, thrown
 * at a real member one at a time: processor time of the dearest turn of its main loop, processor time elsewhere, memory,
 * disk. Exits 1 where one is above the project's figures (figures.ts).
 *
 * Times are processor times; even so a busy machine may double them, and there they are reported and not judged. A line that is not far below every
 * figure is looked at five times and judged by the middle.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { reservePorts } from '../../test/support/ports.ts'
import { isBusy } from '../members/busy.ts'
import { diskOf } from '../members/disk.ts'
import { beaconPrices } from './beacon.ts'
import { figures, isPlain, looks, middle, over, type Price } from './figures.ts'
import { type Line, lines } from './lines.ts'
import { generalLines } from './routes.ts'
import { Target } from './target.ts'

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, json: { type: 'boolean', default: false } },
})

/** What an input set off has come to its end by then: an answer is not the end of the work. */
const settleMs = 150

type Priced = { readonly entry: string; readonly input: string; readonly price: Price; readonly looks: number }

const wanted = ({ entry, input }: Pick<Line, 'entry' | 'input'>) => `${entry}: ${input}`.includes(values.only)
const busy = isBusy()
const target = await Target.open(await reservePorts(39))
let code = 1
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void target.close().finally(() => process.exit(1)))
try {
  const priced: Priced[] = []
  for (const line of [...lines, ...generalLines()].filter(wanted)) priced.push(tell(await priceOf(line)))
  for (const price of (await beaconPrices()).filter(wanted)) priced.push(tell(price))
  const missed = priced.flatMap(({ entry, input, price }) =>
    over(price, !busy).map((why) => `${entry}: ${input}: ${why}`),
  )
  const result = {
    bench: 'hostile',
    lines: priced.length,
    figures,
    load: Math.round(loadavg()[0]!),
    timesJudged: !busy,
    missed,
    priced,
  }
  process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`)
  for (const why of missed) process.stderr.write(`missed: ${why}\n`)
  code = missed.length === 0 && priced.length > 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
} finally {
  await target.close()
}
process.exit(code)

async function priceOf(line: Line): Promise<Priced> {
  const prices = [await look(line)]
  while (prices.length < looks && !prices.every(isPlain)) prices.push(await look(line))
  return { entry: line.entry, input: line.input, price: middle(prices), looks: prices.length }
}

async function look(line: Line): Promise<Price> {
  await target.heal()
  const { gauge, folder } = target
  const act = await line.prepare(target)
  const before = diskOf(folder)
  try {
    await gauge.begin()
    await act()
    await new Promise((resolve) => setTimeout(resolve, settleMs))
    const cost = await gauge.end()
    const diskMiB = Math.round(Math.max(0, diskOf(folder) - before) * 100) / 100
    return { ...cost, diskMiB, died: false }
  } catch (error) {
    // A process that ended a moment ago is not always known to have ended.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (target.net.runs(0)) throw new Error(`${line.entry}: ${line.input}: ${error}`, { cause: error })
    return { turnMs: 0, elsewhereMs: 0, mainMiB: 0, rssMiB: 0, diskMiB: 0, died: true }
  }
}

function tell(priced: Priced): Priced {
  const { entry, input, price, looks: times } = priced
  const { turnMs, elsewhereMs, mainMiB, rssMiB, diskMiB } = price
  const costs = `${turnMs} ms, elsewhere ${elsewhereMs} ms, ${mainMiB} MiB of ${rssMiB}, disk ${diskMiB} MiB`
  process.stderr.write(`${over(price).length > 0 ? 'DEAR ' : ''}${entry}: ${input}: ${costs} (${times})\n`)
  return priced
}
