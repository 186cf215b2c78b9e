/**
 * A first-time reader and the name of a dead blog: `unshare -n -m node bench/zone/reader-world.ts '{"without": false}'` prints one
 * line of JSON.
 */
import { request } from 'node:http'
import type { DnsServer, Zones } from '../../naming/dns-server.ts'
import { asNewReader, openBrowser } from '../../test/demo/browser.ts'
import { until } from '../../test/support/until.ts'
import {
  address,
  addressesAt,
  host,
  memberAddress,
  mirrors,
  printed,
  resolverAt,
  serverAt,
  silence,
  startWorld,
  title,
} from './world.ts'

export type ReaderFigures = {
  /** From the typed address to the post on the screen, all three mirrors alive. */
  readonly allAliveMs: number
  /** From the moment two of three fall silent until no answer of the server holds them, and none of the resolver. */
  readonly leftServerMs: number
  readonly leftResolverMs: number
  /** A new reader after that. */
  readonly twoDeadMs: number
  /** A new reader who is given all three addresses, as names without looks give them. null: not measured. */
  readonly withoutMs: number | null
}

const dead = [1, 2]
/** Chromium alone gave up on two silent addresses after 134 s. */
const withoutMsMax = 200_000

/** The front page of the name at this address. */
function pageAt(at: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: at, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const isAlive = (found: readonly string[]) => found.length > 0 && !dead.some((i) => found.includes(memberAddress(i)))

/** A browser that was just started, as everybody's first visit: typed, loaded, read. */
async function read(msMax: number): Promise<number> {
  const browser = await openBrowser()
  try {
    return await asNewReader(browser, async (page) => {
      const startMs = performance.now()
      await page.goto(address, { timeout: msMax, waitUntil: 'domcontentloaded' })
      await page.getByText(title).first().waitFor({ timeout: msMax })
      return Math.round(performance.now() - startMs)
    })
  } finally {
    await browser.close()
  }
}

async function measured(without: boolean): Promise<ReaderFigures> {
  const { server } = await startWorld()
  await until(async () => (await addressesAt(serverAt)).length === 3, 'the name has three mirrors')
  await until(async () => (await addressesAt(resolverAt)).length === 3, 'the resolver knows them')
  for (const i of mirrors)
    await until(async () => (await pageAt(memberAddress(i))).includes(title), `mirror ${i} answers under the name`)
  const allAliveMs = await read(60_000)
  const before = server.zones
  silence(dead)
  const startMs = performance.now()
  const since = () => Math.round(performance.now() - startMs)
  const leftServerMs = await until(async () => (isAlive(await addressesAt(serverAt)) ? since() : null), 'they leave')
  const leftResolverMs = await until(
    async () => (isAlive(await addressesAt(resolverAt)) ? since() : null),
    'the resolver forgets them',
    { withinMs: 180_000 },
  )
  const twoDeadMs = await read(60_000)
  if (!without) return { allAliveMs, leftServerMs, leftResolverMs, twoDeadMs, withoutMs: null }
  return { allAliveMs, leftServerMs, leftResolverMs, twoDeadMs, withoutMs: await worstWithout(server, before) }
}

/** All three again, and nobody looks. Which of them a browser tries first changes with each answer: the worst of five. */
async function worstWithout(server: DnsServer, all: Zones): Promise<number> {
  const serve = server.serve.bind(server)
  server.serve = () => undefined
  serve(all)
  await until(async () => (await addressesAt(resolverAt)).length === 3, 'all three are back', { withinMs: 180_000 })
  let worst = 0
  for (let i = 0; i < 5 && worst < 10_000; i++)
    worst = Math.max(worst, await read(withoutMsMax).catch(() => withoutMsMax))
  return worst
}

await printed(({ without = false }) => measured(without))
