import type { Time } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, hourMs, minuteMs, Sheet, secondMs, t0 } from './forge.ts'
import { blogRoot, found, head, nextRoot, postingKeys } from './scene.ts'
import { doubters } from './states-doubters.ts'
import { disputes, hacked, returns } from './states-later.ts'
import { declare, fall, observe, say, up, verdict } from './states-words.ts'

/** States over time: the same objects, looked at later. */
export async function stateCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'state',
    about:
      'The state of a blog at a moment, derived from its objects. Declarations and observations here are taken as accepted before; see the cases of authority and of verdicts for that.',
    shared,
  })
  shared.network = await found(sheet)
  await blogRoot(sheet, 'root1')
  await head(sheet, 'head 1', { time: t0 })
  await suspicion(sheet)
  await doubters(sheet)
  await verdicts(sheet)
  await authors(sheet)
  await returns(sheet)
  await disputes(sheet)
  await hacked(sheet)
  return sheet.file()
}

async function suspicion(sheet: Sheet): Promise<void> {
  await observe(sheet, 'one failure', 'member 1', { probes: 1, since: fall - 10 * secondMs })
  await observe(sheet, 'seen well', 'member 1', { state: 'up', time: fall + minuteMs, since: fall + minuteMs })
  await observe(sheet, 'parked', 'member 2', { state: 'changed', since: fall - 2 * minuteMs })
  const suspected = (since: Time) => ({ state: 'suspected', since })
  say(sheet, 'nobody speaks', 'A blog of which nobody says anything is up.', [], fall, {})
  say(
    sheet,
    'one failed probe',
    'Suspected: posts are accepted already.',
    ['one failure'],
    fall,
    suspected(fall - 10 * secondMs),
  )
  say(
    sheet,
    'one failed probe, later',
    'For five minutes.',
    ['one failure'],
    fall + 5 * minuteMs - 1,
    suspected(fall - 10 * secondMs),
  )
  say(sheet, 'one failed probe, much later', 'Then it is forgotten.', ['one failure'], fall + 5 * minuteMs, {})
  say(
    sheet,
    'the same watcher sees it again',
    'Its newest word counts.',
    ['one failure', 'seen well'],
    fall + 2 * minuteMs,
    {},
  )
  say(
    sheet,
    'two watchers doubt',
    'Since the earlier of them.',
    ['one failure', 'parked'],
    fall,
    suspected(fall - 2 * minuteMs),
  )
  const flooded = { state: 'defended', reason: 'status-429', since: fall - hourMs } as const
  await observe(sheet, 'a wall', 'member 1', { state: 'defended', reason: 'wall-anubis', time: fall + minuteMs })
  await observe(sheet, 'a flood', 'member 2', flooded)
  say(sheet, 'one watcher meets a wall', 'No doubt: a person’s browser passes it.', ['a wall'], fall + minuteMs, {})
  say(sheet, 'one watcher is told "too many requests"', 'No doubt; its vote counts with others.', ['a flood'], fall, {})
  say(
    sheet,
    'the same watcher meets a wall',
    'Its newest word counts.',
    ['one failure', 'a wall'],
    fall + 2 * minuteMs,
    {},
  )
  sheet.case(
    'a blog without root',
    'Nobody may speak for it.',
    { blog: 'root1', objects: ['one failure'], nowMs: fall },
    up,
  )
}

