/** Who may delegate and declare, and what a verdict must carry. */

import { say } from './authority-say.ts'
import { dayMs, hourMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { address, head } from './scene.ts'

export async function delegations(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const give = async (
    alias: string,
    by: string,
    fields: Record<string, unknown>,
    why: string,
    expected: string,
    objects?: readonly string[],
  ) => {
    await sheet.object(alias, 'delegation', by, {
      blog,
      time: t0,
      to: sheet.key('token'),
      may: ['post'],
      until: t0 + dayMs,
      ...fields,
    } as never)
    say(sheet, alias, why, expected, objects === undefined ? {} : { objects })
  }
  await give('token for 400 days', 'laptop', { until: t0 + 400 * dayMs }, 'The longest.', 'accepted')
  await give('token for 400 days and a bit', 'laptop', { until: t0 + 400 * dayMs + 1 }, 'Too long.', 'BAD_FIELDS')
  await give(
    'steward by recovery key',
    'recovery 3',
    { may: ['head', 'snapshot'], until: t0 + 730 * dayMs },
    'Stewards are named by a recovery key, for two years at most.',
    'accepted',
  )
  await give(
    'steward for longer',
    'recovery 1',
    { may: ['head'], until: t0 + 730 * dayMs + 1 },
    'Too long.',
    'BAD_FIELDS',
  )
  await give('steward by posting key', 'laptop', { may: ['head'] }, 'Not by a posting key.', 'NOT_ALLOWED')
  await give('snapshots by posting key', 'laptop', { may: ['snapshot'] }, 'Not by a posting key.', 'NOT_ALLOWED')
  await give(
    'delegation by a delegated key',
    'token',
    { to: sheet.key('token 2') },
    'Delegated keys delegate nothing.',
    'NOT_ALLOWED',
    ['root1', 'token for 400 days'],
  )
  await give(
    'revocation by posting key',
    'phone',
    { may: [], until: t0 },
    'Empty: what was delegated is revoked.',
    'accepted',
  )
  await give(
    'delegation after revocation',
    'laptop',
    { time: t0 + hourMs },
    'Revoked for good: take another key.',
    'KEY_REVOKED',
    ['root1', 'revocation by posting key'],
  )
  await give(
    'recovery key changes itself to token',
    'recovery 1',
    { may: ['post', 'declaration'] },
    'A recovery key may delegate posting.',
    'accepted',
  )
}

export async function declarations(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  await sheet.object('declarer', 'delegation', 'laptop', {
    blog,
    time: t0,
    to: sheet.key('gateway'),
    may: ['post', 'declaration'],
    until: t0 + dayMs,
  })
  await sheet.object('poster', 'delegation', 'laptop', {
    blog,
    time: t0,
    to: sheet.key('app'),
    may: ['post'],
    until: t0 + dayMs,
  })
  const time = t0 + hourMs
  const word = async (alias: string, by: string, fields: Record<string, unknown>, why: string, expected: string) => {
    await sheet.object(alias, 'declaration', by, {
      blog,
      time,
      state: 'down',
      by: 'author',
      until: time + hourMs,
      ...fields,
    } as never)
    say(sheet, alias, why, expected, { objects: ['root1', 'declarer', 'poster'] })
  }
  await word('author for seven days', 'laptop', { until: time + 7 * dayMs }, 'The longest.', 'accepted')
  await word('author for longer', 'laptop', { until: time + 7 * dayMs + 1 }, 'At most seven days.', 'BAD_FIELDS')
  await word(
    'author distrusts the host',
    'phone',
    { distrustSince: t0, show: sheet.forge.hash('snapshot') },
    'A hacked host is set aside by the author.',
    'accepted',
  )
  await word(
    'delegated for six hours',
    'gateway',
    { until: time + 6 * hourMs },
    'So that an author by e-mail is not locked out.',
    'accepted',
  )
  await word('delegated for longer', 'gateway', { until: time + 6 * hourMs + 1 }, 'At most six hours.', 'BAD_FIELDS')
  await word('delegated distrusts the host', 'gateway', { distrustSince: t0 }, 'Only posting keys.', 'NOT_ALLOWED')
  await word(
    'delegated shows a snapshot',
    'gateway',
    { show: sheet.forge.hash('snapshot') },
    'Only posting keys.',
    'NOT_ALLOWED',
  )
  await word('key that may only post declares', 'app', {}, 'The delegation says what it may.', 'NOT_ALLOWED')
  await word(
    'delegated too late',
    'gateway',
    { time: t0 + dayMs + 1, until: t0 + dayMs + hourMs },
    'Held: its time lies ahead.',
    'AHEAD_OF_TIME',
  )
  await word(
    'author word signed by a recovery key',
    'recovery 1',
    {},
    'Recovery keys sign roots and delegations only.',
    'NOT_ALLOWED',
  )
  await word(
    'verdict without votes',
    'member 1',
    { by: 'quorum', until: time + 30 * minuteMs, votes: [] },
    'No head, no mirrors, no quorum.',
    'NO_QUORUM',
  )
  await word(
    'verdict by a stranger',
    'stranger',
    { by: 'quorum', until: time + 30 * minuteMs, votes: [] },
    'Members only.',
    'NOT_MEMBER',
  )
  await word(
    'verdict for longer',
    'member 1',
    { by: 'quorum', until: time + 30 * minuteMs + 1, votes: [] },
    'At most 30 minutes.',
    'BAD_FIELDS',
  )
  await word(
    'verdict that distrusts',
    'member 1',
    { by: 'quorum', until: time + 30 * minuteMs, votes: [], distrustSince: t0 },
    "Only the author's.",
    'BAD_FIELDS',
  )
  await verdicts(sheet)
}

/** Verdicts over the ten mirrors of a head: six votes are needed. */
async function verdicts(sheet: Sheet): Promise<void> {
  await head(sheet, 'head 1', { time: t0 })
  const blog = sheet.id('root1')
  const time = t0 + hourMs
  const votes: string[] = []
  for (let i = 1; i <= 6; i++) {
    const alias = `vote ${i}`
    await sheet.object(alias, 'observation', `member ${i}`, {
      blog,
      time,
      address,
      state: 'down',
      reason: 'connect',
      probes: 3,
      since: time - minuteMs,
      unreachable: [],
    })
    votes.push(alias)
  }
  const verdict = async (alias: string, chosen: readonly string[], why: string, expected: string, at = time) => {
    const envelopes = chosen.map((alias) => sheet.envelope(alias))
    await sheet.object(alias, 'declaration', 'member 12', {
      blog,
      time: at,
      state: 'down',
      by: 'quorum',
      until: at + 30 * minuteMs,
      votes: envelopes,
    })
    say(sheet, alias, why, expected, { objects: ['root1', 'head 1'], inner: chosen })
  }
  await verdict('verdict with six votes', votes, 'Six of ten; any member may put them together.', 'accepted')
  const moved = ['member 7', 'member 8', 'member 9', 'member 10', 'member 11', 'member 12'].map((member) =>
    sheet.key(member),
  )
  const place = { seq: 2, previous: sheet.id('head 1'), mirrors: moved }
  await head(sheet, 'author moves the blog', { ...place, time: time + minuteMs }, 'laptop')
  await head(sheet, 'author had moved the blog', { ...place, time: time - minuteMs }, 'laptop')
  for (const [by, why, expected] of [
    ['author moves the blog', 'Evidence is judged at its own time: these were the mirrors.', 'accepted'],
    ['author had moved the blog', 'They were mirrors no more.', 'NO_QUORUM'],
  ] as const)
    say(sheet, 'verdict with six votes', why, expected, {
      objects: ['root1', 'head 1', by],
      inner: votes,
      at: time + 2 * minuteMs,
      name: `verdict with six votes: ${by}`,
    })
  await verdict('verdict with five votes', votes.slice(1), 'Six are needed.', 'NO_QUORUM')
  await verdict('verdict with a vote twice', [...votes.slice(1), votes[1]!], 'One vote an operator.', 'NO_QUORUM')
  await verdict(
    'verdict at another time',
    votes,
    'Its time is the lower median of its votes.',
    'NO_QUORUM',
    time + minuteMs,
  )
  await sheet.object('vote of no mirror', 'observation', 'member 11', {
    blog,
    time,
    address,
    state: 'down',
    reason: 'connect',
    probes: 3,
    since: time,
    unreachable: [],
  })
  await verdict(
    'verdict with a vote of no mirror',
    [...votes.slice(1), 'vote of no mirror'],
    'Mirrors vote, others do not.',
    'NO_QUORUM',
  )
}
