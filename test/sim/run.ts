/** One run: a network comes up, suffers for a while, is healed, and must come to rest. */

import type { Random } from '../../lib/random.ts'
import type { Intervals } from '../../server/machine/intervals.ts'
import type { SimAuthor } from './author.ts'
import { type Deed, drawFaults } from './faults.ts'
import { Invariants } from './invariants.ts'
import { World } from './world.ts'

export type RunOptions = { readonly seed: string; readonly members: number; readonly blogs: number }
export type RunResult = {
  readonly seed: string
  readonly violations: readonly string[]
  readonly traceHash: string
  readonly messages: number
  readonly virtualMs: number
  readonly acknowledged: number
  readonly declared: number
  /** How long after the revocation of a stolen key each mirror had it, exact to a step of 15 s. Shortest first. */
  readonly revokedAfterMs: readonly number[]
}

const minuteMs = 60_000
/** Invariants are looked at this often, and after every deed. */
const stepMs = 15_000

/** The usual intervals but for capture, which a run of half an hour would hardly see. */
export const simIntervals: Intervals = {
  probeMs: 300_000,
  retryMs: [15_000, 30_000],
  downProbeMs: 60_000,
  syncMs: 30_000,
  captureMs: 10 * minuteMs,
  checkpointMs: 20 * minuteMs,
  attestMs: 30_000,
  auditMs: 20 * minuteMs,
  wakeMs: 20_000,
  keepMs: 10 * minuteMs,
  outageListMs: 60_000,
}

const calmMs = 2.5 * minuteMs
const faultyMs = 10 * minuteMs
const restMs = 6 * minuteMs

export async function run({ seed, members, blogs }: RunOptions): Promise<RunResult> {
  const world = await World.create({ seed, members, blogs, intervals: simIntervals })
  const invariants = new Invariants(world)
  const violations = new Set<string>()
  const startMs = world.clock.steadyMs()
  const untilMs = calmMs + faultyMs
  const deeds = [...drawFaults(world.random, members, { fromMs: calmMs, untilMs }), ...story(world, untilMs)].sort(
    (a, b) => a.atMs - b.atMs,
  )
  const step = async (toMs: number) => {
    for (;;) {
      const leftMs = startMs + toMs - world.clock.steadyMs()
      if (leftMs <= 0) break
      await world.clock.advance(Math.min(stepMs, leftMs))
      for (const violation of await invariants.check()) violations.add(violation)
    }
  }
  for (const deed of deeds) {
    await step(deed.atMs)
    world.net.note(`deed ${deed.what}`)
    await world.settle(Promise.resolve(deed.act(world)))
    for (const violation of await invariants.check()) violations.add(violation)
  }
  await step(untilMs)
  await world.heal()
  await step(untilMs + restMs)
  for (const violation of await invariants.converged()) violations.add(violation)
  for (const member of world.members) member.crash()
  return {
    seed,
    violations: [...violations],
    traceHash: world.net.traceHash(),
    messages: world.net.messages,
    virtualMs: world.clock.steadyMs(),
    acknowledged: world.authors.reduce((sum, author) => sum + author.acknowledged.size, 0),
    declared: await declaredBlogs(world),
    revokedAfterMs: [...invariants.revokedAfterMs.values()].sort((a, b) => a - b),
  }
}

/** What authors and their servers do in the meantime. */
function story(world: World, untilMs: number): readonly Deed[] {
  const { random } = world
  // the last blog stays well: whatever the members go through, nobody may declare it down
  return world.authors.slice(0, -1).flatMap((author) => {
    const fallMs = calmMs + random.below(3 * minuteMs)
    const deeds: Deed[] = [
      {
        atMs: fallMs,
        what: `${author.blog.address} falls`,
        act: () => {
          author.everFell = true
          author.blog.state = random.below(4) === 0 ? 'error' : 'silent'
        },
      },
    ]
    if (random.below(3) === 0)
      deeds.push({ atMs: fallMs + 1000, what: 'author declares', act: () => author.declare('down', 6 * 3_600_000) })
    if (author === world.authors[0] || random.below(3) === 0) deeds.push(...theft(author, fallMs, untilMs, random))
    for (let n = 1 + random.below(5); n > 0; n--) {
      const atMs = fallMs + random.below(untilMs - fallMs)
      deeds.push({
        atMs,
        what: 'author posts',
        act: () => void author.post(`Post ${n} ${'words '.repeat(random.below(50))}`),
      })
    }
    return deeds
  })
}

/** A thief writes with the author's posting key; the author notices and ends it; the thief tries again. */
function theft(author: SimAuthor, fallMs: number, untilMs: number, random: Random): readonly Deed[] {
  const stolenMs = fallMs + random.below(Math.ceil((untilMs - fallMs) / 2))
  const revokedMs = stolenMs + random.below(2 * minuteMs)
  return [
    { atMs: stolenMs, what: 'thief posts', act: () => void author.forge('bought by a thief') },
    { atMs: revokedMs, what: 'author takes a new posting key', act: () => author.rotate() },
    { atMs: Math.min(untilMs, revokedMs + minuteMs), what: 'thief posts again', act: () => void author.forge('again') },
  ]
}

async function declaredBlogs(world: World): Promise<number> {
  return new Set(
    world.members.flatMap((member) =>
      [...member.disk.rows.values()].filter((row) => row.kind === 'declaration').map((row) => row.blog),
    ),
  ).size
}
