/**
 * A reader whose browser was given the file of proxies, and one of three proxies that dies, falls silent or stops:
 * `unshare -n -m node bench/zone/proxy-world.ts` prints one line of JSON.
 */
import { type Browser, chromium } from 'playwright-core'
import { pause, systemClock } from '../../lib/clock.ts'
import type { ProxySocket } from '../../server/machine/proxy-socket.ts'
import { chromiumPath } from '../../test/demo/browser.ts'
import { until } from '../../test/support/until.ts'
import { address, heal, memberAddress, printed, proxyPort, silence, startWorld, title } from './world.ts'

export type ProxyFigures = {
  /** A page with all three alive; the next page after the first of them was killed. */
  readonly aliveMs: number
  readonly killedMs: number
  /** The first page of a browser whose file is older than the silence of the first proxy, and the next; null: not within a minute. */
  readonly silentMs: number | null
  readonly afterSilentMs: number | null
  /** The next page in a browser that has just used the proxy which falls silent. */
  readonly silentMidwayMs: number | null
  /** A page while the first is stopping, and until the file that others fetch names it no more. */
  readonly drainingMs: number
  readonly unnamedMs: number
}

const members = [0, 1, 2, 3, 4]
const pacUrl = `http://${memberAddress(0)}/dgos/v1/proxy.pac`
const patienceMs = 60_000
/** A reader reads; connections that the browser opened ahead are closed meanwhile. */
const readingMs = 6_000

async function proxiesNamed(): Promise<readonly number[]> {
  const text = await (await fetch(pacUrl)).text()
  const list = /'PROXY ([^']*)'/.exec(text)?.[1] ?? ''
  return [...list.matchAll(/127\.0\.0\.(\d+):/g)].map(([, last]) => Number(last) - 10)
}

/** With a new browser, as everybody has it in the morning; `act` happens after its first page. A page that never comes is null. */
async function visits(
  act: () => Promise<void> | void,
  count: number,
  pac = pacUrl,
): Promise<readonly (number | null)[]> {
  const args = ['--no-sandbox', '--disable-gpu', `--proxy-pac-url=${pac}`]
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath(), args })
  try {
    const page = await browser.newPage()
    const shown = async (path: string) => {
      await page.goto(`${address}${path}`, { timeout: patienceMs, waitUntil: 'domcontentloaded' })
      await page.getByText(title).first().waitFor({ timeout: patienceMs })
      return true
    }
    const read = async (path: string) => {
      const startMs = performance.now()
      return (await shown(path).catch(() => false)) ? Math.round(performance.now() - startMs) : null
    }
    const first = await read('?0')
    await pause(systemClock, readingMs)
    await act()
    const others = []
    for (let i = 1; i <= count; i++) others.push(await read(`?${i}`))
    return [first, ...others]
  } finally {
    await browser.close()
  }
}

async function measured(): Promise<ProxyFigures> {
  const { net } = await startWorld()
  const open = (i: number) => net.member(i).naming.proxy!.open({ host: memberAddress(i), port: proxyPort })
  const sockets = new Map<number, ProxySocket>()
  for (const i of members) sockets.set(i, await open(i))
  const all = () => net.member(0).naming.proxy!.living().length === members.length
  await until(all, 'all proxies are known')
  const [killed] = await proxiesNamed()
  const [aliveMs, killedMs] = await visits(() => sockets.get(killed!)!.close(), 1)
  sockets.set(killed!, await open(killed!))
  const back = async () => ((await proxiesNamed())[0] === killed ? true : null)
  await until(back, 'it is named again')
  const saved = `data:application/x-ns-proxy-autoconfig;base64,${Buffer.from(await (await fetch(pacUrl)).text()).toString('base64')}`
  silence([killed!])
  const [silentMs, afterSilentMs] = await visits(() => undefined, 1, saved)
  heal()
  await until(back, 'it is named again')
  const [, silentMidwayMs] = await visits(() => silence([killed!]), 1)
  heal()
  await until(back, 'it is named again')
  let startMs = 0
  const [, drainingMs] = await visits(async () => {
    startMs = performance.now()
    net.member(killed!).naming.proxy!.stopping()
    await sockets.get(killed!)!.close()
  }, 1)
  await until(async () => !(await proxiesNamed()).includes(killed!), 'it is named no more')
  const unnamedMs = Math.round(performance.now() - startMs)
  return {
    aliveMs: aliveMs!,
    killedMs: killedMs!,
    silentMs: silentMs!,
    afterSilentMs: afterSilentMs!,
    silentMidwayMs: silentMidwayMs!,
    drainingMs: drainingMs!,
    unnamedMs,
  }
}

await printed(measured)
