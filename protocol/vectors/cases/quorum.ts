import type { Payloads, Time } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, hourMs, minuteMs, Sheet, secondMs, t0 } from './forge.ts'
import { address, found, memberRecord } from './scene.ts'

const at = t0 + dayMs
type Observed = Partial<Payloads['observation']>

/** Verdicts: who votes, who is absent, how many are needed. */
export async function quorumCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'down',
    about:
      'Verdicts of the watchers. "mirrors" are the members on the list without the blog’s own operator, "nowMs" is the moment that is judged. Needed: max(⌈0.6 m⌉, min(4, ⌈0.6 n⌉), 2).',
    shared,
  })
  shared.network = await found(sheet)
  await counts(sheet)
  await absences(sheet)
  await kinds(sheet)
  await times(sheet)
  await operators(sheet)
  await ups(sheet)
  await evidence(sheet)
  return sheet.file()
}

const blogName = 'the blog'
const mirrors = (count: number) => Array.from({ length: count }, (_, i) => `member ${i + 1}`)

/** One watcher's word; without fields a down vote at the moment that is judged. */
async function observe(sheet: Sheet, alias: string, by: string, fields: Observed = {}): Promise<string> {
  const time = fields.time ?? at
  await sheet.object(alias, 'observation', by, {
    blog: sheet.forge.hash(blogName),
    time,
    address,
    state: 'down',
    reason: 'connect',
    probes: 3,
    since: time - minuteMs,
    unreachable: [],
    ...fields,
  })
  return alias
}

type Down = {
  readonly votes: readonly string[]
  readonly absent?: readonly string[]
  readonly needed: number
  readonly timeMs?: Time
}

function say(
  sheet: Sheet,
  name: string,
  why: string,
  list: readonly string[],
  observations: readonly string[],
  expected: Down,
  extra: Record<string, unknown> = {},
): void {
  const { votes, absent = [], needed, timeMs = votes.length === 0 ? 0 : at } = expected
  const input = { blog: sheet.forge.hash(blogName), mirrors: list, observations, nowMs: at, ...extra }
  sheet.case(name, why, input, { down: votes.length >= needed, votes, absent, needed, timeMs })
}

/** Votes of one moment stand in order of id. */
const byId = (sheet: Sheet, aliases: readonly string[]) =>
  [...aliases].sort((a, b) => (sheet.id(a) < sheet.id(b) ? -1 : 1))

async function counts(sheet: Sheet): Promise<void> {
  for (let i = 1; i <= 12; i++) await observe(sheet, `down ${i}`, `member ${i}`)
  const downs = (count: number) =>
    byId(
      sheet,
      Array.from({ length: count }, (_, i) => `down ${i + 1}`),
    )
  for (const [n, needed] of [
    [10, 6],
    [9, 6],
    [8, 5],
    [7, 5],
    [6, 4],
    [5, 3],
    [4, 3],
    [3, 2],
    [2, 2],
  ] as const) {
    say(
      sheet,
      `${needed} of ${n}`,
      `Enough: max(⌈0.6·${n}⌉, min(4, ⌈0.6·${n}⌉), 2) = ${needed}.`,
      mirrors(n),
      downs(needed),
      { votes: downs(needed), needed },
    )
    say(sheet, `${needed - 1} of ${n}`, 'One too few.', mirrors(n), downs(needed - 1), {
      votes: downs(needed - 1),
      needed,
    })
  }
  say(sheet, 'one mirror alone', 'Two are always needed: here only the author declares.', mirrors(1), downs(1), {
    votes: downs(1),
    needed: 2,
  })
  say(sheet, 'nobody said anything', 'No votes.', mirrors(10), [], { votes: [], needed: 6 })
  say(sheet, 'no mirrors', 'Words of outsiders are no votes.', [], downs(6), { votes: [], needed: 2 })
  const ten = byId(
    sheet,
    Array.from({ length: 5 }, (_, i) => `down ${i + 1}`),
  )
  say(
    sheet,
    'votes of outsiders',
    'Members 11 and 12 are not on the list.',
    mirrors(10),
    [...ten, 'down 11', 'down 12'],
    { votes: ten, needed: 6 },
  )
  say(
    sheet,
    'mirrors of which no record is known',
    'Each counts as one more operator.',
    mirrors(8),
    downs(5),
    { votes: downs(5), needed: 6 },
    { strangers: 2 },
  )
}

