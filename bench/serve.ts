/**
 * A mirror page under load: what one process of Node alone makes of it, beside a bare node:http server that sends the same
 * bytes, Debian's nginx (one worker) with the same bytes and headers, and the two fronts that the project ships (nginx on
 * the written tree of pages, Caddy before the member). Asked as a browser does (gzip) and as a plain client does (identity).
 *
 * The figure is requests for each second of the server's own processor, in interleaved pairs: the machine's other work
 * weighs little on it. Where it weighs more than that (`quietShareMax`), nothing is reported and the exit code is 2.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.ts'
import { busySeconds, cpuSeconds } from './processor-time.ts'
import { core, type Served, startServers } from './serve-servers.ts'

/** Of a bare node:http server, at the lower 95 % bound. */
const bareMin = 0.9
/** Of nginx, in each case. */
const nginxMin = 0.5
/** Of nginx, with the nginx that the project ships in front. */
const frontMin = 0.95
const pairsMin = 20
const connections = 32
/** Processor time of others, as a share of one core, above which no ratio is believed. */
const quietShareMax = 0.3
const cases = [
  { what: 'posts', path: '/m/ana.example/', coding: 'identity' },
  { what: 'posts', path: '/m/ana.example/', coding: 'gzip' },
  { what: 'copy', path: '/m/ana.example/copy/', coding: 'identity' },
  { what: 'copy', path: '/m/ana.example/copy/', coding: 'gzip' },
] as const
type Case = (typeof cases)[number]
/** Requests a second, and for each second of the server's own processor. */
type Measure = { readonly rate: number; readonly perCpuSecond: number }
type Round = Readonly<Record<Served['name'], Measure>>

export async function run({ rounds, seconds }: BenchOptions): Promise<BenchResult> {
  for (const tool of ['/usr/sbin/nginx', '/usr/bin/wrk', '/usr/bin/caddy'])
    if (!existsSync(tool)) throw new Error(`${tool} is missing: apt-get install nginx-light wrk caddy`)
  if (loadavg()[0]! > cpus().length) return refused(`the load is ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores`)
  const tree = mkdtempSync(join(tmpdir(), 'dgos-serve-'))
  const servers = await startServers(tree)
  try {
    const measured = cases.map((place) => ({ ...place, bytes: sameBytes(place, servers), rounds: [] as Round[] }))
    const before = busySeconds()
    const startMs = performance.now()
    let ownSeconds = 0
    for (let round = 0; round < Math.max(pairsMin, rounds); round++)
      for (const place of measured) {
        const { found, cpu } = measureRound(place, servers, seconds, round)
        place.rounds.push(found)
        ownSeconds += cpu
      }
    const others = (busySeconds() - before - ownSeconds) / ((performance.now() - startMs) / 1000)
    if (others > quietShareMax) return refused(`other processes used ${others.toFixed(2)} of a core meanwhile`)
    const results = measured.map(summary)
    return {
      bench: 'serve',
      targets: { bare: bareMin, nginx: nginxMin, front: frontMin },
      pairs: Math.max(pairsMin, rounds),
      seconds,
      connections,
      cpus: cpus().length,
      others: Number(others.toFixed(2)),
      results,
      missed: results.flatMap(missedBy),
    }
  } finally {
    for (const { process } of servers) process.kill('SIGTERM')
    rmSync(tree, { recursive: true, force: true })
  }
}

function refused(why: string): BenchResult {
  return { bench: 'serve', refused: `${why}: a ratio measured now would say nothing. Run it on a quiet machine.` }
}

/** The order turns with each round, so that nobody always has the warm or the quiet slot. */
function measureRound(place: Case, servers: readonly Served[], seconds: number, round: number) {
  const found: Partial<Record<Served['name'], Measure>> = {}
  let cpu = 0
  const turned = [...servers.slice(round % servers.length), ...servers.slice(0, round % servers.length)]
  for (const server of turned) {
    const { measure, used } = measureOne(server, place, seconds)
    found[server.name] = measure
    cpu += used
  }
  return { found: found as Round, cpu }
}

