/**
 * Time and memory of each route of a WordPress member that guards 1,000 emergency posts: five blogs, each on ten mirrors,
 * in a real WordPress on MariaDB and PHP's own server with its opcode cache. The routes come from the plugin itself; one
 * that nobody knows how to ask is a miss. Rivals of the same run: WordPress's own `wp/v2/posts` over 1,000 posts, and an
 * empty route in its REST server, which is what WordPress takes before anybody's work begins.
 *
 * Then wakes: with neighbours that answer, the same where PHP has no sodium, and with neighbours that take the connection
 * and say nothing.
 */
import { cpus, loadavg } from 'node:os'
import type { BenchOptions, BenchResult } from './bench.ts'
import { type Asking, askingOf } from './wordpress-asks.ts'
import { BenchSite, type Measured } from './wordpress-site.ts'
import { blogCount } from './wordpress-world.ts'

const posts = 1_000
/** Requests of each route in one round: the first one finds nothing kept from before. */
const perRound = 4
const wakesPerRound = 2
/** Sets and lists are kept for a minute, and a wake comes at most every twenty seconds. */
const keptMs = 61_000
const target = { peakMiB: 64, wakeMs: 1_000 }
const rivals = { empty: '/wp-json/bench/v1/empty', wpPosts: '/wp-json/wp/v2/posts?per_page=100' }
const wake: Asking = () => ({ method: 'POST', path: '/dgos/v1/wake', body: '{}' })

type Found = Map<string, Measured[]>
type Wake = { readonly ms: number; readonly workMs: number; readonly peakMiB: number }

export async function run({ rounds, fast }: BenchOptions): Promise<BenchResult> {
  const acts: (() => Promise<void> | void)[] = []
  try {
    const guarded = fast ? posts / 10 : posts
    const site = await BenchSite.open({ after: (act) => void acts.unshift(act) }, guarded, rounds * perRound)
    const { known, unknown } = await askings(site)
    const found: Found = new Map([...known.keys()].map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) await oneRound(site, known, found, round)
    const answering = await wakesOf(site, rounds * wakesPerRound)
    const slow = await slowWakes(site, rounds * wakesPerRound)
    site.silence()
    const silent = await wakesOf(site, rounds * wakesPerRound)
    const facts = { posts: guarded, blogs: blogCount, objects: site.world.objects.length, ...(await site.versions()) }
    return result(facts, found, unknown, { answering, silent, withoutSodium: slow })
  } finally {
    for (const act of acts) await act()
  }
}

async function askings(site: BenchSite) {
  const known = new Map<string, Asking>()
  const unknown: string[] = []
  for (const [name, path] of Object.entries(rivals)) known.set(name, () => ({ method: 'GET', path }))
  for (const route of await site.routes()) {
    const asking = askingOf(route, site.world)
    if (asking === undefined) unknown.push(`${route.method} ${route.path}`)
    else if (!route.path.endsWith('/wake')) known.set(`${route.method} ${route.path}`, asking)
  }
  return { known, unknown }
}

async function oneRound(site: BenchSite, known: ReadonlyMap<string, Asking>, found: Found, round: number) {
  for (const [name, asking] of known) {
    await site.forward(keptMs)
    for (let i = 0; i < perRound; i++) found.get(name)!.push(await site.measure(asking(round * perRound + i)))
  }
}

async function wakesOf(site: BenchSite, count: number): Promise<Wake[]> {
  const wakes: Wake[] = []
  for (let i = 0; i < count; i++) {
    await site.forward(keptMs)
    const { ms, peak } = await site.measure(wake(i))
    wakes.push({ ms: Math.round(ms), workMs: (await site.lastWake()).ms, peakMiB: inMiB(peak) })
  }
  return wakes
}

async function slowWakes(site: BenchSite, count: number): Promise<Wake[]> {
  const wakes: Wake[] = []
  for (let i = 0; i < count; i++) {
    await site.forward(keptMs)
    const { ms, peak } = await site.wakeWithoutSodium()
    wakes.push({ ms, workMs: ms, peakMiB: inMiB(peak) })
  }
  return wakes
}

function result(facts: object, found: Found, unknown: readonly string[], wakes: Record<string, Wake[]>): BenchResult {
  const empty = quantile(times(found.get('empty')!), 0.5)
  const rows = [...found].map(([route, all]) => ({
    route,
    p50: round(quantile(times(all), 0.5)),
    p95: round(quantile(times(all), 0.95)),
    peakMiB: inMiB(Math.max(...all.map((measured) => measured.peak))),
    bytes: Math.max(...all.map((measured) => measured.bytes)),
    toEmpty: round(quantile(times(all), 0.5) / empty),
    statuses: [...new Set(all.map((measured) => measured.status))],
  }))
  const missed = [
    ...unknown.map((route) => `no request is known for ${route}`),
    ...rows.filter((row) => row.statuses.some((status) => status >= 400)).map((row) => `${row.route}: ${row.statuses}`),
    ...rows.filter((row) => row.peakMiB > target.peakMiB).map((row) => `${row.route}: ${row.peakMiB} MiB`),
    ...Object.entries(wakes).flatMap(([name, all]) => missedBy(name, all)),
  ]
  const machine = { node: process.version, cpus: cpus().length, load: Number(loadavg()[0]!.toFixed(1)) }
  const most = (name: keyof Wake) => Math.max(...Object.values(wakes).flatMap((all) => all.map((wake) => wake[name])))
  const wake = { ms: most('ms'), workMs: most('workMs'), peakMiB: most('peakMiB'), ...wakes }
  return { bench: 'wordpress', missed, target, ...facts, ...machine, wake, routes: rows }
}

/** The promise is about the work; the answer comes after it, with what WordPress takes before. */
function missedBy(name: string, wakes: readonly Wake[]): string[] {
  const ms = Math.max(...wakes.map((wake) => wake.workMs))
  const peak = Math.max(...wakes.map((wake) => wake.peakMiB))
  return [
    ...(ms > target.wakeMs ? [`a wake (${name}) worked ${ms} ms`] : []),
    ...(peak > target.peakMiB ? [`a wake (${name}) took ${peak} MiB`] : []),
  ]
}

function times(all: readonly Measured[]): number[] {
  return all.map((measured) => measured.ms)
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
}

function inMiB(bytes: number): number {
  return round(bytes / 1_048_576)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
