/**
 * What the beacon costs a page that carries it: gzip bytes of each script, main-thread time on a processor four times
 * slower (CDP), and a page's own figures with and without the tag, while all is well and while a blog is down.
 *
 * A page of text with one style sheet, five real members, https on loopback, a new private window for each visit, medians.
 * `mainThreadMs` is all work of the page's main thread until the beacon has spoken (or 1.5 s after load without it).
 */
import { existsSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'
import { launchArgs } from '../test/readers/reader-browser.ts'
import { friendHosts, ReaderWorld } from '../test/readers/reader-world.ts'
import { send } from '../test/readers/tls-front.ts'
import { builtBeacon } from '../test/support/built-files.ts'
import { Ending } from '../test/support/ending.ts'
import type { BenchOptions, BenchResult } from './bench.ts'

const target = { beaconGzipBytes: 4096, noticeTaskMs: 250, shift: 0.001 }
const slowdown = 4
const chromiumPath = '/usr/bin/chromium'
const friend = `https://${friendHosts[0]}/`
const settleMs = 1_500

type Visit = {
  readonly mainThreadMs: number
  readonly scriptMs: number
  readonly longestTaskMs: number
  readonly blockingMs: number
  readonly firstPaintMs: number
  readonly largestPaintMs: number
  readonly shift: number
  readonly spokenMs: number
}

export async function run({ rounds }: BenchOptions): Promise<BenchResult> {
  if (!existsSync(chromiumPath)) throw new Error('Chromium is missing: install the package "chromium"')
  const scripts = await sizes()
  const ending = new Ending()
  const world = await ReaderWorld.create(ending, 'openssl')
  const browser = await chromium.launch({ executablePath: chromiumPath, args: launchArgs(world.front) })
  try {
    const { tag } = world
    const measure = async (own: string) => {
      world.front.serve(friendHosts[0]!, (_, response) => send(response, 'text/html; charset=utf-8', page(own)))
      await visit(browser, own !== '') // warms caches that belong to nobody
      const visits: Visit[] = []
      for (let i = 0; i < rounds; i++) visits.push(await visit(browser, own !== ''))
      return summary(visits)
    }
    const without = await measure('')
    const calm = await measure(tag)
    await world.fall('Written in the dark')
    const fallen = await measure(tag)
    const machine = { node: process.version, cpus: cpus().length, load: Number(loadavg()[0]!.toFixed(1)) }
    const figures = { without, calm, fallen }
    return {
      bench: 'beacon',
      target,
      scripts,
      slowdown,
      rounds,
      ...figures,
      ...machine,
      missed: missed(scripts, figures),
    }
  } finally {
    await browser.close()
    await ending.end()
  }
}

async function sizes(): Promise<Readonly<Record<string, { bytes: number; gzip: number }>>> {
  const files = await builtBeacon()
  const size = (bytes: Uint8Array) => ({ bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length })
  return Object.fromEntries(files.map((file) => [file.name, size(file.bytes)]))
}

function missed(scripts: Awaited<ReturnType<typeof sizes>>, { without, calm, fallen }: Record<string, Visit>) {
  const gzip = scripts['beacon.js']?.gzip ?? Number.POSITIVE_INFINITY
  const shift = Math.max(calm!.shift, fallen!.shift) - without!.shift
  return [
    ...(gzip > target.beaconGzipBytes ? [`beacon.js ${gzip} bytes gzip, wanted ${target.beaconGzipBytes}`] : []),
    ...(shift > target.shift ? [`the layout shifts by ${shift}, wanted ${target.shift}`] : []),
    ...(fallen!.longestTaskMs - without!.longestTaskMs > target.noticeTaskMs
      ? [`one task of ${fallen!.longestTaskMs} ms, wanted ${target.noticeTaskMs} more than without`]
      : []),
  ]
}

/** A blog's page: 40 paragraphs, an old link to the fallen blog, and the tag. */
function page(tag: string): string {
  const words = 'The wind turned in the night and the harbour lay still under a low grey sky. '
  const paragraphs = Array.from({ length: 40 }, (_, i) => `<p>${i}. ${words.repeat(6)}</p>`).join('')
  return `<!doctype html><html lang="en"><title>Ben</title><style>body{max-width:40em;margin:auto;font:18px/1.6 serif}</style><h1>Ben</h1><p><a href="https://ana.test/2026/first/">Ana</a></p>${paragraphs}${tag}`
}

/** Runs in the page, before it. */
const watcher = `window.seen={long:[],lcp:0,shift:0};
new PerformanceObserver((list)=>{for(const one of list.getEntries())seen.long.push(one.duration)}).observe({type:'longtask',buffered:true});
new PerformanceObserver((list)=>{for(const one of list.getEntries())seen.lcp=one.startTime}).observe({type:'largest-contentful-paint',buffered:true});
new PerformanceObserver((list)=>{for(const one of list.getEntries())seen.shift+=one.value}).observe({type:'layout-shift',buffered:true})`

async function visit(browser: Browser, hasBeacon: boolean): Promise<Visit> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.addInitScript(watcher)
    const cdp = await context.newCDPSession(page)
    await cdp.send('Performance.enable')
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    await page.goto(friend)
    if (hasBeacon) await page.waitForSelector('script[data-state]', { state: 'attached' })
    const spokenMs = hasBeacon ? await page.evaluate<number>('performance.now()') : 0
    await page.waitForTimeout(settleMs)
    const { metrics } = await cdp.send('Performance.getMetrics')
    const seconds = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0
    const seen = await page.evaluate<{ long: number[]; lcp: number; shift: number; fcp: number }>(
      `({...seen, fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0})`,
    )
    return {
      mainThreadMs: Math.round(seconds('TaskDuration') * 1000),
      scriptMs: Math.round(seconds('ScriptDuration') * 1000),
      longestTaskMs: Math.round(Math.max(0, ...seen.long)),
      blockingMs: Math.round(seen.long.reduce((sum, long) => sum + Math.max(0, long - 50), 0)),
      firstPaintMs: Math.round(seen.fcp),
      largestPaintMs: Math.round(seen.lcp),
      shift: Number(seen.shift.toFixed(4)),
      spokenMs: Math.round(spokenMs),
    }
  } finally {
    await context.close()
  }
}

function summary(visits: readonly Visit[]): Visit {
  const names = Object.keys(visits[0]!) as (keyof Visit)[]
  const middle = (name: keyof Visit) =>
    visits.map((visit) => visit[name]).sort((a, b) => a - b)[Math.floor((visits.length - 1) / 2)]!
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as Visit
}