async function verdicts(sheet: Sheet): Promise<void> {
  const votes: string[] = []
  const later: string[] = []
  const goods: string[] = []
  for (let i = 1; i <= 6; i++) {
    await observe(sheet, `down ${i}`, `member ${i}`, { since: fall - i * secondMs })
    await observe(sheet, `still down ${i}`, `member ${i}`, { time: fall + 25 * minuteMs, since: fall - i * secondMs })
    await observe(sheet, `good ${i}`, `member ${i}`, {
      time: fall + 40 * minuteMs,
      state: 'up',
      reason: 'ok',
      since: fall + 35 * minuteMs,
    })
    votes.push(`down ${i}`)
    later.push(`still down ${i}`)
    goods.push(`good ${i}`)
  }
  await verdict(sheet, 'verdict', fall, votes)
  await verdict(sheet, 'renewed', fall + 25 * minuteMs, later)
  await verdict(sheet, 'verdict up', fall + 40 * minuteMs, goods, 'over')
  // Of six beginnings −6 … −1 s the lower median is −4 s.
  const since = fall - 4 * secondMs
  const down = (declaration: string, until: Time) => ({ state: 'down', since, by: 'quorum', declaration, until })
  say(
    sheet,
    'a verdict',
    'Down since the lower median of what its voters saw.',
    ['verdict'],
    fall + minuteMs,
    down('verdict', fall + 30 * minuteMs),
  )
  say(
    sheet,
    'a verdict to the end',
    'It lasts 30 minutes.',
    ['verdict'],
    fall + 30 * minuteMs - 1,
    down('verdict', fall + 30 * minuteMs),
  )
  say(
    sheet,
    'a verdict run out',
    'Not renewed: the watchers are gone, or see it well. No posts wait: up.',
    ['verdict'],
    fall + 30 * minuteMs,
    { since: fall + 30 * minuteMs },
  )
  say(
    sheet,
    'a verdict renewed',
    'The outage began with the first one.',
    ['verdict', 'renewed'],
    fall + 35 * minuteMs,
    down('renewed', fall + 55 * minuteMs),
  )
  say(
    sheet,
    'a renewed verdict alone',
    'Its votes remember when the outage began.',
    ['renewed'],
    fall + 35 * minuteMs,
    down('renewed', fall + 55 * minuteMs),
  )
  say(sheet, 'a verdict of the future', 'Held: more than ten minutes ahead.', ['verdict'], fall - 10 * minuteMs - 1, {})
  say(
    sheet,
    'a verdict a little ahead',
    'Clocks differ.',
    ['verdict'],
    fall - 10 * minuteMs,
    down('verdict', fall + 30 * minuteMs),
  )
  say(sheet, 'a verdict up', 'Up again; no posts wait.', ['verdict', 'renewed', 'verdict up'], fall + 41 * minuteMs, {
    since: fall + 40 * minuteMs,
  })
  const ended = ['verdict', 'renewed', 'verdict up']
  await observe(sheet, 'doubt before the end', 'member 9', { time: fall + 40 * minuteMs, since: fall })
  await observe(sheet, 'doubt after the end', 'member 9', {
    time: fall + 40 * minuteMs + 1,
    since: fall + 40 * minuteMs + 1,
  })
  say(
    sheet,
    'a doubt from before the end',
    'The end of the outage settles it: a watcher that died with the blog has no say any more.',
    [...ended, 'doubt before the end'],
    fall + 41 * minuteMs,
    { since: fall + 40 * minuteMs },
  )
  say(
    sheet,
    'a doubt from after the end',
    'It is a new one.',
    [...ended, 'doubt after the end'],
    fall + 41 * minuteMs,
    { state: 'suspected', since: fall + 40 * minuteMs + 1 },
  )
  await verdict(sheet, 'fell again', fall + 42 * minuteMs, votes)
  say(sheet, 'down again', 'The newest word counts.', ['verdict', 'verdict up', 'fell again'], fall + 43 * minuteMs, {
    ...down('fell again', fall + 72 * minuteMs),
  })
}

