/**
 * How soon a dead address is gone: a thousand falls on a virtual clock, with the product's own looks, health, zone and server,
 * the schedule's jitter, half of the dead refusing and half silent, and a resolver that keeps each answer for its TTL.
 */
import type { Cancel } from '../../lib/clock.ts'
import { pause } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import { AddressWatch, lookEveryMs } from '../../naming/address-watch.ts'
import { addressesOf, type NameAddresses, type Place, ttlSeconds } from '../../naming/zone.ts'
import { SmallNetwork, signerOf } from '../../test/support/small-network.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'

export type FallFigures = {
  readonly falls: number
  readonly leftServer: Spread
  readonly leftResolver: Spread
  /** Addresses withdrawn that answered, in as many hours of looks at living ones with one look in two hundred lost. */
  readonly falseWithdrawals: number
  readonly livingHours: number
}
export type Spread = { readonly p50: number; readonly p99: number; readonly most: number }

const members = 6
const [lookMs, peerMs, wayMs] = [3_000, 4_000, 100]
const lostOf = 200
const stepMs = 250

type Lines = { readonly dead: Set<string>; readonly silent: Set<string>; isLossy: boolean }

async function scene(seed: string) {
  const small = await SmallNetwork.found(members)
  const clock = new VirtualClock()
  const random = seededRandom(seed)
  const lines: Lines = { dead: new Set(), silent: new Set(), isLossy: false }
  const reaches = async (name: string, waitMs: number) => {
    if (lines.silent.has(name) || (lines.isLossy && random.below(lostOf) === 0)) {
      await pause(clock, waitMs)
      return false
    }
    await pause(clock, wayMs)
    return !lines.dead.has(name)
  }
  const watch = new AddressWatch(
    {
      look: ({ member }) => reaches(member!.name, lookMs),
      ask: async (asked, member) => {
        await pause(clock, wayMs)
        if (lines.dead.has(asked.name) || lines.silent.has(asked.name)) return null
        return reaches(member.name, peerMs)
      },
      roster: () => small.roster(),
      clock,
      random,
    },
    { self: signerOf('m0').key },
  )
  const mirrors: Place[] = [1, 2, 3].map((i) => {
    const member = small.roster().memberOf(signerOf(`m${i}`).key)!
    return { address: `192.0.2.${i}`, member, url: member.url }
  })
  let shown: NameAddresses = { a: mirrors.map(({ address }) => address), aaaa: [] }
  let withdrawals = 0
  watch.onChange(() => {
    if (mirrors.filter((place) => watch.isWithdrawn(place)).length > 3 - shown.a.length) withdrawals++
    shown = addressesOf({ isAway: true, home: [], mirrors }, (place) => watch.isWithdrawn(place), shown)
  })
  const schedule = clockSchedule({ clock, random, log: silentLog })
  const stop: Cancel = schedule.every('look', lookEveryMs, lookEveryMs / 10, () => watch.round(mirrors))
  return { clock, random, lines, mirrors, shown: () => shown, withdrawals: () => withdrawals, stop }
}

async function fall(i: number): Promise<{ serverMs: number; resolverMs: number }> {
  const { clock, random, lines, mirrors, shown, stop } = await scene(`fall ${i}`)
  await clock.advance(3 * lookEveryMs + random.below(lookEveryMs))
  const { address, member } = mirrors[i % 3]!
  ;(i % 2 === 0 ? lines.silent : lines.dead).add(member!.name)
  const startMs = clock.steadyMs()
  const cachedUntilMs = startMs + askedWithin(random) // the resolver asked last at some moment of the TTL before
  let serverMs: number | null = null
  for (let nextAskMs = cachedUntilMs; ; ) {
    await clock.advance(stepMs)
    const isShown = shown().a.includes(address)
    if (!isShown) serverMs ??= clock.steadyMs() - startMs
    if (clock.steadyMs() < nextAskMs) continue
    if (isShown) nextAskMs = clock.steadyMs() + ttlSeconds * 1_000
    else {
      stop()
      return { serverMs: serverMs!, resolverMs: clock.steadyMs() - startMs }
    }
  }
}

function askedWithin(random: Random): number {
  return random.below(ttlSeconds * 1_000)
}

export async function falls(count: number, livingHours: number): Promise<FallFigures> {
  const found = []
  for (let i = 0; i < count; i++) found.push(await fall(i))
  const living = await scene('living')
  living.lines.isLossy = true
  await living.clock.advance(livingHours * 3_600_000)
  living.stop()
  return {
    falls: count,
    leftServer: spread(found.map(({ serverMs }) => serverMs)),
    leftResolver: spread(found.map(({ resolverMs }) => resolverMs)),
    falseWithdrawals: living.withdrawals(),
    livingHours,
  }
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!)
  return { p50: at(0.5), p99: at(0.99), most: at(1) }
}
