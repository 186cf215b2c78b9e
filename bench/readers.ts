/**
 * From a blog's fall to its first reader on a mirror, on real processes: twelve members and three blogs as in `npm run
 * demo`, a new network in each round. The blogs are killed one after the other at random moments of half a minute; readers
 * with new profiles open a friend's page, in Chromium, until the beacon leads one of them to the blog's page on a mirror.
 *
 * Then members fall silent (stopped processes: they take connections and give neither answer nor error) and first-time
 * readers open the page again: with none, with half and with all but two of the beacon's pins silent, in the last two with
 * the script's own first source among them.
 *
 * noticeMs: from the first byte of the page to the notice. declaredMs: from the kill to the first member that says "down". readerMs: from the kill to that page in the reader's
 * browser. With --fast the members' intervals are a hundredth, and so is the half minute.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { tagText } from '../server/beacon-page/tag.ts'
import { asNewReader, openBrowser } from '../test/demo/browser.ts'
import { Demo, type GuardedBlog } from '../test/demo/demo-world.ts'
import { until } from '../test/support/until.ts'
import type { BenchOptions, BenchResult } from './bench.ts'

const members = 12
const ports = { memberPort: 21_101, blogPort: 21_201 }
const captureMs = 180_000
const patienceMs = 300_000
/** Falls are spread over this, so that they meet the watchers' probes at any point. */
const spreadMs = 30_000

/** First-time readers of each kind of silence, in each round. */
const visits = 20
const noticeMsMax = 3_000

type Fall = { readonly declaredMs: number; readonly readerMs: number }
const silences = ['none', 'half', 'all but two'] as const
type Silence = (typeof silences)[number]
type Notices = Record<Silence, number[]>
type Pinned = { readonly url: string; readonly key: string }

export async function run({ rounds, fast }: BenchOptions): Promise<BenchResult> {
  const falls: Fall[] = []
  const notices: Notices = { none: [], half: [], 'all but two': [] }
  const browser = await openBrowser()
  try {
    for (let round = 0; round < rounds; round++) falls.push(...(await oneRound(browser, fast, notices)))
  } finally {
    await browser.close()
  }
  const after = falls.map((fall) => fall.readerMs - fall.declaredMs)
  return {
    falls: falls.length,
    members,
    fast,
    load: Math.round(loadavg()[0]!),
    declaredMs: spread(falls.map((fall) => fall.declaredMs)),
    readerMs: spread(falls.map((fall) => fall.readerMs)),
    declaredToReaderMs: spread(after),
    noticeMs: Object.fromEntries(silences.map((silence) => [silence, spread(notices[silence])])),
    missed: silences
      .filter((silence) => silence !== 'all but two' && spread(notices[silence]).p95 > noticeMsMax)
      .map(
        (silence) =>
          `with ${silence} of the pins silent p95 is ${spread(notices[silence]).p95} ms, wanted ${noticeMsMax}`,
      ),
  }
}