async function absences(sheet: Sheet): Promise<void> {
  const unreachable = (...numbers: readonly number[]) => numbers.map((n) => sheet.key(`member ${n}`))
  const lists: readonly (readonly [string, readonly number[]])[] = [
    ['7 gone', [7]],
    ['7, 8 gone', [7, 8]],
    ['five gone', [6, 7, 8, 9, 10]],
    ['six gone', [5, 6, 7, 8, 9, 10]],
  ]
  for (const [name, gone] of lists)
    for (let i = 1; i <= 6; i++)
      await observe(sheet, `${i}: ${name}`, `member ${i}`, { unreachable: unreachable(...gone) })
  const votes = (name: string, count: number) =>
    byId(
      sheet,
      Array.from({ length: count }, (_, i) => `${i + 1}: ${name}`),
    )
  const missed = votes('7, 8 gone', 5)
  say(sheet, 'two of ten absent', 'm = 8: ⌈0.6·8⌉ = 5.', mirrors(10), missed, {
    votes: missed,
    absent: ['member 7', 'member 8'],
    needed: 5,
  })
  const mixed = byId(sheet, [...votes('7, 8 gone', 4), '5: 7 gone'])
  say(sheet, 'absent for all but one', 'Every voter must list it.', mirrors(10), mixed, {
    votes: mixed,
    absent: ['member 7'],
    needed: 6,
  })
  const five = votes('five gone', 4)
  say(sheet, 'five of ten absent', 'm = 5 would be 3, but never fewer than min(4, ⌈0.6·10⌉) = 4.', mirrors(10), five, {
    votes: five,
    absent: ['member 6', 'member 7', 'member 8', 'member 9', 'member 10'],
    needed: 4,
  })
  const three = votes('six gone', 3)
  say(
    sheet,
    'three voters against six absent',
    'A small clique that calls all others absent does not get through.',
    mirrors(10),
    three,
    { votes: three, absent: ['member 5', 'member 6', 'member 7', 'member 8', 'member 9', 'member 10'], needed: 4 },
  )
  await observe(sheet, '7 is there', 'member 7', { state: 'up', time: at - 5 * minuteMs + 1 })
  say(
    sheet,
    'an absent one that has spoken',
    'It has an observation younger than five minutes: it is there.',
    mirrors(10),
    [...missed, '7 is there'],
    { votes: missed, absent: ['member 8'], needed: 6 },
  )
  await observe(sheet, '7 was there', 'member 7', { state: 'up', time: at - 5 * minuteMs })
  say(
    sheet,
    'an absent one that spoke long ago',
    'Five minutes old is not younger.',
    mirrors(10),
    [...missed, '7 was there'],
    { votes: missed, absent: ['member 7', 'member 8'], needed: 5 },
  )
}

async function kinds(sheet: Sheet): Promise<void> {
  const four = byId(
    sheet,
    [1, 2, 3, 4, 5].map((i) => `down ${i}`),
  )
  const beside = async (name: string, why: string, fields: Observed, counts: boolean) => {
    const alias = await observe(sheet, name, 'member 6', fields)
    const votes = counts ? byId(sheet, [...four, alias]) : four
    say(sheet, name, why, mirrors(10), [...four, alias], { votes, needed: 6 })
  }
  await beside('three failures', 'A vote.', { reason: 'timeout' }, true)
  await beside('two failures', 'Not yet a vote.', { probes: 2 }, false)
  await beside('up', 'No vote for down.', { state: 'up' }, false)
  await beside(
    'changed for an hour',
    'Parked, defaced or suspended: counts after 60 minutes.',
    { state: 'changed', since: at - hourMs },
    true,
  )
  await beside('changed for less', 'Perhaps a redesign.', { state: 'changed', since: at - hourMs + 1 }, false)
  const flooded = { state: 'defended', reason: 'status-429' } as const
  await beside(
    'too many requests for a quarter of an hour',
    'A host that answers nobody any more, without a wall: counts after 15 minutes.',
    { ...flooded, probes: 1, since: at - 15 * minuteMs },
    true,
  )
  await beside(
    'too many requests for less',
    'Perhaps this watcher asked too much.',
    { ...flooded, since: at - 15 * minuteMs + 1 },
    false,
  )
  const wall = { state: 'defended', reason: 'wall-cloudflare', probes: 9, since: at - 24 * hourMs } as const
  await beside('a wall for a day', 'It says nothing about the blog, however long it stands.', wall, false)
  await beside('of another blog', 'Not about this blog.', { blog: sheet.forge.hash('another blog') }, false)
  await observe(sheet, 'up again', 'member 5', { state: 'up', time: at + 30 * secondMs })
  const rest = four.filter((alias) => alias !== 'down 5')
  say(
    sheet,
    'a later word',
    'The newest word of each watcher counts: the vote is withdrawn.',
    mirrors(10),
    [...four, 'up again'],
    { votes: rest, needed: 6 },
  )
}

