/**
 * Names. Four things:
 *
 *   queries   answers for each second of the server's own processor, against nsd in the same run
 *   falls     a dead address gone from the server's answers and from a resolver's, on a virtual clock; gdnsd's defaults beside it
 *   reader    Chromium types the address of a dead blog, two of three mirrors silent: real members, unbound, dropped packets
 *   without   the same where nobody looks: all three addresses, as several A records alone give them (not with --fast)
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.ts'
import { falls } from './zone/falls.ts'
import { gdnsdFall } from './zone/gdnsd.ts'
import { queries } from './zone/queries.ts'
import type { ReaderFigures } from './zone/reader-world.ts'

const target = { ofNsd: 0.3, leftResolverMsP99: 45_000, twoDeadMs: 2_000 }
const tools = ['nsd', 'gdnsd', 'unbound', 'dnsperf', 'dig', 'nft', 'unshare', 'chromium', 'taskset']
const fallCount = 1_000
const livingHours = 240

export async function run({ rounds, seconds, fast }: BenchOptions): Promise<BenchResult> {
  const missing = tools.filter((tool) => !['/usr/bin', '/usr/sbin'].some((folder) => existsSync(join(folder, tool))))
  if (missing.length > 0)
    throw new Error(`missing: ${missing.join(' ')}: apt-get install nsd gdnsd unbound dnsperf nftables`)
  const folder = mkdtempSync(join(tmpdir(), 'dgos-zone-'))
  try {
    const asked = await queries(folder, rounds, seconds)
    const fallen = await falls(fast ? fallCount / 10 : fallCount, fast ? 1 : livingHours)
    const [gdnsdMs, reader] = await Promise.all([fast ? null : gdnsdFall(folder), firstReader(!fast)])
    return {
      bench: 'zone',
      target,
      load: Number(loadavg()[0]!.toFixed(1)),
      queries: { versions: versions(), ...asked },
      falls: { ...fallen, gdnsdMs },
      reader,
      missed: [
        ...(asked.ofNsd < target.ofNsd ? [`${asked.ofNsd} of nsd, wanted ${target.ofNsd}`] : []),
        ...(fallen.leftResolver.p99 > target.leftResolverMsP99
          ? [`a dead address is gone after ${fallen.leftResolver.p99} ms (p99), wanted ${target.leftResolverMsP99}`]
          : []),
        ...(reader.twoDeadMs > target.twoDeadMs
          ? [`a first reader waits ${reader.twoDeadMs} ms, wanted ${target.twoDeadMs}`]
          : []),
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function versions(): string {
  return execFileSync('sh', ['-c', 'nsd -v 2>&1 | head -1'], { encoding: 'utf8' }).trim()
}

/** In a network and a mount table of its own: the machine's resolver and ports stay as they are. */
function firstReader(without: boolean): Promise<ReaderFigures> {
  const script = join(import.meta.dirname, 'zone/reader-world.ts')
  const words = [
    '-n',
    '-m',
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    script,
    JSON.stringify({ without }),
  ]
  return new Promise((resolve, reject) => {
    execFile('unshare', words, (error, out, err) => {
      if (error !== null) return reject(new Error(err || error.message))
      resolve(JSON.parse(out.trim().split('\n').at(-1)!) as ReaderFigures)
    })
  })
}