async function oneRound(browser: Browser, fast: boolean, notices: Notices): Promise<readonly Fall[]> {
  const dir = await mkdtemp(join(tmpdir(), 'dgos-readers-'))
  const demo = await Demo.start({ dir, members, ...ports, fast }, () => undefined)
  const { server: friend, pins } = await openFriend(demo)
  try {
    for (const blog of demo.blogs) await captured(demo, blog)
    const falls = await Promise.all(demo.blogs.map((_, i) => fall(demo, i, { browser, friend, fast })))
    for (const silence of silences) notices[silence].push(...(await visited(demo, silence, { browser, friend, pins })))
    return falls
  } finally {
    friend.close()
    await demo.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

async function captured(demo: Demo, blog: GuardedBlog): Promise<void> {
  await until(
    async () => {
      const urls = ((await demo.blogState(blog))?.mirrors ?? []).map((mirror) => mirror.url)
      const whole = await Promise.all(urls.map((url) => demo.hasCopy(url, blog)))
      return urls.length === 10 && whole.every(Boolean) ? true : null
    },
    `ten mirrors hold ${blog.host}`,
    { withinMs: captureMs },
  )
}

type Scene = { readonly browser: Browser; readonly friend: Server; readonly fast: boolean }

async function fall(demo: Demo, i: number, { browser, friend, fast }: Scene): Promise<Fall> {
  const blog = demo.blogs[i]!
  await new Promise((resolve) => setTimeout(resolve, Math.random() * (fast ? spreadMs / 100 : spreadMs)))
  await demo.processes.kill(blog.name)
  const fellMs = performance.now()
  const since = () => Math.round(performance.now() - fellMs)
  const declaredMs = await until(
    async () => ((await demo.blogState(blog))?.state === 'down' ? since() : null),
    `${blog.host} is declared down`,
    { withinMs: patienceMs },
  )
  const url = `http://127.0.0.1:${(friend.address() as AddressInfo).port}/${i}`
  const readerMs = await until(
    async () => ((await asNewReader(browser, (page) => isLed(page, url, blog))) ? since() : null),
    `a reader of ${blog.host} is on a mirror`,
    { withinMs: patienceMs },
  )
  console.error(`${blog.name}: declared after ${declaredMs} ms, a reader on a mirror after ${readerMs} ms`)
  return { declaredMs, readerMs }
}

/** A first visit of the friend's page; true once the blog's page on a mirror has been read. */
async function isLed(page: Page, friend: string, blog: GuardedBlog): Promise<boolean> {
  await page.goto(friend)
  const tag = page.locator('script[data-network][data-state]')
  await tag.waitFor({ state: 'attached' })
  if ((await tag.getAttribute('data-state')) !== 'notice') return false
  await page.locator('dgos-beacon a').first().click()
  await page.waitForURL((url) => url.pathname.startsWith(`/m/${blog.host}/`))
  await page.getByText('has been unreachable').first().waitFor()
  return true
}

/** How long first-time readers wait for the notice while so many of the pins are silent, the first source among them. */
async function visited(
  demo: Demo,
  silence: Silence,
  { browser, friend, pins }: { browser: Browser; friend: Server; pins: readonly Pinned[] },
): Promise<readonly number[]> {
  const count = silence === 'none' ? 0 : silence === 'half' ? Math.ceil(pins.length / 2) : pins.length - 2
  // the second source stays: a reader whose script has no living source at all has no beacon
  const silent = pins.filter((_, i) => i !== 1).slice(0, count)
  for (const { url } of silent) demo.processes.pause(url)
  const url = `http://127.0.0.1:${(friend.address() as AddressInfo).port}/0`
  const waits: number[] = []
  try {
    for (let visit = 0; visit < visits; visit++) {
      await asNewReader(browser, async (page) => {
        await page.goto(url, { waitUntil: 'commit' })
        const startMs = performance.now()
        await page.locator('dgos-beacon a').first().waitFor({ timeout: 60_000 })
        waits.push(Math.round(performance.now() - startMs))
        return true
      })
    }
  } finally {
    for (const { url } of silent) demo.processes.resume(url)
  }
  return waits
}

/** A page with the tag of a member's /beacon for each blog, which it links to. */
async function openFriend(demo: Demo): Promise<{ readonly server: Server; readonly pins: readonly Pinned[] }> {
  const answer = await fetch(`${demo.network.members[0]!.url}beacon.json`)
  type Facts = { integrity: string; network: string; members: readonly { url: string; key: string }[] }
  const { integrity, network, members: pins } = (await answer.json()) as Facts
  const tag = tagText({ network, pins, integrity }, { modes: ['notice'], linkedOnly: true })
  const server = createServer(({ url }, response) => {
    const blog = demo.blogs[Number(url?.slice(1))]
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>A friend</title><p><a href="${blog?.address ?? ''}">A blog</a></p>${tag}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, pins }
}

/** The highest of few values stands for p99: with fewer than a hundred falls it is the slowest one. */
function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), min: sorted[0]!, max: sorted.at(-1)! }
}
