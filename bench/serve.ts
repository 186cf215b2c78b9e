/**
 * A mirror page under load: our server (one process of plain Node) against Debian's nginx (one worker) with the same
 * bytes and headers, turn by turn, as a reader's browser would ask (gzip) and as a plain client would (identity);
 * `express.static` beside them. The figure is the median over rounds of the ratio of requests answered in a second.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.ts'

const ratioMin = 0.5
const connections = 32
const cases = [
  { what: 'posts', path: '/m/ana.example/', coding: 'identity' },
  { what: 'posts', path: '/m/ana.example/', coding: 'gzip' },
  { what: 'copy', path: '/m/ana.example/copy/', coding: 'identity' },
  { what: 'copy', path: '/m/ana.example/copy/', coding: 'gzip' },
] as const
type Case = (typeof cases)[number]
type Served = { readonly name: 'node' | 'nginx' | 'express'; readonly port: number; readonly process: ChildProcess }

export async function run({ rounds, seconds }: BenchOptions): Promise<BenchResult> {
  for (const tool of ['/usr/sbin/nginx', '/usr/bin/wrk'])
    if (!existsSync(tool)) throw new Error(`${tool} is missing: apt-get install nginx-light wrk`)
  const tree = mkdtempSync(join(tmpdir(), 'dgos-serve-'))
  const servers: Served[] = []
  try {
    servers.push(await startNode(tree, 'node'), await startNode(tree, 'express'))
    servers.push(await startNginx(tree))
    const measured = cases.map((entry) => ({ ...entry, bytes: sameBytes(entry, servers), rounds: [] as Round[] }))
    for (let round = 0; round < rounds; round++) {
      for (const entry of measured) entry.rounds.push(measureRound(entry, servers, seconds, round))
    }
    const results = measured.map(summary)
    const missed = results
      .filter((result) => result.ratio < ratioMin)
      .map((result) => `${result.what} ${result.coding}: ${result.ratio} of nginx, wanted ${ratioMin}`)
    const ratio = median(results.map((result) => result.ratio))
    const cpuRatio = median(results.map((result) => result.cpuRatio))
    const [lowest] = [...results].sort((a, b) => a.ratio - b.ratio)
    return {
      bench: 'serve',
      ratio,
      cpuRatio,
      lowest: lowest!.ratio,
      target: ratioMin,
      rounds,
      seconds,
      connections,
      cpus: cpus().length,
      results,
      missed,
    }
  } finally {
    for (const { process } of servers) process.kill('SIGTERM')
    rmSync(tree, { recursive: true, force: true })
  }
}

/** Requests a second, and requests for each second of the server's own processor time: the first is what readers see on a
 * quiet machine, the second hardly minds what else the machine does. */
type Measure = { readonly rate: number; readonly perCpuSecond: number }
type Round = Readonly<Record<Served['name'], Measure>>

/** The order turns with each round, so that nobody always has the warm or the quiet slot. */
function measureRound(entry: Case, servers: readonly Served[], seconds: number, round: number): Round {
  const found: Record<string, Measure> = {}
  const turned = [...servers.slice(round % servers.length), ...servers.slice(0, round % servers.length)]
  for (const server of turned) found[server.name] = measure(server, entry, seconds)
  return found as Round
}

function measure({ port, process }: Served, { path, coding }: Case, seconds: number): Measure {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '5s']
  if (coding === 'gzip') args.push('-H', 'Accept-Encoding: gzip')
  const before = cpuSeconds(process.pid!)
  const text = onCore(1, 'wrk', [...args, `http://127.0.0.1:${port}${path}`])
  const failed = /Non-2xx or 3xx responses|Socket errors: connect [1-9]/.exec(text)
  const rate = /Requests\/sec:\s+([0-9.]+)/.exec(text)?.[1]
  if (failed !== null || rate === undefined) throw new Error(`wrk: ${text}`)
  const requests = Number(/(\d+) requests in/.exec(text)![1])
  return { rate: Number(rate), perCpuSecond: requests / (cpuSeconds(process.pid!) - before) }
}

