import type { Payloads, Time } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, hourMs, minuteMs, Sheet, t0 } from './forge.ts'
import { address, blogRoot, found, head, mirrorList, nextRoot } from './scene.ts'

const last = t0 + 3 * dayMs

/** Rows of lives, and when they have ended. */
export async function lifeCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'silent-since',
    about:
      'Since when a blog that had sent lives without a gap for a day has been silent, where that is an hour; else null. "next-since": what the next life says, after the last one that was sent.',
    shared,
  })
  shared.network = await found(sheet)
  const blog = await blogRoot(sheet, 'root1')
  const send = (alias: string, time: Time, since: Time, by = 'online') =>
    sheet.object(alias, 'life', by, { blog, time, address, since })
  await send('life', last, last - dayMs)
  await send('a short row', last, last - dayMs + 1)
  await send('back', last + 30 * minuteMs, last + 30 * minuteMs)
  await send('before', last - 5 * minuteMs, last - 2 * dayMs)
  await send('by the author', last + minuteMs, last - 2 * dayMs, 'laptop')
  await sheet.object('an answer', 'life', 'online', { blog, time: last + hourMs, address, nonce: forge.hash('nonce') })
  await nextRoot(sheet, 'another key', 'root1', { online: sheet.key('online 2') }, 'recovery 1')
  const say = (name: string, why: string, objects: readonly string[], nowMs: Time, expected: Time | null) =>
    sheet.case(name, why, { blog: 'root1', objects: ['root1', ...objects], nowMs }, expected)
  const hour = last + hourMs
  say('no life', 'A blog without code of its own says nothing by silence.', [], hour, null)
  say('an hour of silence', 'It had kept its rhythm for a day.', ['life'], hour, last)
  say('less than an hour', 'Not yet.', ['life'], hour - 1, null)
  say('after a short row', 'Perhaps it only wakes when somebody visits.', ['a short row'], hour, null)
  say('for days', 'As long.', ['life'], last + 7 * dayMs - 1, last)
  say('for a week', 'It sends none any more: its code was taken away.', ['life'], last + 7 * dayMs, null)
  say('the newest counts', 'Whatever else is known.', ['before', 'life'], hour, last)
  say('it has begun again', 'The new row is short.', ['life', 'back'], last + 2 * hourMs, null)
  say('by another key', 'The author is not the server.', ['life', 'by the author'], hour, last)
  say('an answer to a watcher', 'It is no part of the row.', ['life', 'an answer'], hour, last)
  say('by a key that was replaced', 'The new one has sent none yet.', ['life', 'another key'], hour, null)
  say('before it was sent', 'Held.', ['life'], last - 11 * minuteMs, null)
  const next = (name: string, why: string, before: { time: Time; since: Time } | null, nowMs: Time, expected: Time) =>
    sheet.case(`next: ${name}`, why, { before, nowMs }, expected, 'next-since')
  const before = { time: last, since: t0 }
  next('the first', 'A row begins.', null, last, last)
  next('five minutes later', 'The row goes on.', before, last + 5 * minuteMs, t0)
  next('a quarter of an hour later', 'Two are missing: it still goes on.', before, last + 15 * minuteMs, t0)
  next('later than that', 'It begins again.', before, last + 15 * minuteMs + 1, last + 15 * minuteMs + 1)
  next('after the clock was set back', 'A row cannot begin in the future.', before, t0 - 1, t0 - 1)
  await seen(sheet)
  return sheet.file()
}

/** What watchers meet together. */
async function seen(sheet: Sheet): Promise<void> {
  await head(sheet, 'head 1', { mirrors: mirrorList(sheet, 5) })
  const meet = (alias: string, by: string, fields: Partial<Payloads['observation']>) => {
    const own = { blog: sheet.id('root1'), time: last, address, state: 'defended', probes: 1, since: last } as const
    return sheet.object(alias, 'observation', by, { ...own, reason: 'wall-cloudflare', unreachable: [], ...fields })
  }
  for (const i of [1, 2, 3])
    await meet(`wall of ${i}`, `member ${i}`, {
      since: last - i * hourMs,
      ...(i === 3 ? { reason: 'status-429' } : {}),
    })
  await meet('seen well by 1', 'member 1', { state: 'up', reason: 'tag', time: last + minuteMs })
  await meet('wall of an outsider', 'member 7', {})
  const say = (name: string, why: string, objects: readonly string[], expected: object | null, nowMs = last) => {
    const input = { blog: 'root1', objects: ['root1', 'head 1', ...objects], nowMs }
    sheet.case(`wall: ${name}`, why, input, expected, 'seen-wall')
  }
  const three = ['wall of 1', 'wall of 2', 'wall of 3']
  const base = { reason: 'wall-cloudflare', of: 5, blinds: false, speaks: false }
  const all = { ...base, since: last - 2 * hourMs, watchers: 3, blinds: true }
  say('nobody meets one', 'Nothing to show.', [], null)
  say('one of five meets it', 'Shown; four others see the blog.', ['wall of 1'], {
    ...base,
    since: last - hourMs,
    watchers: 1,
  })
  say('three of five', 'Too many to see the blog together. Since the lower median.', three, all)
  say('the blog sends lives', 'They would tell.', [...three, 'life'], { ...all, speaks: true })
  say('the blog has begun to', 'Not yet.', [...three, 'a short row'], all)
  const two = { ...base, reason: 'status-429', since: last - 3 * hourMs, watchers: 2 }
  say(
    'a newer word',
    'It sees the blog again. Of two reasons the first of the alphabet.',
    [...three, 'seen well by 1'],
    two,
    last + minuteMs,
  )
  say('of ten minutes ago', 'Their words have run out.', three, null, last + 10 * minuteMs)
  say('an outsider', 'No watcher of the blog.', ['wall of an outsider'], null)
}
