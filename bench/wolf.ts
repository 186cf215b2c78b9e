/**
 * How often a blog that is well is declared down: a model, of years that no test can wait for. Ten watchers in three
 * regions look in their slots; sights and votes are the product's own (activation/watch/probe-history, protocol/quorum).
 *
 * Faults: a watcher's path to the blog for 5 minutes every 20 days; a watcher's own network for 10 minutes every 10 days,
 * and a whole region's for 15 minutes every 30 days (the self-test asks members of other regions, and so finds both); the
 * route between a whole region and the blog's host for 15 minutes every 180 days (no self-test finds that); and 2 % of all
 * looks fail for no reason. Nobody lies.
 *
 * Beside them blogs behind walls: each raises one for three days every ten days, and limits each watcher ("too many
 * requests") for two hours every 30 days, and a whole region for one hour every 180. Its watchers suffer the same
 * faults. Whoever meets a wall neither doubts nor votes; who is limited for a quarter of an hour votes, and the others
 * do not.
 */
import { afterIllness, type Look, nextLookMs, type ProbeHistory, withLook } from '../activation/watch/probe-history.ts'
import { floodedReason, isDownVote, votesNeeded } from '../protocol/quorum.ts'

export type WolfFigures = {
  readonly bench: 'wolf'
  readonly missed: readonly string[]
  readonly blogYears: number
  readonly falseDeclarations: number
  readonly perBlogYear: number
  /** The true rate of the model is below this with 95 % confidence. */
  readonly below95: number
  /** Most votes that ever stood together. */
  readonly votesMax: number
  readonly votesNeeded: number
  readonly target: 0.01
  /** The same of blogs that stand behind a wall for a third of their time, and limit their watchers. */
  readonly walled: { readonly blogYears: number; readonly falseDeclarations: number; readonly votesMax: number }
}

/** Blog-years in one round, and as many of walled blogs. */
const roundYears = 100
const walledYears = 20
const yearMs = 365 * 86_400_000
const pace = { probeMs: 300_000, retryMs: [15_000, 30_000], downProbeMs: 60_000 } as const
const watchers = 10
const slotMs = pace.probeMs / watchers
const regions = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2] as const
const lossShare = 0.02
/** One false declaration is counted once. */
const declaredMs = 1_800_000
const dayMs = 86_400_000
/** What ails a watcher in each slot of the year. */
type Faults = Uint8Array
const blind = 1
const ill = 2
const faultKinds = [
  { everyMs: 20 * dayMs, lastMs: 300_000, fault: blind, of: watchers },
  { everyMs: 10 * dayMs, lastMs: 600_000, fault: ill, of: watchers },
  { everyMs: 30 * dayMs, lastMs: 900_000, fault: ill, of: 3 },
  { everyMs: 180 * dayMs, lastMs: 900_000, fault: blind, of: 3 },
] as const
/** What a walled blog does to whom: to all watchers, to one, to a region. */
const wallKinds = [
  { everyMs: 10 * dayMs, lastMs: 3 * dayMs, answer: 'wall', of: 1 },
  { everyMs: 30 * dayMs, lastMs: 2 * 3_600_000, answer: 'limit', of: watchers },
  { everyMs: 180 * dayMs, lastMs: 3_600_000, answer: 'limit', of: 3 },
] as const
type Meets = { readonly walled: Uint8Array; readonly limited: readonly Uint8Array[] }

type Draw = () => number

export async function run(options: { readonly rounds: number }): Promise<WolfFigures> {
  const blogYears = options.rounds * roundYears
  const draw = drawsOf(20_261_120)
  const { declared: falseDeclarations, votesMax } = yearsOf(blogYears, () => oneYear(draw, null))
  const behind = yearsOf(options.rounds * walledYears, () => oneYear(draw, wallsOf(draw)))
  const walled = {
    blogYears: options.rounds * walledYears,
    falseDeclarations: behind.declared,
    votesMax: behind.votesMax,
  }
  const perBlogYear = falseDeclarations / blogYears
  const below95 = Math.round((poissonUpper95(falseDeclarations) / blogYears) * 10_000) / 10_000
  const missed = [
    ...(below95 < 0.01 ? [] : ['false declarations per blog-year']),
    ...(behind.declared === 0 ? [] : ['false declarations of walled blogs']),
  ]
  const needed = votesNeeded(watchers, watchers)
  const seen = { falseDeclarations, perBlogYear, below95, votesMax, votesNeeded: needed }
  return { bench: 'wolf', missed, blogYears, ...seen, target: 0.01, walled }
}