/** Processor time of a process and its children (nginx works in one), from /proc: 100 ticks a second on Linux. */
function cpuSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const own = (Number(fields[11]) + Number(fields[12])) / 100
  return children.reduce((sum, child) => sum + cpuSeconds(Number(child)), own)
}

function summary({ what, coding, bytes, rounds }: Case & { bytes: number; rounds: readonly Round[] }) {
  const of = (name: keyof Round) => Math.round(median(rounds.map((round) => round[name].rate)))
  const against = (by: keyof Measure) => rounds.map((round) => Number((round.node[by] / round.nginx[by]).toFixed(3)))
  const ratios = against('rate')
  return {
    what,
    coding,
    bytes,
    node: of('node'),
    nginx: of('nginx'),
    express: of('express'),
    ratio: median(ratios),
    ratios,
    cpuRatio: median(against('perCpuSecond')),
    overExpress: Number((of('node') / of('express')).toFixed(2)),
  }
}

/** Bytes of the body, after making sure that our server and nginx send the same ones. */
function sameBytes({ path, coding }: Case, servers: readonly Served[]): number {
  const bodies = servers
    .filter((server) => server.name !== 'express')
    .map(({ port }) => {
      const args = ['-s', '-H', `Accept-Encoding: ${coding}`, `http://127.0.0.1:${port}${path}`]
      return execFileSync('curl', args, { maxBuffer: 64 << 20 })
    })
  if (!bodies[0]!.equals(bodies[1]!)) throw new Error(`${path}: the servers do not send the same bytes`)
  return bodies[0]!.length
}

async function startNode(tree: string, name: 'node' | 'express'): Promise<Served> {
  const script = join(import.meta.dirname, 'serve-node.ts')
  const child = spawn(
    'taskset',
    [...core(0), process.execPath, '--disable-warning=ExperimentalWarning', script, tree, name],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
  return { name, port: (JSON.parse(line) as { port: number }).port, process: child }
}

async function startNginx(tree: string): Promise<Served> {
  const port = 20_000 + (process.pid % 10_000)
  const headers = JSON.parse(readFileSync(join(tree, 'm/ana.example/index.html.headers.json'), 'utf8')) as [
    string,
    string,
  ][]
  const own = new Set(['content-type', 'content-length', 'etag', 'vary', 'content-encoding', 'last-modified'])
  const added = headers
    .filter(([name]) => !own.has(name.toLowerCase()))
    .map(([name, value]) => `add_header ${name} "${value}";`)
  const file = join(tree, 'nginx.conf')
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${tree}/nginx.pid; error_log ${tree}/error.log;
events { worker_connections 4096; }
http { types { text/html html; } default_type text/html; charset utf-8; access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
keepalive_timeout 75s; keepalive_requests 1000; server_tokens off; open_file_cache max=1000 inactive=60s; gzip_vary on;
client_body_temp_path ${tree}; proxy_temp_path ${tree}; fastcgi_temp_path ${tree}; uwsgi_temp_path ${tree}; scgi_temp_path ${tree};
server { listen 127.0.0.1:${port} backlog=4096; root ${tree}; index index.html; gzip_static on; etag on; ${added.join(' ')} } }`,
  )
  const child = spawn('taskset', [...core(0), '/usr/sbin/nginx', '-c', file, '-e', `${tree}/error.log`], {
    stdio: 'inherit',
  })
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('curl', ['-sf', '-o', '/dev/null', `http://127.0.0.1:${port}/m/ana.example/`])
      return { name: 'nginx', port, process: child }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50)) // not listening yet
    }
  }
  throw new Error('nginx does not start')
}

/** Servers on one core, the load on another: they must not take each other's time. */
function core(wanted: number): string[] {
  const count = cpus().length
  return count === 1 ? ['-c', '0'] : ['-c', String(wanted % count)]
}

function onCore(wanted: number, command: string, args: readonly string[]): string {
  return execFileSync('taskset', [...core(wanted), command, ...args], { encoding: 'utf8' })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1]!
}
