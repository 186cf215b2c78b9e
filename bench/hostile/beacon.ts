/** The beacon's prices: what a reader's browser does with members' answers, in a process of its own with a gauge. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../test/support/until.ts'
import { GaugeClient, gauged } from '../members/gauge-client.ts'
import type { Price } from './figures.ts'
import { isPlain, looks, middle } from './figures.ts'

export const beaconInputs = ['empty evidence', 'evidence of noise', 'list of noise'] as const
export type BeaconInput = (typeof beaconInputs)[number]

export async function beaconPrices() {
  const dir = mkdtempSync(join(tmpdir(), 'dgos-beacon-'))
  const socket = join(dir, 'gauge')
  const child = fork(join(import.meta.dirname, 'beacon-reader.ts'), { env: { ...process.env, ...gauged(socket) } })
  try {
    const gauge = new GaugeClient({ socket })
    await until(() => gauge.still(), 'the reader runs')
    const priced = []
    for (const input of beaconInputs) {
      const prices: Price[] = []
      while (prices.length === 0 || (prices.length < looks && !prices.every((price) => isPlain(price))))
        prices.push(await look(child, gauge, input))
      priced.push({ entry: 'beacon', input, price: middle(prices), looks: prices.length })
    }
    return priced
  } finally {
    child.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function look(child: ChildProcess, gauge: GaugeClient, input: BeaconInput): Promise<Price> {
  child.send({ prepare: input })
  await once(child, 'message')
  await gauge.begin()
  child.send({ act: input })
  await once(child, 'message')
  return { ...(await gauge.end()), diskMiB: 0, died: false }
}
