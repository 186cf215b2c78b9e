/**
 * A member at rest: how much memory it takes and how soon it is ready. A founded network of four members on loopback that
 * guard three blogs; one of the members is started again in each round, with the intervals of a real member, from the
 * built package (what a server runs) and from its sources (what a developer runs).
 *
 * Start: from `spawn` to the first 200 of /readyz. Memory: VmRSS in /proc/<pid>/status, ten quiet seconds later.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Demo } from '../test/demo/demo-world.ts'
import { until } from '../test/support/until.ts'
import type { BenchOptions, BenchResult } from './bench.ts'

const root = join(import.meta.dirname, '..')
const target = { rssMb: 140, readyMs: 1_000 }
const idleMs = 10_000
const patienceMs = 60_000
const members = 4
const ports = { memberPort: 20_101, blogPort: 20_201 }

type Round = { readonly rssMb: number; readonly peakMb: number; readonly readyMs: number }

export async function run({ rounds, fast }: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'dgos-rest-'))
  const running: ChildProcess[] = []
  try {
    const entries = { built: buildInto(folder), sources: join(root, 'server/bin/dgos.js') }
    const demo = await guardedBlogs(join(folder, 'network'))
    const blogs = demo.blogs.length
    const [own, ...others] = demo.network.members
    try {
      await demo.stop()
      for (const blog of demo.blogs) demo.startBlog(blog)
      for (const member of others) running.push(await started(entries.built, member).then(({ child }) => child))
      const found: Record<keyof typeof entries, Round[]> = { built: [], sources: [] }
      for (let round = 0; round < rounds; round++) {
        for (const [name, entry] of Object.entries(entries) as [keyof typeof entries, string][]) {
          const { child, readyMs } = await started(entry, own!)
          await pause(fast ? 1_000 : idleMs)
          found[name].push({ ...memoryOf(child), readyMs })
          await ended(child)
        }
      }
      return result(found, { rounds, blogs })
    } finally {
      await Promise.all(running.map(ended))
      await demo.processes.stopAll() // the blogs began again after the network had ended
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function result(found: Readonly<Record<'built' | 'sources', Round[]>>, facts: { rounds: number; blogs: number }) {
  const { rssMb, readyMs, ...built } = summary(found.built)
  const missed = [
    ...(rssMb > target.rssMb ? [`${rssMb} MB at rest, wanted ${target.rssMb}`] : []),
    ...(readyMs > target.readyMs ? [`ready after ${readyMs} ms, wanted ${target.readyMs}`] : []),
  ]
  const machine = { node: process.version, cpus: cpus().length, load: Number(loadavg()[0]!.toFixed(1)) }
  return {
    bench: 'rest',
    rssMb,
    readyMs,
    target,
    members,
    ...facts,
    ...built,
    sources: summary(found.sources),
    ...machine,
    missed,
  }
}

function summary(rounds: readonly Round[]) {
  const of = (name: keyof Round) => rounds.map((round) => round[name])
  return {
    rssMb: median(of('rssMb')),
    readyMs: median(of('readyMs')),
    peakMb: median(of('peakMb')),
    rssRounds: of('rssMb'),
    readyRounds: of('readyMs'),
  }
}

/** The package as `npm run build` makes it, beside the packages that it needs. Gives its command. */
function buildInto(folder: string): string {
  const app = join(folder, 'app')
  const build = spawnSync(process.execPath, [join(root, 'server/bin/build.js'), app], { encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`the build failed: ${build.stdout}${build.stderr}`)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(app, 'server/bin/dgos.js')
}

/** Three blogs, enrolled and copied by every member that may: a member with something to remember. */
async function guardedBlogs(dir: string): Promise<Demo> {
  mkdirSync(dir)
  const demo = await Demo.start({ dir, members, fast: true, ...ports }, () => {})
  try {
    const copied = async () => {
      const asked = demo.blogs.flatMap((blog) => demo.network.members.map(({ url }) => demo.hasCopy(url, blog)))
      const copies = (await Promise.all(asked)).filter(Boolean).length
      return copies >= demo.blogs.length * (members - 1) ? true : null
    }
    await until(copied, 'the mirrors hold the copies', { withinMs: patienceMs })
    return demo
  } catch (error) {
    await demo.stop()
    throw error
  }
}

async function started(entry: string, { url, dir }: { url: string; dir: string }) {
  const startMs = performance.now()
  const child = spawn(process.execPath, [entry, 'start', '--data', dir], {
    cwd: dir,
    stdio: 'ignore',
    env: { ...process.env, DGOS_FAST: 'false' },
  })
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - startMs > patienceMs) {
      const { exitCode } = child
      await ended(child)
      throw new Error(`${url} does not become ready (exit code ${exitCode})`)
    }
    await pause(10)
  }
  return { child, readyMs: Math.round(performance.now() - startMs) }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}readyz`, { signal: AbortSignal.timeout(5_000) })).ok
  } catch {
    return false // nobody listens yet
  }
}

function memoryOf({ pid }: ChildProcess) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mb = (name: string) =>
    Math.round((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024) / 1e5) / 10
  return { rssMb: mb('VmRSS'), peakMb: mb('VmHWM') }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await exit
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}
