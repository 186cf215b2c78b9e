/** Who sits in a verdict: mirrors, stand-ins for absent ones, and what others know of those who are called absent. */
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, minuteMs, Sheet, t0 } from './forge.ts'
import { blogRoot, found, head } from './scene.ts'
import { rankedCases } from './seats-ranked.ts'
import { declare, observe, up } from './states-words.ts'

const at = t0 + dayMs
const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `member ${from + i}`)
const mirrors = names(1, 10)
const standIns = names(11, 16)

export async function seatCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'down',
    about:
      'The seats of a verdict. Mirrors 1 to 10; members 11 to 16 stand in, in this order. An absent mirror’s seat passes to the next stand-in that is not absent.',
    shared,
  })
  shared.network = await found(sheet, 16)
  await blogRoot(sheet, 'root1')
  await head(sheet, 'head 1', { time: t0, standIns: sheet.keys(...standIns) })
  await passing(sheet)
  await dissent(sheet)
  await seatings(sheet)
  await recounts(sheet)
  await rankedCases(sheet)
  return sheet.file()
}

/** A down vote of one member that reaches none of `gone`. */
async function vote(sheet: Sheet, number: number, gone: readonly number[]): Promise<string> {
  const alias = `${number} votes without ${gone.length === 0 ? 'anybody' : gone.join(' ')}`
  const unreachable = gone.map((other) => sheet.key(`member ${other}`))
  const isKnown = written.get(sheet)?.has(alias) === true
  if (!isKnown) await observe(sheet, alias, `member ${number}`, { time: at, unreachable })
  written.set(sheet, new Set([...(written.get(sheet) ?? []), alias]))
  return alias
}
const written = new WeakMap<Sheet, ReadonlySet<string>>()

async function votes(sheet: Sheet, numbers: readonly number[], gone: readonly number[]): Promise<string[]> {
  const aliases: string[] = []
  for (const number of numbers) aliases.push(await vote(sheet, number, gone))
  return byId(sheet, aliases)
}

/** Votes of one moment stand in order of id. */
const byId = (sheet: Sheet, aliases: readonly string[]) =>
  [...aliases].sort((a, b) => (sheet.id(a) < sheet.id(b) ? -1 : 1))

type Expected = { readonly votes: readonly string[]; readonly absent?: readonly number[]; readonly needed: number }

function say(sheet: Sheet, name: string, why: string, observations: readonly string[], expected: Expected): void {
  const { votes, absent = [], needed } = expected
  const input = { blog: sheet.id('root1'), mirrors, standIns, observations, nowMs: at }
  const timeMs = votes.length === 0 ? 0 : at
  const gone = absent.map((number) => `member ${number}`)
  sheet.case(name, why, input, { down: votes.length >= needed, votes, absent: gone, needed, timeMs })
}

async function passing(sheet: Sheet): Promise<void> {
  const five = [6, 7, 8, 9, 10]
  const all = await votes(sheet, [1, 2, 3, 4, 5, 11, 12, 13, 14, 15], five)
  say(sheet, 'five of ten absent, five stand in', 'Ten seats are filled: six of them are needed.', all, {
    votes: all,
    absent: five,
    needed: 6,
  })
  const six = await votes(sheet, [1, 2, 3, 4, 5, 15], five)
  say(sheet, 'the last that stands in', 'Of five absent ones the fifth stand-in has the last seat.', six, {
    votes: six,
    absent: five,
    needed: 6,
  })
  const beyond = await votes(sheet, [1, 2, 3, 4, 5, 16], five)
  const own = byId(
    sheet,
    beyond.filter((alias) => !alias.startsWith('16')),
  )
  say(sheet, 'one beyond the seats', 'The sixth stand-in has no seat.', beyond, { votes: own, absent: five, needed: 6 })
  const none = await votes(sheet, [1, 2, 3, 4, 5, 11], [])
  const watchers = none.filter((alias) => !alias.startsWith('11'))
  say(sheet, 'nobody absent', 'Where every mirror is there, nobody stands in.', none, { votes: watchers, needed: 6 })
  const next = await votes(sheet, [1, 2, 3, 4, 5, 12], [10, 11])
  say(sheet, 'an absent stand-in', 'It is passed over.', next, { votes: next, absent: [10, 11], needed: 6 })
  const silent = await votes(sheet, [1, 2, 3, 4, 5, 12], [10])
  const seated = silent.filter((alias) => !alias.startsWith('12'))
  say(sheet, 'a stand-in that says nothing', 'It is not absent, so the seat is its own.', silent, {
    votes: seated,
    absent: [10],
    needed: 6,
  })
  const everybody = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const four = await votes(sheet, [11, 12, 13, 14], everybody)
  say(sheet, 'no mirror is left', 'Six seats can be filled: ⌈0.6·6⌉ = 4.', four, {
    votes: four,
    absent: everybody,
    needed: 4,
  })
  say(sheet, 'no mirror is left, three vote', 'Never fewer than four of ten.', four.slice(1), {
    votes: four.slice(1),
    absent: everybody,
    needed: 4,
  })
}