type Year = { readonly declared: number; readonly votesMax: number }

function yearsOf(count: number, year: () => Year): Year {
  const years = Array.from({ length: count }, year)
  const declared = years.reduce((sum, year) => sum + year.declared, 0)
  return { declared, votesMax: Math.max(...years.map((year) => year.votesMax)) }
}

/** Upper 95 % bound of a Poisson mean of which `count` events were seen: 3.0 for none. By bisection. */
function poissonUpper95(count: number): number {
  let [low, high] = [0, 10 * (count + 3)]
  for (let i = 0; i < 60; i++) {
    const mean = (low + high) / 2
    let term = Math.exp(-mean)
    let sum = term
    for (let k = 1; k <= count; k++) sum += term *= mean / k
    if (sum > 0.05) low = mean
    else high = mean
  }
  return high
}

function oneYear(draw: Draw, meets: Meets | null): Year {
  const faults = faultsOf(draw)
  const limitedSince: number[] = new Array(watchers).fill(Number.NaN)
  let declared = 0
  let votesMax = 0
  let quietFrom = 0
  for (let slot = 0; slot * slotMs < yearMs; slot++) {
    const atMs = slot * slotMs
    const watcher = slot % watchers
    if (atMs < quietFrom) continue
    if (!fails(faults[watcher]!, atMs, draw)) {
      if (meets === null) continue
      const { state, reason } = lookOf(watcher, atMs, false, meets)
      const flooded = state === 'defended' && reason === floodedReason
      const before = limitedSince[watcher]!
      limitedSince[watcher] = !flooded ? Number.NaN : before >= 0 ? before : atMs
      if (!flooded) continue
      const votes = floodVotes(limitedSince, atMs)
      votesMax = Math.max(votesMax, votes)
      if (votes < votesNeeded(watchers, watchers)) continue
      declared++
      quietFrom = atMs + declaredMs
      continue
    }
    limitedSince[watcher] = Number.NaN
    const outageParts = alarmAt(atMs, watcher, { faults, meets, draw })
    const votes = outageParts.votes + floodVotes(limitedSince, atMs)
    votesMax = Math.max(votesMax, votes)
    const isFalse = votes >= votesNeeded(watchers, watchers)
    if (isFalse) declared++
    quietFrom = isFalse ? atMs + declaredMs : outageParts.untilMs
  }
  return { declared, votesMax }
}

/** Watchers that have been told nothing but "too many requests" for long enough. */
function floodVotes(limitedSince: readonly number[], atMs: number): number {
  return limitedSince.filter((since) => since >= 0 && isDownVote(observed(since, atMs))).length
}

function observed(since: number, time: number) {
  return { state: 'defended', reason: floodedReason, probes: 1, since, time } as Parameters<typeof isDownVote>[0]
}

type World = { readonly faults: readonly Faults[]; readonly meets: Meets | null; readonly draw: Draw }

/** What one look finds. */
function lookOf(watcher: number, atMs: number, bad: boolean, meets: Meets | null): Look {
  if (bad) return { state: 'down', reason: 'model', atMs }
  const slot = Math.floor(atMs / slotMs)
  if (meets !== null && meets.walled[slot] === 1) return { state: 'defended', reason: 'wall-model', atMs }
  if (meets !== null && meets.limited[watcher]![slot] === 1) return { state: 'defended', reason: floodedReason, atMs }
  return { state: 'up', reason: 'model', atMs }
}

