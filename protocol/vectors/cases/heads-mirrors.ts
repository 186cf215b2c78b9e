/** How far a head may change the mirror list. */
import { dayMs, hourMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { head } from './scene.ts'

const nowMs = t0 + 10 * dayMs

export async function mirrorChanges(sheet: Sheet): Promise<void> {
  const list = (...numbers: readonly number[]) => numbers.map((n) => sheet.key(`member ${n}`))
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const say = (
    object: string,
    why: string,
    objects: readonly string[],
    expected: string,
    network?: readonly string[],
    name = object,
  ) => {
    const input = {
      object,
      blog: 'root1',
      objects: ['root1', ...objects],
      nowMs,
      ...(network === undefined ? {} : { network }),
    }
    sheet.case(`mirrors: ${name}`, why, input, expected === 'accepted' ? expected : { code: expected }, 'authorise')
  }
  const day = t0 + 2 * dayMs
  const next = (alias: string, seq: number, previous: string, mirrors: readonly string[], fields = {}, by = 'online') =>
    head(sheet, alias, { seq, previous: sheet.id(previous), mirrors, time: day + seq * hourMs, ...fields }, by)
  await head(sheet, 'old list', { time: t0, mirrors: list(...ten) })
  await next('one place changed', 2, 'old list', list(1, 2, 3, 4, 5, 6, 7, 8, 9, 11))
  await next('two places changed', 2, 'old list', list(1, 2, 3, 4, 5, 6, 7, 8, 11, 12))
  await next('second place on the same day', 3, 'one place changed', list(1, 2, 3, 4, 5, 6, 7, 8, 12, 11))
  await next('second place a day later', 3, 'one place changed', list(1, 2, 3, 4, 5, 6, 7, 8, 12, 11), {
    time: day + 2 * hourMs + dayMs,
  })
  await next('other order', 2, 'old list', list(...ten.toReversed()))
  await next('all changed by the author', 2, 'old list', list(11, 12, 1), {}, 'laptop')
  await next('blog keeps what the author changed', 3, 'all changed by the author', list(11, 12, 1))
  await next('blog changes back at once', 3, 'all changed by the author', list(...ten))
  await next('member twice', 2, 'old list', list(1, 1))
  await next('steward changes two', 2, 'old list', list(1, 2, 3, 4, 5, 6, 7, 8, 11, 12), {}, 'member 11')
  say('one place changed', 'One place a day.', ['old list'], 'accepted')
  say('two places changed', 'A stolen online key moves no blog to its own mirrors.', ['old list'], 'NOT_ALLOWED')
  say('steward changes two', 'Stewards neither.', ['old list'], 'NOT_ALLOWED')
  say(
    'second place on the same day',
    'Counted from the list in force 24 hours before.',
    ['old list', 'one place changed'],
    'NOT_ALLOWED',
  )
  say('second place a day later', 'The next day has its own.', ['old list', 'one place changed'], 'accepted')
  say('other order', 'The order is not the list.', ['old list'], 'accepted')
  say('all changed by the author', 'Posting keys may change all.', ['old list'], 'accepted')
  say(
    'blog keeps what the author changed',
    "The author's change counts against nobody.",
    ['old list', 'all changed by the author'],
    'accepted',
  )
  say(
    'blog changes back at once',
    "Two places of the author's list are gone.",
    ['old list', 'all changed by the author'],
    'NOT_ALLOWED',
  )
  say('member twice', 'Two places for one operator.', ['old list'], 'NOT_ALLOWED')
  const gone = (sheet.file().shared!.network as readonly string[]).filter((alias) => alias !== 'm9')
  say(
    'two places changed',
    'A place of a member that is no more may be filled besides.',
    ['old list'],
    'accepted',
    gone,
    'two places changed, one of a member that is gone',
  )
  await head(
    sheet,
    'author changes the copy',
    { seq: 2, previous: sheet.id('old list'), snapshot: sheet.forge.hash('s'), time: day },
    'laptop',
  )
  say('author changes the copy', 'Posting keys change only mirrors.', ['old list'], 'NOT_ALLOWED')
  await next('author forgets paths', 2, 'old list', list(...ten), { forgotten: ['/'] }, 'laptop')
  say('author forgets paths', 'A stolen posting key takes no page from the mirrors.', ['old list'], 'NOT_ALLOWED')
  say(
    'all changed by the author',
    'Whether only the mirrors changed cannot be told without the head before.',
    [],
    'BROKEN_CHAIN',
    undefined,
    'author after an unknown head',
  )
  await next('dated back', 2, 'old list', list(...ten), { time: t0 - 11 * minuteMs })
  say('dated back', 'Else a stolen online key dates a change of its own a day back.', ['old list'], 'BROKEN_CHAIN')
  const missed = { previous: sheet.forge.hash('missed'), time: t0 + 2 * dayMs }
  await next('after missed heads', 40, 'old list', list(1, 2, 3, 4, 5, 6, 7, 12, 11), missed)
  await next('too much after missed heads', 40, 'old list', list(1, 2, 3, 4, 5, 6, 12, 11), missed)
  say('after missed heads', 'Two days since the last one known: three places.', ['old list'], 'accepted')
  say('too much after missed heads', 'Four places in two days.', ['old list'], 'NOT_ALLOWED')
  say('jump', 'Number 900 does not follow number 2.', ['seq 1', 'seq 2'], 'BROKEN_CHAIN')
  say('jump without forerunner', 'Only number 1 has none.', ['seq 1'], 'BROKEN_CHAIN')
  say('wrong version', 'Root and version name different roots.', ['root2'], 'BROKEN_CHAIN')
  say('root2 seq 1', 'Its root is not known.', ['seq 3'], 'BROKEN_CHAIN')
  say('seq 3', 'By the key that was online under root 1, arriving late.', ['exchanges online', 'seq 2'], 'accepted')
}
