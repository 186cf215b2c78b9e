/**
 * A reader whose browser was given the file of proxies (PAC), in Chromium, on a network of its own: one of three proxies killed,
 * black-holed, or draining. How long the next page takes, and how soon the file names it no more.
 */
import { execFile } from 'node:child_process'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, BenchResult } from './bench.ts'
import type { ProxyFigures } from './zone/proxy-world.ts'

const target = { killedMs: 1_000, silentMs: 9_000, unnamedMs: 60_000 }

export async function run({ rounds }: BenchOptions): Promise<BenchResult> {
  const found: ProxyFigures[] = []
  for (let round = 0; round < rounds; round++) found.push(await oneRound())
  const worst = (of: keyof ProxyFigures) => Math.max(...found.map((figures) => figures[of] ?? Number.POSITIVE_INFINITY))
  const missed = (Object.keys(target) as (keyof typeof target)[])
    .filter((name) => worst(name) > target[name])
    .map((name) => `${name} is ${worst(name)}, wanted ${target[name]}`)
  return { bench: 'pac', target, rounds, load: Number(loadavg()[0]!.toFixed(1)), found, missed }
}

function oneRound(): Promise<ProxyFigures> {
  const script = join(import.meta.dirname, 'zone/proxy-world.ts')
  const words = ['-n', '-m', process.execPath, '--disable-warning=ExperimentalWarning', script]
  return new Promise((resolve, reject) => {
    execFile('unshare', words, (error, out, err) => {
      if (error !== null) return reject(new Error(err || error.message))
      resolve(JSON.parse(out.trim().split('\n').at(-1)!) as ProxyFigures)
    })
  })
}