/** One voter that reaches a mirror, or lies about it, does not keep its seat empty for ever. */
async function dissent(sheet: Sheet): Promise<void> {
  const gone = [6, 7, 8, 9, 10]
  const most = await votes(sheet, [1, 2, 3, 4, 11, 12], gone)
  const alone = await vote(sheet, 5, [])
  say(sheet, 'one lists nobody', 'Most list the silent mirrors: the votes that do make it.', [...most, alone], {
    votes: most,
    absent: gone,
    needed: 6,
  })
  const few = await votes(sheet, [1, 2, 3], gone)
  const others = await votes(sheet, [4, 5], [])
  const half = byId(sheet, [...few.slice(0, 2), ...others])
  say(sheet, 'half list nobody', 'Most is more than half.', half, { votes: half, needed: 6 })
}

async function seatings(sheet: Sheet): Promise<void> {
  const seating = (name: string, why: string, alias: string, expected: object, own: readonly string[] = []) =>
    sheet.case(`seating: ${name}`, why, { head: alias, own, nowMs: at }, expected, 'seating')
  seating('mirrors and stand-ins', 'In the order of the head.', 'head 1', { mirrors, standIns, strangers: 0 })
  const own = ['operator 2', 'operator 12']
  const rest = { mirrors: mirrors.filter((name) => name !== 'member 2'), strangers: 0 }
  const others = standIns.filter((name) => name !== 'member 12')
  seating('of the blog’s own operator', 'It has no seat.', 'head 1', { ...rest, standIns: others }, own)
  await head(sheet, 'head of old', { time: t0 + 1 })
  seating('an older head', 'It names nobody who stands in.', 'head of old', { mirrors, standIns: [], strangers: 0 })
  const list = { mirrors: sheet.keys('member 1', 'stranger'), standIns: sheet.keys('member 1', 'stranger', 'member 3') }
  await head(sheet, 'head with a stranger', { time: t0 + 2, ...list })
  const why = 'A mirror without a record fills its seat, a stand-in without one none; nobody sits twice.'
  const known = { mirrors: ['member 1'], standIns: ['member 3'], strangers: 1 }
  seating('without a record', why, 'head with a stranger', known)
}

/** Words of those who were called absent. */
async function recounts(sheet: Sheet): Promise<void> {
  const gone = [6, 7, 8, 9, 10]
  const all = await votes(sheet, [1, 2, 3, 4, 5, 11, 12, 13, 14, 15], gone)
  const envelopes = all.map((alias) => sheet.envelope(alias))
  const word = { by: 'quorum', until: at + 30 * minuteMs, votes: envelopes } as const
  await declare(sheet, 'word', at, word, 'member 1')
  const input = { declaration: 'word', blog: sheet.id('root1'), mirrors, observations: all, nowMs: at }
  sheet.case('evidence: with stand-ins', 'Ten seats, ten votes.', { ...input, standIns }, true, 'evidence')
  sheet.case('evidence: without stand-ins', 'Five of its votes have no seat.', input, false, 'evidence')
  const recount = (name: string, why: string, words: readonly string[], expected: boolean) => {
    sheet.case(`recount: ${name}`, why, { ...input, standIns, words }, expected, 'outweighs')
    const declaration = { state: 'down', since: at - minuteMs, by: 'quorum', declaration: 'word' }
    const state = { ...up, ...declaration, until: word.until, disputed: !expected }
    const objects = ['root1', 'head 1', 'word', ...words]
    sheet.case(`state: ${name}`, why, { blog: 'root1', objects, nowMs: at + 12 * minuteMs }, state, 'state')
  }
  const speak = async (suffix: string, numbers: readonly number[], fields: Parameters<typeof observe>[3]) => {
    const aliases = numbers.map((number) => `${number} ${suffix}`)
    for (const [i, alias] of aliases.entries()) {
      const good = { state: 'up', reason: 'tag', time: at, unreachable: [] } as const
      await observe(sheet, alias, `member ${numbers[i]}`, { ...good, ...fields })
    }
    return aliases
  }
  const five = await speak('sees it', gone, {})
  recount('nobody has spoken', 'Nothing is known against it.', [], true)
  recount('four have spoken', 'Five mirrors and the one seat that passed on: six of ten.', five.slice(1), true)
  recount('five have spoken', 'No seat passed on: five votes of ten.', five, false)
  const early = { time: at - 5 * minuteMs + 1 }
  recount('five had just spoken', 'Within five minutes.', await speak('saw it', gone, early), false)
  const old = { time: at - 5 * minuteMs }
  recount(
    'five had spoken before',
    'Five minutes before: silent since.',
    await speak('saw it long ago', gone, old),
    true,
  )
  const later = { time: at + 11 * minuteMs }
  recount('five are back', 'Whoever speaks later is there too.', await speak('sees it again', gone, later), false)
  const bad = { state: 'down', reason: 'connect', probes: 1, time: at + minuteMs } as const
  recount('five are back and see it down', 'They contradict nothing.', await speak('fails', gone, bad), true)
  const wall = { state: 'defended', reason: 'wall-cloudflare' } as const
  recount('five meet a wall', 'They are there, and do not see it down.', await speak('meets a wall', gone, wall), false)
}
