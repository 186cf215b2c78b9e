/** What goes wrong in a run, drawn from its seed before it begins: a list of moments and deeds. */
import type { Random } from '../../lib/random.ts'
import type { World } from './world.ts'

export type Deed = { readonly atMs: number; readonly what: string; act(world: World): void | Promise<void> }

/** Byzantine behaviour of one member. `alter` and `withhold` touch its answers, `replay` answers as it once did. */
export type Lie = 'alter' | 'withhold' | 'replay' | 'false-votes'
export const lies: readonly Lie[] = ['alter', 'withhold', 'replay', 'false-votes']

export type Span = { readonly fromMs: number; readonly untilMs: number }

/** Faults between `fromMs` and `untilMs`; every one of them is over at the end. */
export function drawFaults(random: Random, members: number, { fromMs, untilMs }: Span): readonly Deed[] {
  const moment = () => fromMs + random.below(untilMs - fromMs)
  const some = () => random.below(members)
  const deeds: Deed[] = []
  const lasting = (
    what: string,
    longest: number,
    start: (world: World) => void | Promise<void>,
    end: (world: World) => void | Promise<void>,
  ) => {
    const atMs = moment()
    deeds.push({ atMs, what, act: start })
    deeds.push({ atMs: Math.min(untilMs, atMs + 5_000 + random.below(longest)), what: `${what} over`, act: end })
  }
  deeds.push({
    atMs: fromMs,
    what: 'weather',
    act: (world) => {
      world.net.faults = {
        lossPermille: random.below(150),
        duplicatePermille: random.below(100),
        delayMs: [2, 20 + random.below(1500)],
      }
    },
  })
  for (let n = 2 + random.below(3); n > 0; n--) {
    const number = some()
    lasting(
      `crash ${number}`,
      240_000,
      (world) => world.members[number]!.crash(),
      (world) => world.members[number]!.boot(),
    )
  }
  for (let n = 1 + random.below(4); n > 0; n--) {
    const [a, b] = [some(), some()]
    lasting(
      `cut ${a} to ${b}`,
      300_000,
      (world) => world.cut(a, b),
      (world) => world.join(a, b),
    )
  }
  for (let n = random.below(2); n > 0; n--) {
    const alone = some()
    lasting(
      `isolate ${alone}`,
      200_000,
      (world) => world.isolate(alone),
      (world) => world.reunite(alone),
    )
  }
  for (let n = random.below(2); n > 0; n--) {
    const number = some()
    lasting(
      `full disk ${number}`,
      120_000,
      (world) => world.fillDisk(number, true),
      (world) => world.fillDisk(number, false),
    )
  }
  const skewed = some()
  const skewMs = random.below(240_000) - 120_000
  lasting(
    `clock of ${skewed} wrong by ${skewMs}`,
    600_000,
    (world) => world.skew(skewed, skewMs),
    (world) => world.skew(skewed, 0),
  )
  return deeds.sort((a, b) => a.atMs - b.atMs)
}

/** At most one in four members lies, from the beginning to the end. */
export function drawLiars(random: Random, members: number): ReadonlyMap<number, Lie> {
  const liars = new Map<number, Lie>()
  for (let n = random.below(1 + Math.floor(members / 4)); n > 0; n--)
    liars.set(random.below(members), lies[random.below(lies.length)]!)
  return liars
}
