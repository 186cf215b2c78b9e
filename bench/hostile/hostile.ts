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
import { hasPhp } from '../../test/wordpress/php.ts'
import { isBusy } from '../members/busy.ts'
import { diskOf } from '../members/disk.ts'
import { beaconPrices } from './beacon.ts'
import { type Figures, figures, isPlain, looks, middle, over, type Price, phpFigures } from './figures.ts'
import { type Line, lines } from './lines.ts'
import { phpPageLines } from './php-pages.ts'
import { generalLines } from './routes.ts'
import { Target } from './target.ts'
import { wordPressLines } from './wordpress.ts'

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, json: { type: 'boolean', default: false } },
})

/** What an input set off has come to its end by then: an answer is not the end of the work. */
const settleMs = 150

type Named = { readonly entry: string; readonly input: string }
type Priced = Named & { readonly price: Price; readonly looks: number }

const wanted = ({ entry, input }: Named) => `${entry}: ${input}`.includes(values.only)
const busy = isBusy()
const target = await Target.open(await reservePorts(39))
let code = 1
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void target.close().finally(() => process.exit(1)))
try {
  const priced: Priced[] = []
  for (const line of [...lines, ...generalLines()].filter(wanted)) priced.push(tell(await priceOf(line)))
  for (const price of (await beaconPrices()).filter(wanted)) priced.push(tell(price))
  const php = values.only === '' || values.only.startsWith('php') ? await phpPrices() : []
  const missedBy = (prices: readonly Priced[], most = figures as Figures) =>
    prices.flatMap(({ entry, input, price }) => over(price, !busy, most).map((why) => `${entry}: ${input}: ${why}`))
  const missed = [...missedBy(priced), ...missedBy(php, phpFigures)]
  priced.push(...php)
  const result = {
    bench: 'hostile',
    lines: priced.length,
    figures: { ...figures, php: hasPhp() ? phpFigures : 'no PHP here' },
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

function priceOf(line: Line): Promise<Priced> {
  return middleOf(line, () => look(line))
}

async function middleOf({ entry, input }: Named, once: () => Promise<Price>, most?: Figures): Promise<Priced> {
  const prices = [await once()]
  while (prices.length < looks && !prices.every((price) => isPlain(price, most))) prices.push(await once())
  return { entry, input, price: middle(prices), looks: prices.length }
}

/** Where PHP is missing there are none, and the figures say so. */
async function phpPrices(): Promise<readonly Priced[]> {
  if (!hasPhp()) return []
  const ends: (() => Promise<void> | void)[] = []
  try {
    const lines = [...phpPageLines(), ...(await wordPressLines({ after: (act) => void ends.unshift(act) }))]
    const prices: Priced[] = []
    for (const line of lines.filter(wanted))
      prices.push(tell(await middleOf(line, () => line.look(), phpFigures), phpFigures))
    return prices
  } finally {
    for (const end of ends) await end()
  }
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

function tell(priced: Priced, most?: Figures): Priced {
  const { entry, input, price, looks: times } = priced
  const { turnMs, elsewhereMs, mainMiB, rssMiB, diskMiB } = price
  const costs = `${turnMs} ms, elsewhere ${elsewhereMs} ms, ${mainMiB} MiB of ${rssMiB}, disk ${diskMiB} MiB`
  process.stderr.write(`${over(price, true, most).length > 0 ? 'DEAR ' : ''}${entry}: ${input}: ${costs} (${times})\n`)
  return priced
}
