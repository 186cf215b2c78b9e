/**
 * Questions a second: our server and Debian's nsd (one process), with the same zone and the same questions of dnsperf, in
 * interleaved rounds, each on the first core with the asking on another. What is compared is answers for each second of the
 * server's own processor: other work of the machine weighs little on it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ZoneSource } from '../../naming/served-zone.ts'
import { freePort } from '../../test/support/ports.ts'
import { until } from '../../test/support/until.ts'
import { cpuSeconds } from '../processor-time.ts'
import { core } from '../serve-servers.ts'

export type QueryFigures = {
  /** Median of the rounds: answers a second, and for each second of the server's processor. */
  readonly ours: Rate
  readonly nsd: Rate
  /** Median of ours against nsd in the same round. */
  readonly ofNsd: number
  readonly ofNsdByRate: number
  readonly lost: number
}
type Rate = { readonly perSecond: number; readonly perCpuSecond: number }
type Server = { readonly name: 'ours' | 'nsd'; readonly port: number; readonly process: ChildProcess }

const apex = 'names.example.net'
const blogs = 500

export async function queries(folder: string, rounds: number, seconds: number): Promise<QueryFigures> {
  const servers = [await startOurs(folder), await startNsd(folder)]
  const asked = join(folder, 'questions')
  const types = ['A', 'A', 'A', 'AAAA']
  const lines = Array.from({ length: 2_000 }, (_, i) => `blog${i % blogs}.example.${apex} ${types[i % types.length]}`)
  writeFileSync(asked, `${lines.join('\n')}\n`)
  try {
    const found: Record<'ours' | 'nsd', Rate[]> = { ours: [], nsd: [] }
    let lost = 0
    for (let round = 0; round < rounds; round++)
      for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
        const measured = ask(server, asked, seconds)
        found[server.name].push(measured)
        lost += measured.lost
      }
    const ratios = (of: keyof Rate) => found.ours.map((rate, i) => rate[of] / found.nsd[i]![of])
    return {
      ours: middle(found.ours),
      nsd: middle(found.nsd),
      ofNsd: Number(median(ratios('perCpuSecond')).toFixed(3)),
      ofNsdByRate: Number(median(ratios('perSecond')).toFixed(3)),
      lost,
    }
  } finally {
    for (const { process } of servers) process.kill('SIGTERM')
  }
}

function ask({ port, process }: Server, questions: string, seconds: number): Rate & { lost: number } {
  const words = ['-s', '127.0.0.1', '-p', String(port), '-d', questions, '-l', String(seconds), '-c', '4', '-q', '60']
  const before = cpuSeconds(process.pid!)
  const text = execFileSync('taskset', [...core(1), 'dnsperf', ...words], { encoding: 'utf8' })
  const used = cpuSeconds(process.pid!) - before
  const numberOf = (form: RegExp) => Number(form.exec(text)?.[1] ?? Number.NaN)
  const completed = numberOf(/Queries completed:\s+(\d+)/)
  if (!/NOERROR \d+ \(100\.00%\)/.test(text)) throw new Error(`dnsperf: ${text}`)
  return {
    perSecond: numberOf(/Queries per second:\s+([0-9.]+)/),
    perCpuSecond: completed / used,
    lost: numberOf(/Queries lost:\s+(\d+)/),
  }
}

const source: ZoneSource = {
  apex,
  sets: Array.from({ length: blogs }, (_, i) => `blog${i}.example.${apex}`).flatMap((name, i) => [
    { name, type: 'A' as const, ttl: 30, data: [1, 2, 3].map((part) => `198.51.${i % 250}.${part}`) },
    { name, type: 'AAAA' as const, ttl: 30, data: [`2001:db8::${i.toString(16)}`] },
  ]),
  servers: ['ns1.example.net'],
  mailbox: 'hostmaster.example.net',
  keys: null,
}

async function startOurs(folder: string): Promise<Server> {
  const file = join(folder, 'source.json')
  writeFileSync(file, JSON.stringify(source))
  const script = join(import.meta.dirname, 'server.ts')
  const words = [...core(0), process.execPath, '--disable-warning=ExperimentalWarning', script, file]
  const child = spawn('taskset', words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', (code) => reject(new Error(`our server ended with ${code}`)))
  })
  return { name: 'ours', port: (JSON.parse(line) as { port: number }).port, process: child }
}

async function startNsd(folder: string): Promise<Server> {
  const port = await freePort()
  const records = source.sets.flatMap(({ name, type, ttl, data }) =>
    data.map((value) => `${name}. ${ttl} ${type} ${value}`),
  )
  const soa = `${apex}. 30 SOA ns1.example.net. hostmaster.example.net. 1 60 20 1209600 30`
  writeFileSync(join(folder, 'zone'), `${[soa, `${apex}. 3600 NS ns1.example.net.`, ...records].join('\n')}\n`)
  const file = join(folder, 'nsd.conf')
  writeFileSync(
    file,
    `server:
  ip-address: 127.0.0.1@${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  pidfile: ""
  database: ""
  xfrdfile: "${folder}/xfrd"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zones"
  cookie-secret-file: ""
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "${apex}"
  zonefile: "${folder}/zone"
`,
  )
  const child = spawn('taskset', [...core(0), 'nsd', '-d', '-c', file], { stdio: 'ignore' })
  const answers = () => {
    const words = ['@127.0.0.1', '-p', String(port), '+short', '+tries=1', '+time=1', `blog0.example.${apex}`]
    return execFileSync('dig', words, { encoding: 'utf8' }).includes('198.51.0.1')
  }
  await until(answers, 'nsd answers')
  return { name: 'nsd', port, process: child }
}

function middle(rates: readonly Rate[]): Rate {
  return {
    perSecond: Math.round(median(rates.map((rate) => rate.perSecond))),
    perCpuSecond: Math.round(median(rates.map((rate) => rate.perCpuSecond))),
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!
}