async function times(sheet: Sheet): Promise<void> {
  const offsets = [-120, -60, 0, 30, 90, 299] as const
  for (const [i, seconds] of offsets.entries())
    await observe(sheet, `at ${seconds} s`, `member ${i + 1}`, { time: at + seconds * secondMs, reason: 'timeout' })
  const all = offsets.map((seconds) => `at ${seconds} s`)
  say(sheet, 'six moments', 'The time is the lower median: of six the third.', mirrors(10), all, {
    votes: all,
    needed: 6,
    timeMs: at,
  })
  say(sheet, 'five moments', 'Of five the third.', mirrors(8), all.slice(1), {
    votes: all.slice(1),
    needed: 5,
    timeMs: at + 30 * secondMs,
  })
  await observe(sheet, 'too early', 'member 6', { time: at - 301 * secondMs })
  say(sheet, 'a vote of long ago', 'Votes lie within 300 s.', mirrors(10), [...all.slice(0, 5), 'too early'], {
    votes: all.slice(0, 5),
    needed: 6,
    timeMs: at,
  })
  await observe(sheet, 'at the edge', 'member 6', { time: at - 300 * secondMs })
  const edge = ['at the edge', ...all.slice(0, 5)]
  say(sheet, 'a vote at the edge', '300 s from the median, and the median moves to it.', mirrors(10), edge, {
    votes: edge,
    needed: 6,
    timeMs: at - 60 * secondMs,
  })
  await observe(sheet, 'clock ahead', 'member 6', { time: at + 301 * secondMs })
  say(
    sheet,
    'a watcher whose clock is ahead',
    'It moves nothing and counts nothing.',
    mirrors(10),
    [...all.slice(0, 5), 'clock ahead'],
    { votes: all.slice(0, 5), needed: 6, timeMs: at },
  )
}

async function operators(sheet: Sheet): Promise<void> {
  const twin = await memberRecord(sheet, 'm2 of operator 1', { name: 'member 2', operator: 'operator 1', time: t0 + 1 })
  const network = ['network', ...Array.from({ length: 12 }, (_, i) => `m${i + 1}`), twin]
  const votes = byId(sheet, ['down 1', 'down 2'])
  const [kept] = votes.toReversed()
  say(
    sheet,
    'two members of one operator',
    'One vote an operator; of words of one moment the one with the higher id.',
    mirrors(2),
    votes,
    { votes: [kept!], needed: 2 },
    { network },
  )
}

async function ups(sheet: Sheet): Promise<void> {
  for (let i = 1; i <= 6; i++) await observe(sheet, `good ${i}`, `member ${i}`, { state: 'up', reason: 'ok' })
  await observe(sheet, 'good only twice', 'member 6', { state: 'up', reason: 'ok', probes: 2 })
  const goods = (count: number) =>
    byId(
      sheet,
      Array.from({ length: count }, (_, i) => `good ${i + 1}`),
    )
  const up = (name: string, why: string, observations: readonly string[], votes: readonly string[]) => {
    const input = { blog: sheet.forge.hash(blogName), mirrors: mirrors(10), observations, nowMs: at }
    sheet.case(`up: ${name}`, why, input, { up: votes.length >= 6, votes, needed: 6 }, 'up')
  }
  up('six of ten', 'The same counting.', goods(6), goods(6))
  up('five of ten', 'One too few.', goods(5), goods(5))
  up('one of them only twice', 'Three good probes in five minutes.', [...goods(5), 'good only twice'], goods(5))
  up('five good and one down', 'A down vote is no up vote.', [...goods(5), 'down 6'], goods(5))
}

async function evidence(sheet: Sheet): Promise<void> {
  const votes = byId(
    sheet,
    [1, 2, 3, 4, 5, 6].map((i) => `down ${i}`),
  )
  const declare = async (
    name: string,
    why: string,
    chosen: readonly string[],
    expected: boolean,
    fields: Partial<Payloads['declaration']> = {},
  ) => {
    const envelopes = chosen.map((alias) => sheet.envelope(alias))
    const alias = `declaration: ${name}`
    const time = fields.time ?? at
    await sheet.object(alias, 'declaration', 'member 12', {
      blog: sheet.forge.hash(blogName),
      time,
      state: 'down',
      by: 'quorum',
      until: time + 30 * minuteMs,
      votes: envelopes,
      ...fields,
    })
    const input = {
      declaration: alias,
      blog: sheet.forge.hash(blogName),
      mirrors: mirrors(10),
      observations: chosen,
      nowMs: at,
    }
    sheet.case(`evidence: ${name}`, why, input, expected, 'evidence')
  }
  await declare('six votes', 'Proven by what it embeds.', votes, true)
  await declare('five votes', 'Not enough.', votes.slice(1), false)
  await declare('six votes and a good word', 'Padded with a word that is no vote.', [...votes, 'good 1'], false)
  await declare('six votes, one twice', 'Padded with a vote twice.', [...votes, votes[0]!], false)
  await declare('six votes, one of an outsider', 'Member 11 is not on the list.', [...votes.slice(1), 'down 11'], false)
  await declare('another time', 'The time is the median of the votes.', votes, false, { time: at + 1 })
  await declare('for longer', 'At most 30 minutes.', votes, false, { until: at + 30 * minuteMs + 1 })
  await declare('for nothing', 'It lasts some time.', votes, false, { until: at })
  await declare('another state', 'Down votes do not end an outage.', votes, false, { state: 'over' })
  await declare('the author', 'An author needs no votes, and votes make no author.', votes, false, { by: 'author' })
  await declare('another blog', 'Votes about another blog.', votes, false, { blog: sheet.forge.hash('another blog') })
  const goods = byId(
    sheet,
    [1, 2, 3, 4, 5, 6].map((i) => `good ${i}`),
  )
  await declare('over by six good votes', 'The same counting ends an outage.', goods, true, { state: 'over' })
}
