/** The drill as a model: a network of one roster, many falls in each share of killed members, and colluders in three shares. */
import { nodePlatform } from '../../lib/platform.ts'
import { type Random, seededRandom, shuffled } from '../../lib/random.ts'
import { toHex } from '../../protocol/bytes.ts'
import { safeOperators } from '../../protocol/limits.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Seating } from '../../protocol/seats.ts'
import { collusionAgainst } from './collusion.ts'
import { declaredAfterMs } from './fall.ts'
import { modelRoster, modelSeating, some } from './model-members.ts'
import { heardAfterMs } from './rumour.ts'

export type DrillOptions = { readonly falls: number; readonly members: number; readonly seed: string }

const killedShares = [0.3, 0.5, 0.6, 0.7]
const colludingShares = [0.1, 0.2, 0.3]
/** Blogs that fall with one killing. */
const fallsPerKilling = 50
const passiveShare = 0.6
const silentMs = 10_000
const errorMs = 50
/** Killed together: half of all members. */
const promisedShare = 0.5
const promisedP99S = 420

type Blog = { readonly id: Hash; readonly seating: Seating }

export function simulated({ falls, members, seed }: DrillOptions) {
  const random = seededRandom(`drill/${seed}`)
  const roster = modelRoster(random, members)
  const blogs = Array.from({ length: falls }, (): Blog => {
    const id = toHex(random.bytes(32))
    return { id, seating: modelSeating(id, roster, nodePlatform.sha256) }
  })
  const killed = killedShares.map((share) => killing(share, blogs, roster, random))
  const colluding = colludingShares.map((share) => colludingWith(share, blogs, roster, random))
  const half = killed.find((figures) => figures.killed === promisedShare)!
  const missed = [
    half.declared < 1 ? 'half killed: not every fall is declared' : '',
    half.readable < 1 || half.writableByForm < 1 ? 'half killed: not every blog can be read and written' : '',
    half.p99S > promisedP99S ? 'half killed: declared too late' : '',
    ...colluding.map(({ operators, misledWithWords }) =>
      misledWithWords > 0 ? `${operators} of operators collude: readers are led away` : '',
    ),
  ].filter((text) => text !== '')
  return { drill: 'simulated', members, falls, killed, colluding, missed }
}

function killing(share: number, blogs: readonly Blog[], roster: Roster, random: Random) {
  const times: number[] = []
  const heard: number[] = []
  const counts = { readable: 0, withCopy: 0, writableByForm: 0, safe: 0, writableByMail: 0, withPassive: 0 }
  let dead: ReadonlySet<Key> = new Set()
  for (const [i, { id, seating }] of blogs.entries()) {
    if (i % fallsPerKilling === 0) dead = some(random, roster, share)
    const isMixed = i % 2 === 0
    const passive = isMixed ? passiveOf(seating, random) : new Set<Key>()
    const failMs = (i >> 1) % 2 === 0 ? silentMs : errorMs
    const ms = declaredAfterMs({ blog: id, roster, seating, dead, passive, failMs, random })
    if (ms !== null) times.push(ms)
    if (ms !== null) heard.push(ms + heardAfterMs(roster.members.length - dead.size, random))
    const living = seating.mirrors.filter((mirror) => !dead.has(mirror.id))
    const isAnywhere = roster.members.length > dead.size
    // Every member knows the blog while it is declared down, and takes posts for it; copies lie on its mirrors.
    counts.readable += Number(isAnywhere && ms !== null)
    counts.writableByForm += Number(isAnywhere && ms !== null)
    counts.withCopy += Number(living.length > 0)
    counts.safe += Number(living.length >= safeOperators)
    counts.writableByMail += Number(ms !== null && living.some((mirror) => !passive.has(mirror.id)))
    counts.withPassive += Number(isMixed)
  }
  const of = (count: number) => Math.round((10_000 * count) / blogs.length) / 10_000
  const shares = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, of(count)]))
  const declared = { declared: of(times.length), undeclared: blogs.length - times.length }
  const seconds = { medianS: quantile(times, 0.5), p99S: quantile(times, 0.99), maxS: quantile(times, 1) }
  const { readable, writableByForm } = shares as { readable: number; writableByForm: number }
  return {
    killed: share,
    ...declared,
    ...seconds,
    heardP99S: quantile(heard, 0.99),
    ...shares,
    readable,
    writableByForm,
  }
}

/** Six of ten mirrors, and of the stand-ins as many in ten. */
function passiveOf({ mirrors, standIns }: Seating, random: Random): ReadonlySet<Key> {
  return new Set(
    [mirrors, standIns].flatMap((members) =>
      shuffled(random, members)
        .slice(0, Math.round(passiveShare * members.length))
        .map((member) => member.id),
    ),
  )
}

function colludingWith(share: number, blogs: readonly Blog[], roster: Roster, random: Random) {
  const counts = { ownsQuorum: 0, declared: 0, misledWithWords: 0, misledAsking: 0 }
  let liars: ReadonlySet<Key> = new Set()
  for (const [i, { id, seating }] of blogs.entries()) {
    if (i % fallsPerKilling === 0) liars = some(random, roster, share)
    const found = collusionAgainst(id, roster, seating, liars, random)
    counts.ownsQuorum += Number(found.ownsQuorum)
    if (found.ownsQuorum) continue // the quorum itself is theirs: there life speaks, and nobody is called absent
    counts.declared += Number(found.declared)
    counts.misledWithWords += Number(found.misledWithWords)
    counts.misledAsking += Number(found.misledAsking)
  }
  const of = (count: number) => Math.round((10_000 * count) / blogs.length) / 10_000
  const shares = Object.entries(counts).map(([name, count]) => [name, of(count)])
  return { operators: share, ...(Object.fromEntries(shares) as typeof counts) }
}

/** In seconds, one decimal. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN) / 100) / 10
}
