/**
 * `npm run soak -- [--hours 72] [--members 4] [--json]`: real members whose intervals are a hundredth, so that 36 seconds
 * are an hour. Three blogs, one of which falls and comes back again and again. Memory after a collection, handles, open
 * files and disk of each member are taken through the run; the last third must lie where the second lay. Exits 1 where
 * anything grows. What members do at night they do each compressed night.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Demo, type GuardedBlog } from '../../test/demo/demo-world.ts'
import { reservePorts } from '../../test/support/ports.ts'
import { diskOf } from '../members/disk.ts'
import { GaugeClient, gauged } from '../members/gauge-client.ts'
import { growth, type Sample } from './growth.ts'

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '72' },
    members: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

const hourMs = 36_000
/** Samples in a run, however long it is. */
const samplesWanted = 36
/** A blog is away for this long, twice a compressed day. */
const awayMs = 20_000
const apartMs = 12 * hourMs
const memberPort = await reservePorts(30)
const ports = { memberPort, blogPort: memberPort + 20 }

const hours = Math.max(1, Number(values.hours))
const dir = mkdtempSync(join(tmpdir(), 'dgos-soak-'))
const socketOf = (url: string) => join(dir, `gauge-${new URL(url).port}`)
let demo: Demo | null = null
const ended = new Promise<'ended'>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done('ended'))
})
try {
  const options = { dir, members: Number(values.members), fast: true, ...ports }
  const started = Demo.start({ ...options, env: (url) => gauged(socketOf(url)) }, tell)
  if ((await Promise.race([started, ended])) === 'ended') process.exitCode = 1
  demo = await started
  const samples = await soak(demo)
  const found = growth(samples)
  const result = { bench: 'soak', hours, members: options.members, load: loadavg()[0]!.toFixed(1), ...found }
  process.stdout.write(`${JSON.stringify({ ...result, samples: samples.at(-1) }, null, values.json ? 0 : 2)}\n`)
  for (const missed of found.missed) tell(`missed: ${missed}`)
  process.exitCode = found.missed.length === 0 ? 0 : 1
} finally {
  await demo?.stop()
  if (!values.keep) rmSync(dir, { recursive: true, force: true })
}

async function soak(world: Demo): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  const endMs = performance.now() + hours * hourMs
  const outages = fallAndRise(world, world.blogs[0]!, endMs)
  for (let n = 0; n <= samplesWanted; n++) {
    const atMs = endMs - (hours * hourMs * (samplesWanted - n)) / samplesWanted
    if ((await Promise.race([pause(atMs - performance.now()), ended])) === 'ended') break
    const sample = await sampleOf(world, (hours * n) / samplesWanted)
    samples.push(sample)
    tell(JSON.stringify(sample))
  }
  await outages
  return samples
}

async function sampleOf(world: Demo, hour: number): Promise<Sample> {
  const members = await Promise.all(
    world.network.members.map(async ({ url, dir: folder }) => {
      const still = await new GaugeClient({ socket: socketOf(url) }).still()
      return { ...still, diskMiB: diskOf(folder) }
    }),
  )
  return { hour: Math.round(hour * 10) / 10, members }
}

/** A declared outage is when members keep most: votes, declarations, evidence. */
async function fallAndRise(world: Demo, blog: GuardedBlog, endMs: number): Promise<void> {
  while (performance.now() + apartMs + 2 * awayMs < endMs) {
    if ((await Promise.race([pause(apartMs), ended])) === 'ended') return
    await world.processes.kill(blog.name)
    await Promise.race([pause(awayMs), ended])
    world.startBlog(blog)
  }
}

function pause(ms: number): Promise<'over'> {
  return new Promise((resolve) => setTimeout(() => resolve('over'), Math.max(0, ms)).unref())
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