async function authors(sheet: Sheet): Promise<void> {
  const day = fall + 7 * dayMs
  await declare(sheet, 'author: down', day)
  await declare(sheet, 'author: over', day + hourMs, { state: 'over', until: day + 2 * hourMs }, 'phone')
  await declare(sheet, 'author: a drill', day, { exercise: true })
  await declare(sheet, 'gateway: down', day, { until: day + 6 * hourMs }, 'gateway')
  const blog = sheet.id('root1')
  await sheet.object('gateway may', 'delegation', 'laptop', {
    blog,
    time: t0,
    to: sheet.key('gateway'),
    may: ['declaration'],
    until: t0 + 30 * dayMs,
  })
  const down = (declaration: string, until: Time) => ({ state: 'down', since: day, by: 'author', declaration, until })
  say(
    sheet,
    'the author says down',
    'At once, and as long as the word lasts.',
    ['author: down'],
    day + hourMs,
    down('author: down', day + 12 * hourMs),
  )
  say(sheet, 'the author says over', 'At once, by any posting key.', ['author: down', 'author: over'], day + hourMs, {
    since: day + hourMs,
  })
  say(
    sheet,
    'over is not forgotten',
    'The older word does not come back when the later one runs out.',
    ['author: down', 'author: over'],
    day + 3 * hourMs,
    { since: day + hourMs },
  )
  say(
    sheet,
    'before the author said over',
    'Held: an hour ahead.',
    ['author: down', 'author: over'],
    day + 10 * minuteMs,
    down('author: down', day + 12 * hourMs),
  )
  say(sheet, 'the word runs out', 'Nothing is declared any more.', ['author: down'], day + 12 * hourMs, {
    since: day + 12 * hourMs,
  })
  say(sheet, 'a drill', 'Marked, so that nobody is led anywhere.', ['author: a drill'], day + hourMs, {
    ...down('author: a drill', day + 12 * hourMs),
    exercise: true,
  })
  say(
    sheet,
    'a delegated key says down',
    'For six hours.',
    ['gateway may', 'gateway: down'],
    day + hourMs,
    down('gateway: down', day + 6 * hourMs),
  )
  say(sheet, 'a key without delegation says down', 'Nobody.', ['gateway: down'], day + hourMs, {})
  await declare(sheet, 'phone: down', day, { until: day + 11 * hourMs }, 'phone')
  await nextRoot(
    sheet,
    'revokes phone',
    'root1',
    { posting: postingKeys(sheet, 'laptop'), revoked: [{ key: sheet.key('phone'), lastGood: [] }] },
    'recovery 1',
  )
  say(sheet, 'a revoked key said down', 'Its word falls with it.', ['phone: down', 'revokes phone'], day + hourMs, {})
  await verdict(sheet, 'quorum says over', day + 2 * hourMs, [], 'over')
  say(
    sheet,
    'watchers say up, author says down',
    'The author outranks the watchers while the word lasts.',
    ['author: down', 'quorum says over'],
    day + 2 * hourMs + minuteMs,
    down('author: down', day + 12 * hourMs),
  )
  await verdict(sheet, 'quorum says down', day + 90 * minuteMs, [])
  say(
    sheet,
    'watchers say down, author says over',
    'The author outranks the watchers while the word lasts.',
    ['author: down', 'author: over', 'quorum says down'],
    day + 91 * minuteMs,
    { since: day + hourMs },
  )
  await contradictions(sheet, day + hourMs)
}

/** Watchers after an author's "over" of seven days. */
async function contradictions(sheet: Sheet, over: Time): Promise<void> {
  await declare(sheet, 'over for long', over, { state: 'over', until: over + 7 * dayMs }, 'phone')
  const after = async (name: string, why: string, time: Time, since: Time, isDown: boolean) => {
    const votes: string[] = []
    for (let i = 1; i <= 6; i++) {
      votes.push(`${name}, ${i}`)
      await observe(sheet, votes.at(-1)!, `member ${i}`, { time, since })
    }
    await verdict(sheet, name, time, votes)
    const word = { by: 'quorum', declaration: name, until: time + 30 * minuteMs }
    const expected = isDown ? { state: 'down', since, ...word } : { since: over }
    say(sheet, `over, then ${name}`, why, ['author: down', 'over for long', name], time + minuteMs, expected)
  }
  const still = 'The author has said that it is over; watchers may be slow to see it.'
  await after('still down', still, over + 50 * minuteMs, over - minuteMs, false)
  const again = 'Another outage than the one that is over: silenced for seven days it would have no doors.'
  await after('down again', again, over + 20 * minuteMs, over + 15 * minuteMs, true)
  const long = 'The host did not come back as the author hoped: an hour is enough.'
  await after('still down after an hour', long, over + hourMs, over - minuteMs, true)
}