/** One watcher failed: all look at once, and those that fail look on, until every sight is good again. */
function alarmAt(startMs: number, first: number, world: World) {
  const { faults, meets, draw } = world
  const histories: (ProbeHistory | null)[] = new Array(watchers).fill(null)
  const dueMs: number[] = new Array(watchers).fill(startMs + 1_000)
  dueMs[first] = startMs
  const voted: boolean[] = new Array(watchers).fill(false)
  let failed = true
  let votes = 0
  let woken = false
  for (;;) {
    const next = dueMs.indexOf(Math.min(...dueMs))
    const atMs = dueMs[next]!
    if (atMs === Number.POSITIVE_INFINITY) return { votes, untilMs: startMs + slotMs }
    const bad = failed || fails(faults[next]!, atMs, draw)
    failed = false
    const seen = withLook(histories[next]!, lookOf(next, atMs, bad, meets))
    const isIll = isVote(seen) && faults[next]![Math.floor(atMs / slotMs)] === ill
    const history = isIll ? afterIllness(seen) : seen
    histories[next] = history
    const calm = (history.state === 'up' || history.state === 'defended') && history.failing === 0
    const pauseMs = calm ? null : nextLookMs(history, false, pace)
    dueMs[next] = pauseMs === null ? Number.POSITIVE_INFINITY : atMs + pauseMs
    voted[next] = isVote(history)
    const standing = voted.filter(Boolean).length
    votes = Math.max(votes, standing)
    // The first vote makes everybody look once more, as the product does.
    if (standing > 0 && !woken) {
      woken = true
      for (let i = 0; i < watchers; i++) if (dueMs[i] === Number.POSITIVE_INFINITY) dueMs[i] = atMs + 1_000
    }
  }
}

function isVote(history: ProbeHistory): boolean {
  return (history.state === 'down' || history.state === 'changed') && history.vote
}

function fails(faults: Faults, atMs: number, draw: Draw): boolean {
  return draw() < lossShare || (faults[Math.floor(atMs / slotMs)] ?? 0) > 0
}

/** A year of faults for each watcher, at random moments, to the nearest slot. Being ill outweighs being blind. */
function faultsOf(draw: Draw): readonly Faults[] {
  const lists = Array.from({ length: watchers }, () => new Uint8Array(yearMs / slotMs + 1))
  for (const { everyMs, lastMs, fault, of } of faultKinds) {
    for (let subject = 0; subject < of; subject++) {
      for (let atMs = pauseOf(everyMs, draw); atMs < yearMs; atMs += pauseOf(everyMs, draw)) {
        const hit = lists.filter((_, i) => (of === watchers ? i === subject : regions[i] === subject))
        const from = Math.floor(atMs / slotMs)
        for (const slots of hit)
          for (let slot = from; slot < from + lastMs / slotMs; slot++) slots[slot] = Math.max(slots[slot] ?? 0, fault)
      }
    }
  }
  return lists
}

/** A year of a walled blog: when its wall stands, and when it limits whom. */
function wallsOf(draw: Draw): Meets {
  const slots = yearMs / slotMs + 1
  const walled = new Uint8Array(slots)
  const limited = Array.from({ length: watchers }, () => new Uint8Array(slots))
  for (const { everyMs, lastMs, answer, of } of wallKinds) {
    for (let subject = 0; subject < of; subject++) {
      const hit =
        answer === 'wall'
          ? [walled]
          : limited.filter((_, i) => (of === watchers ? i === subject : regions[i] === subject))
      for (let atMs = pauseOf(everyMs, draw); atMs < yearMs; atMs += lastMs + pauseOf(everyMs, draw)) {
        const from = Math.floor(atMs / slotMs)
        for (const list of hit) list.fill(1, from, from + lastMs / slotMs)
      }
    }
  }
  return { walled, limited }
}

/** Exponential pauses: faults come at random. */
function pauseOf(meanMs: number, draw: Draw): number {
  return -Math.log(1 - draw()) * meanMs
}

/** xorshift32: a hundred million draws in a second, the same on every machine. */
function drawsOf(seed: number): Draw {
  let state = seed >>> 0
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 0x1_0000_0000
  }
}