function measureOne(server: Served, { path, coding }: Case, seconds: number) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '5s']
  if (coding === 'gzip') args.push('-H', 'Accept-Encoding: gzip')
  const ids = [server.process.pid!, ...(server.also ?? [])]
  const before = ids.reduce((sum, id) => sum + cpuSeconds(id), 0)
  const busy = busySeconds()
  const text = execFileSync('taskset', [...core(1), 'wrk', ...args, `http://127.0.0.1:${server.port}${path}`], {
    encoding: 'utf8',
  })
  const used = ids.reduce((sum, id) => sum + cpuSeconds(id), 0) - before
  const failed = /Non-2xx or 3xx responses|Socket errors: connect [1-9]/.exec(text)
  const rate = /Requests\/sec:\s+([0-9.]+)/.exec(text)?.[1]
  if (failed !== null || rate === undefined) throw new Error(`wrk: ${text}`)
  const requests = Number(/(\d+) requests in/.exec(text)![1])
  // wrk has ended: its time is what is left of a core that it had for itself
  const wrk = Math.min(seconds, Math.max(0, busySeconds() - busy - used))
  return { measure: { rate: Number(rate), perCpuSecond: requests / used }, used: used + wrk }
}

function summary({ what, coding, bytes, rounds }: Case & { bytes: number; rounds: readonly Round[] }) {
  const against = (a: Served['name'], b: Served['name']) => {
    const ratios = rounds.map((round) => round[a].perCpuSecond / round[b].perCpuSecond)
    return { median: rounded(median(ratios)), low95: rounded(lowerBound(ratios)) }
  }
  const rate = (name: Served['name']) => Math.round(median(rounds.map((round) => round[name].rate)))
  return {
    what,
    coding,
    bytes,
    rates: { node: rate('node'), bare: rate('bare'), nginx: rate('nginx'), front: rate('front'), caddy: rate('caddy') },
    ofBare: against('node', 'bare'),
    ofNginx: against('node', 'nginx'),
    bareOfNginx: against('bare', 'nginx'),
    frontOfNginx: against('front', 'nginx'),
    caddyOfNginx: against('caddy', 'nginx'),
  }
}

function missedBy(result: ReturnType<typeof summary>): readonly string[] {
  const name = `${result.what} ${result.coding}`
  return [
    result.ofBare.low95 < bareMin ? `${name}: ${result.ofBare.low95} of bare node:http, wanted ${bareMin}` : null,
    result.ofNginx.median < nginxMin ? `${name}: ${result.ofNginx.median} of nginx, wanted ${nginxMin}` : null,
    result.frontOfNginx.median < frontMin
      ? `${name}: the front ${result.frontOfNginx.median} of nginx, wanted ${frontMin}`
      : null,
  ].filter((text) => text !== null)
}

/** Bytes of the body, after making sure that all servers send the same ones. */
function sameBytes({ path, coding }: Case, servers: readonly Served[]): number {
  const bodies = servers.map(({ port }) =>
    execFileSync('curl', ['-s', '-H', `Accept-Encoding: ${coding}`, `http://127.0.0.1:${port}${path}`], {
      maxBuffer: 64 << 20,
    }),
  )
  const other = servers.findIndex((_, i) => !bodies[i]!.equals(bodies[0]!))
  if (other >= 0) throw new Error(`${path}: ${servers[other]!.name} does not send the same bytes`)
  return bodies[0]!.length
}

/** One-sided 95 % bound of the mean of the logarithms, as a ratio (Student's t for 20 pairs and more: 1.73). */
function lowerBound(ratios: readonly number[]): number {
  const logs = ratios.map((ratio) => Math.log(ratio))
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1)
  return Math.exp(mean - 1.73 * Math.sqrt(variance / logs.length))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1]!
}

function rounded(value: number): number {
  return Number(value.toFixed(3))
}
